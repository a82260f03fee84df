import { t } from "../core/i18n";
import { clamp } from "../core/numbers";
import { windowOfValues } from "../dicom/regionWindow";
import { exactWindow } from "../dicom/suv";
import { screenToImage } from "../geometry/camera";
import { type ImagePoint, imagePoint, type ScreenPoint, screenPoint } from "../geometry/points";
import { valuesBetween } from "../viewport/shownValues";
import type { Viewport } from "../viewport/viewport";
import type { Tool } from "./tool";

/** Drag a rectangle: its values are spread over all greys. */
export const regionWindowTool: Tool = {
  name: "region",
  cursor: "crosshair",
  start(viewport, from) {
    if (!viewport.painted?.mosaic) return null;
    const frame = document.createElement("div");
    frame.className = "region-window";
    viewport.root.append(frame);
    const place = (to: ScreenPoint) => {
      const { ratio } = viewport;
      frame.style.left = `${Math.min(from.x, to.x) / ratio}px`;
      frame.style.top = `${Math.min(from.y, to.y) / ratio}px`;
      frame.style.width = `${Math.abs(to.x - from.x) / ratio}px`;
      frame.style.height = `${Math.abs(to.y - from.y) / ratio}px`;
    };
    place(from);
    return {
      move: place,
      end: (to) => {
        frame.remove();
        const matrix = viewport.painted?.matrix;
        if (!matrix) return;
        windowBetween(viewport, screenToImage(matrix, from), screenToImage(matrix, to), t("Region"));
      },
      cancel: () => frame.remove(),
    };
  },
};

/** Window what the viewport shows now by the values that are seen. */
export function windowAutomatically(viewport: Viewport): void {
  const { painted, screen } = viewport;
  if (!painted) return;
  const corners = [screenPoint(0, 0), screenPoint(screen.width, screen.height)].map((corner) => {
    const { x, y } = screenToImage(painted.matrix, corner);
    return imagePoint(clamp(x, 0, painted.image.columns), clamp(y, 0, painted.image.rows));
  });
  windowBetween(viewport, corners[0] as ImagePoint, corners[1] as ImagePoint, t("Automatic"));
}

function windowBetween(viewport: Viewport, one: ImagePoint, other: ImagePoint, label: string): void {
  const { image } = viewport;
  if (!image?.packing) return;
  const window = windowOfValues(valuesBetween(viewport, one, other), image.packing);
  if (window === null) return;
  viewport.setChoice({
    kind: "window",
    label,
    window: image.suvFactor === null ? window : exactWindow(window),
  });
}
