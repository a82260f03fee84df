import type { Disposer } from "../core/disposable";
import type { Series } from "../dicom/types";
import type { Viewport } from "../viewport/viewport";
import type { ViewerContext } from "./viewerContext";

/** Whether a series is a film by nature: a clip of ultrasound with a speed of its own. */
export function playsByItself({ modality, frameTimeMs, images }: Series): boolean {
  const isClip =
    images.length > 1 && images.every((image) => image.sopInstanceUid === images[0]?.sopInstanceUid);
  return modality === "US" && isClip && frameTimeMs !== null;
}

/** Play a clip of ultrasound when it is put into the active viewport, unless the reader's computer asks for stillness. */
export function attachAutoCine(viewport: Viewport, { cine, grid }: ViewerContext): Disposer {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let opened: Viewport["stack"] = null;
  return viewport.paintedChanged.subscribe((painted) => {
    if (painted === null || painted.stack === opened) return;
    opened = painted.stack;
    const isFree = cine.viewport === null && viewport === grid.active;
    if (!isStill && isFree && playsByItself(painted.stack.series)) cine.start(viewport);
  });
}
