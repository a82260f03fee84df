import { hitAnnotation } from "../annotations/hit";
import { KINDS } from "../annotations/kinds/table";
import type { Annotation, AnnotationStore } from "../annotations/store";
import { pixelAspect } from "../dicom/calibration";
import type { StudyImage } from "../dicom/types";
import { type ImagePoint, imagePoint, type ScreenPoint } from "../geometry/points";
import type { Viewport } from "../viewport/viewport";
import { paintedImage, pointOn, within } from "./drawing";
import type { DragSession } from "./tool";

/**
 * A press on a handle, a line or the words of an annotation, whatever tool is active.
 *
 * @param takesWords false for a tool that draws: words are no obstacle to the next mark.
 */
export function editSession(
  store: AnnotationStore,
  viewport: Viewport,
  from: ScreenPoint,
  reach: number,
  takesWords: boolean,
): DragSession | null {
  const painted = viewport.painted;
  const image = paintedImage(viewport);
  if (!painted || image === null) return null;
  const hit = hitAnnotation(painted.measurements, from, reach);
  if (hit === null || (hit.part === "words" && !takesWords)) return null;
  const { annotation } = hit;
  store.select(annotation.id);
  if (hit.part === "words") return wordsSession(store, viewport, annotation, from);
  // It belongs to somebody who lets others only look.
  if (!annotation.mayEdit) return { move: () => undefined, end: () => undefined, cancel: () => undefined };
  const start = pointOn(viewport, image, from);
  const change = (to: ScreenPoint) => {
    const point = pointOn(viewport, image, to);
    return hit.part === "handle"
      ? KINDS[annotation.kind].moveHandle(annotation.points, hit.handle, point, pixelAspect(image))
      : movedPoints(annotation.points, image, point.x - start.x, point.y - start.y);
  };
  return {
    move: (to) => store.preview(annotation.id, { points: change(to), plane: annotation.plane }),
    end: () => store.commit(annotation.id, annotation),
    cancel: () => store.revert(annotation.id, annotation),
  };
}

/** The whole mark moves, and stops where any point of it would leave the image. */
export function movedPoints(
  points: readonly ImagePoint[],
  image: StudyImage,
  x: number,
  y: number,
): readonly ImagePoint[] {
  let [left, right, up, down] = [x, x, y, y];
  for (const point of points) {
    const moved = within(image, imagePoint(point.x + x, point.y + y));
    left = Math.max(left, moved.x - point.x);
    right = Math.min(right, moved.x - point.x);
    up = Math.max(up, moved.y - point.y);
    down = Math.min(down, moved.y - point.y);
  }
  const across = x < 0 ? left : right;
  const along = y < 0 ? up : down;
  return points.map((point) => imagePoint(point.x + across, point.y + along));
}

/** Drag the words off the anatomy; they keep their distance from the mark at every zoom. */
function wordsSession(
  store: AnnotationStore,
  viewport: Viewport,
  { id }: Annotation,
  from: ScreenPoint,
): DragSession {
  const drawn = viewport.painted?.measurements.find(({ annotation }) => annotation.id === id);
  const before = store.textOffset(id);
  return {
    move: (to) => {
      if (!drawn?.box) return;
      const { mark, box } = drawn;
      store.setTextOffset(id, {
        x: (box.x + to.x - from.x - mark.x - mark.width / 2) / viewport.ratio,
        y: (box.y + to.y - from.y - mark.y - mark.height / 2) / viewport.ratio,
      });
    },
    end: () => undefined,
    cancel: () => store.setTextOffset(id, before),
  };
}
