import { type ImageToScreen, imageToScreen } from "../geometry/camera";
import { type ScreenPoint, screenDistance } from "../geometry/points";
import type { Annotation } from "./schema";

/** What lies under the pointer: a handle (its index) or the line of a measurement (null). */
export interface Hit {
  readonly annotation: Annotation;
  readonly handle: number | null;
}

/** Find the measurement under a point, handles before lines, the newest first. */
export function hitAnnotation(
  annotations: readonly Annotation[],
  matrix: ImageToScreen,
  point: ScreenPoint,
  reach: number,
): Hit | null {
  const newestFirst = [...annotations].reverse();
  for (const annotation of newestFirst) {
    const handle = annotation.points.findIndex(
      (known) => screenDistance(imageToScreen(matrix, known), point) <= reach,
    );
    if (handle >= 0) return { annotation, handle };
  }
  for (const annotation of newestFirst) {
    const corners = annotation.points.map((known) => imageToScreen(matrix, known));
    for (let index = 1; index < corners.length; index += 1) {
      const [from, to] = [corners[index - 1], corners[index]];
      if (from && to && distanceToSegment(point, from, to) <= reach / 2) return { annotation, handle: null };
    }
  }
  return null;
}

function distanceToSegment(point: ScreenPoint, from: ScreenPoint, to: ScreenPoint): number {
  const x = to.x - from.x;
  const y = to.y - from.y;
  const square = x * x + y * y;
  const along = square === 0 ? 0 : ((point.x - from.x) * x + (point.y - from.y) * y) / square;
  const clamped = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - from.x - clamped * x, point.y - from.y - clamped * y);
}
