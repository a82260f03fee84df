import { screenToImage } from "../geometry/camera";
import type { ScreenPoint } from "../geometry/points";
import type { ViewportServices } from "../viewport/compositor";
import { Viewport } from "../viewport/viewport";
import type { Tool } from "./tool";

/** How much larger than beside it, and at least one screen pixel for each pixel of the image. */
const FACTOR = 2.5;
const SIZE = 240;

/** Hold and move: a lens shows what is under the pointer, from the image itself and not from the screen. */
export function magnifierTool(services: ViewportServices): Tool {
  return {
    name: "magnifier",
    cursor: "none",
    start(viewport, from) {
      if (!viewport.painted) return null;
      const lens = new Lens(viewport, services);
      lens.show(from);
      return { move: (to) => lens.show(to), end: () => lens.dispose(), cancel: () => lens.dispose() };
    },
  };
}

class Lens {
  private readonly root = document.createElement("div");
  private readonly inside: Viewport;

  constructor(
    private readonly viewport: Viewport,
    private readonly services: ViewportServices,
  ) {
    this.root.className = "lens";
    this.root.setAttribute("aria-hidden", "true");
    viewport.root.append(this.root);
    this.inside = new Viewport(this.root, services);
    this.inside.setStack(viewport.stack, viewport.imageIndex);
    if (viewport.presentation) this.inside.setPresentation(viewport.presentation);
    this.inside.setShowMarks(viewport.showsMarks);
    this.inside.setRegions(viewport.regions);
    this.inside.setInvert(viewport.invert);
    this.inside.setPalette(viewport.palette);
    this.inside.setFusion(viewport.fusion);
    this.inside.setChoice(viewport.choice);
    this.inside.measure();
  }

  show(at: ScreenPoint): void {
    const { painted, camera, ratio } = this.viewport;
    if (!painted) return;
    const { x, y } = screenToImage(painted.matrix, at);
    const { columns, rows } = painted.image;
    this.inside.setCamera({
      scale: Math.max(ratio, painted.scale * FACTOR),
      centre: [x / columns, y / rows],
      orientation: camera.orientation,
    });
    this.root.style.left = `${at.x / ratio - SIZE / 2}px`;
    this.root.style.top = `${at.y / ratio - SIZE / 2}px`;
  }

  dispose(): void {
    this.inside.dispose();
    this.services.shown.set(this.root, null);
    this.root.remove();
  }
}
