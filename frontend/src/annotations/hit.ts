import { type ScreenPoint, screenDistance } from "../geometry/points";
import type { DrawnAnnotation } from "./render";
import type { Annotation } from "./store";
import { holds } from "./textBoxes";

/** What lies under the pointer: a handle with its index, the line of a mark, or its words. */
export type Hit = { readonly annotation: Annotation } & (
  | { readonly part: "handle"; readonly handle: number }
  | { readonly part: "line" | "words" }
);

/** Find the annotation under a point: handles before words before lines, the newest first. */
export function hitAnnotation(
  drawn: readonly DrawnAnnotation[],
  point: ScreenPoint,
  reach: number,
): Hit | null {
  const newestFirst = [...drawn].reverse();
  for (const { annotation, handles } of newestFirst) {
    const handle = handles.findIndex((known) => screenDistance(known, point) <= reach);
    if (handle >= 0) return { annotation, part: "handle", handle };
  }
  for (const { annotation, box } of newestFirst) {
    if (box && holds(box, point)) return { annotation, part: "words" };
  }
  for (const { annotation, strokes } of newestFirst) {
    for (const { points, isClosed } of strokes) {
      const line = isClosed && points[0] ? [...points, points[0]] : points;
      for (let index = 1; index < line.length; index += 1) {
        const [from, to] = [line[index - 1], line[index]];
        if (from && to && distanceToSegment(point, from, to) <= reach / 2)
          return { annotation, part: "line" };
      }
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
