import { effectiveScale, pannedBy, zoomedTo } from "../geometry/camera";
import { type ScreenPoint, screenPoint } from "../geometry/points";
import { frameShape } from "../render/tilePlan";
import type { Viewport } from "../viewport/viewport";
import { dragging, type Tool } from "./tool";

/** Drag moves the picture with the pointer. */
export const panTool: Tool = {
  name: "pan",
  cursor: "grab",
  start(viewport, from) {
    const image = viewport.image;
    if (image === null) return null;
    const start = viewport.camera;
    return dragging((point) => {
      const delta = { x: point.x - from.x, y: point.y - from.y };
      viewport.setCamera(pannedBy(start, frameShape(image), viewport.screen, delta));
    });
  },
};

/** Drag up magnifies around the point where the drag began. */
export const zoomTool: Tool = {
  name: "zoom",
  cursor: "zoom-in",
  start(viewport, from) {
    const image = viewport.image;
    if (image === null) return null;
    const start = viewport.camera;
    const frame = frameShape(image);
    const scale = effectiveScale(start, frame, viewport.screen);
    return dragging((point) => {
      const factor = Math.exp(((from.y - point.y) / viewport.ratio) * 0.008);
      viewport.setCamera(zoomedTo(start, frame, viewport.screen, scale * factor, from));
    });
  },
};

/** Magnify by a factor around a point, by default the middle of the viewport. */
export function zoomBy(viewport: Viewport, factor: number, anchor = middle(viewport)): void {
  const image = viewport.image;
  if (image === null) return;
  const frame = frameShape(image);
  const scale = effectiveScale(viewport.camera, frame, viewport.screen) * factor;
  viewport.setCamera(zoomedTo(viewport.camera, frame, viewport.screen, scale, anchor));
}

/** One device pixel for each image column. */
export function showOneToOne(viewport: Viewport): void {
  showAtScale(viewport, 1);
}

/** So many device pixels for each image column. */
export function showAtScale(viewport: Viewport, scale: number): void {
  const image = viewport.image;
  if (image === null) return;
  viewport.setCamera(zoomedTo(viewport.camera, frameShape(image), viewport.screen, scale, middle(viewport)));
}

export function showFitted(viewport: Viewport): void {
  viewport.setCamera({ ...viewport.camera, scale: null, centre: [0.5, 0.5] });
}

function middle(viewport: Viewport): ScreenPoint {
  return screenPoint(viewport.screen.width / 2, viewport.screen.height / 2);
}
