import type { ImagePoint } from "./points";

/** A line of fewer points that stays within `tolerance` of all of them (Douglas and Peucker). */
export function simplifiedLine(points: readonly ImagePoint[], tolerance: number): readonly ImagePoint[] {
  const kept = new Set([0, points.length - 1]);
  const spans: [number, number][] = [[0, points.length - 1]];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [from, to] = span;
    let farthest = 0;
    let place = -1;
    for (let index = from + 1; index < to; index += 1) {
      const distance = distanceTo(points, from, to, index);
      if (distance > farthest) {
        farthest = distance;
        place = index;
      }
    }
    if (place < 0 || farthest <= tolerance) continue;
    kept.add(place);
    spans.push([from, place], [place, to]);
  }
  return points.filter((_point, index) => kept.has(index));
}

function distanceTo(points: readonly ImagePoint[], from: number, to: number, index: number): number {
  const [a, b, p] = [points[from], points[to], points[index]];
  if (!a || !b || !p) return 0;
  const [x, y] = [b.x - a.x, b.y - a.y];
  const square = x * x + y * y;
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * x + (p.y - a.y) * y) / square));
  return Math.hypot(p.x - a.x - along * x, p.y - a.y - along * y);
}
