import type { ImagePoint } from "../geometry/points";
import type { Viewport } from "./viewport";

/** More values than these say nothing more about a window. */
const MOST_VALUES = 200_000;

/**
 * The packed values between two corners, of the level that is on the screen, without padding.
 *
 * @returns fewer, evenly left out, of a large region; nothing while the values are not loaded.
 */
export function valuesBetween(viewport: Viewport, one: ImagePoint, other: ImagePoint): Uint16Array {
  const mosaic = viewport.painted?.mosaic;
  if (!mosaic) return new Uint16Array();
  const { level, area, values, mask } = mosaic;
  const shrink = 2 ** level;
  const ends = (a: number, b: number, start: number, length: number) => {
    const low = Math.max(0, Math.floor(Math.min(a, b) / shrink) - start);
    const high = Math.min(length, Math.ceil(Math.max(a, b) / shrink) - start);
    return [low, high] as const;
  };
  const [left, right] = ends(one.x, other.x, area.x, area.width);
  const [top, bottom] = ends(one.y, other.y, area.y, area.height);
  const count = Math.max(0, right - left) * Math.max(0, bottom - top);
  const step = Math.max(1, Math.ceil(Math.sqrt(count / MOST_VALUES)));
  const found: number[] = [];
  for (let row = top; row < bottom; row += step) {
    for (let column = left; column < right; column += step) {
      const place = row * area.width + column;
      if (!mask?.[place]) found.push(values[place] as number);
    }
  }
  return Uint16Array.from(found);
}
