import type { Packing, VoiWindow } from "./types";
import { fullRangeWindow } from "./voiLut";

/** Part of the values at either end that a window of a region leaves out: single hot pixels would flatten the rest. */
const LEFT_OUT = 0.01;
const FEWEST_VALUES = 4;

/**
 * The window that spreads the values of a region over all greys, but for one in a hundred at either end.
 *
 * @param packed the packed values, in any order; they are not changed.
 * @returns null for fewer than four values.
 */
export function windowOfValues(packed: Uint16Array, packing: Packing): VoiWindow | null {
  if (packed.length < FEWEST_VALUES) return null;
  const sorted = packed.slice().sort();
  const drop = Math.floor(sorted.length * LEFT_OUT);
  const ends = [sorted[drop], sorted[sorted.length - 1 - drop]].map(
    (value) => (value as number) * packing.scale + packing.offset,
  );
  return fullRangeWindow(Math.min(...ends), Math.max(...ends));
}
