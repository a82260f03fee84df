import type { RegionShape } from "../geometry/regionShape";
import type { Packing } from "./types";

/** What lies inside of a region, in modality values; null where no pixel of it counts. */
export interface RegionStatistics {
  readonly count: number;
  readonly mean: number | null;
  /** Of the whole population. */
  readonly standardDeviation: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/** Full-resolution values of one tile, and where it lies in the frame. */
export interface ValueGrid {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly values: Uint16Array;
  /** 1 where the pixel is padding; null when no pixel is. */
  readonly padding: Uint8Array | null;
}

/** Statistics over the pixels of a region that are not padding. Grids must not overlap. */
export function regionStatistics(
  shape: RegionShape,
  grids: readonly ValueGrid[],
  packing: Packing,
): RegionStatistics {
  let count = 0;
  let sum = 0;
  let squares = 0;
  let lowest = 65535;
  let highest = 0;
  for (const grid of grids) {
    const from = Math.max(shape.rows[0], grid.y);
    const to = Math.min(shape.rows[1], grid.y + grid.height);
    for (let row = from; row < to; row += 1) {
      const line = (row - grid.y) * grid.width - grid.x;
      for (const [first, end] of shape.spansOf(row)) {
        const last = Math.min(end, grid.x + grid.width);
        for (let column = Math.max(first, grid.x); column < last; column += 1) {
          if (grid.padding?.[line + column]) continue;
          const value = grid.values[line + column] as number;
          count += 1;
          sum += value;
          // Sums of squares of 16-bit integers are exact up to two million pixels and good to 1e-12 beyond.
          squares += value * value;
          if (value < lowest) lowest = value;
          if (value > highest) highest = value;
        }
      }
    }
  }
  if (count === 0) {
    return { count, mean: null, standardDeviation: null, minimum: null, maximum: null };
  }
  const mean = sum / count;
  const ends = [lowest, highest].map((packed) => packed * packing.scale + packing.offset);
  return {
    count,
    mean: mean * packing.scale + packing.offset,
    standardDeviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) * Math.abs(packing.scale),
    minimum: Math.min(...ends),
    maximum: Math.max(...ends),
  };
}
