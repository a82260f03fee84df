import { renderedTileUrl } from "../api/tiles";
import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { imageKey, type StudyImage } from "../dicom/types";
import { lookedAt, type NavigatorMap, navigatorMap } from "../geometry/navigator";
import { screenPoint } from "../geometry/points";
import { coarsestTile, frameShape } from "../render/tilePlan";
import type { Painted } from "../viewport/painted";
import type { Viewport } from "../viewport/viewport";
import { element } from "./dom";
import { loadThumbnail } from "./thumbnails";

/** Pixels along the longer side of the map. */
const WIDE_PX = 176;
const NARROW_PX = 112;
const NARROW_VIEWPORT_PX = 560;
/** The picture is laid out as a square of this side and stretched over the map. */
const PICTURE_PX = 100;

/** The whole of a large image in a corner, with a frame around what is in view; pressing or dragging moves the view. */
export function attachNavigator(viewport: Viewport): Disposer {
  const navigator = new Navigator(viewport);
  viewport.root.append(navigator.root);
  return () => navigator.dispose();
}

class Navigator {
  readonly root: HTMLElement;
  private readonly picture = element("img", { class: "navigator__picture", alt: "", draggable: "false" });
  private readonly frame = element("div", { class: "navigator__view" });
  private readonly bag = new DisposerBag();
  private loading = new AbortController();
  private pictureKey = "";
  private map: NavigatorMap | null = null;

  constructor(private readonly viewport: Viewport) {
    this.root = element(
      "div",
      {
        class: "navigator",
        role: "img",
        "aria-label": t("Where this view lies in the whole image"),
        hidden: true,
      },
      this.picture,
      this.frame,
    );
    this.bag.add(viewport.paintedChanged.subscribe((painted) => this.write(painted)));
    this.bag.add(
      listen<PointerEvent>(this.root, "pointerdown", (event) => {
        event.stopPropagation();
        event.preventDefault();
        this.root.setPointerCapture(event.pointerId);
        this.move(event);
      }),
    );
    this.bag.add(
      listen<PointerEvent>(this.root, "pointermove", (event) => {
        if (this.root.hasPointerCapture(event.pointerId)) this.move(event);
      }),
    );
  }

  dispose(): void {
    this.loading.abort();
    this.bag.dispose();
    this.root.remove();
  }

  private write(painted: Painted | null): void {
    this.map = painted === null || painted.failure ? null : this.mapOf(painted);
    this.root.hidden = this.map === null;
    if (this.map === null || painted === null) return;
    this.load(painted.image);
    const { size, view } = this.map;
    this.root.style.width = `${size.width}px`;
    this.root.style.height = `${size.height}px`;
    this.picture.style.transform = this.pictureTransform(this.map, painted.image);
    this.frame.style.left = `${view.x}px`;
    this.frame.style.top = `${view.y}px`;
    this.frame.style.width = `${view.width}px`;
    this.frame.style.height = `${view.height}px`;
  }

  private mapOf({ image, camera, screen }: Painted): NavigatorMap | null {
    const isNarrow = this.viewport.root.clientWidth < NARROW_VIEWPORT_PX;
    return navigatorMap(camera, frameShape(image), screen, isNarrow ? NARROW_PX : WIDE_PX);
  }

  private pictureTransform({ matrix }: NavigatorMap, image: StudyImage): string {
    const across = image.columns / PICTURE_PX;
    const down = image.rows / PICTURE_PX;
    const { a, b, c, d, e, f } = matrix;
    return `matrix(${a * across}, ${b * across}, ${c * down}, ${d * down}, ${e}, ${f})`;
  }

  private load(image: StudyImage): void {
    const key = imageKey(image);
    if (key === this.pictureKey) return;
    this.pictureKey = key;
    this.loading.abort();
    this.loading = new AbortController();
    this.picture.removeAttribute("src");
    void loadThumbnail(this.picture, renderedTileUrl(image, coarsestTile(image)), this.loading.signal);
  }

  private move(event: PointerEvent): void {
    const { image } = this.viewport;
    if (this.map === null || image === null) return;
    const box = this.root.getBoundingClientRect();
    const point = screenPoint(event.clientX - box.left, event.clientY - box.top);
    const { camera, screen } = this.viewport;
    this.viewport.setCamera(lookedAt(camera, frameShape(image), screen, this.map, point));
  }
}
