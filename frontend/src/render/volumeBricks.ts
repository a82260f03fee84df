import type { VolumeBlock } from "../api/volumeBlock";

/** Cubes of a brick along each side. */
export const BRICK = 8;
/** As half floats: what no ray can be lower than, and what every ray is. */
const ALWAYS = 0x3c00;
const NEVER = 0xbc00;

/** The lowest and highest value that samples within each brick can have, as half floats. */
export interface BrickRanges {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  readonly lowest: Uint16Array;
  readonly highest: Uint16Array;
}

/** Half floats that are not negative rise as their bits do, so they are compared as they are. */
export function brickRanges({ columns, rows, slices, halves }: VolumeBlock): BrickRanges {
  const [across, down, up] = [columns, rows, slices].map((count) => Math.ceil(count / BRICK)) as [
    number,
    number,
    number,
  ];
  const lowest = new Uint16Array(across * down * up).fill(0xffff);
  const highest = new Uint16Array(across * down * up);
  let brick = 0;
  for (let k = 0; k < up; k += 1) {
    for (let j = 0; j < down; j += 1) {
      for (let i = 0; i < across; i += 1, brick += 1) {
        // A sample is mixed from cubes of the neighbours, too.
        const [low, high] = rangeOf(halves, columns, rows, [i, j, k], [columns, rows, slices]);
        lowest[brick] = low;
        highest[brick] = high;
      }
    }
  }
  return { columns: across, rows: down, slices: up, lowest, highest };
}

function rangeOf(
  halves: Uint16Array,
  columns: number,
  rows: number,
  brick: readonly [number, number, number],
  counts: readonly [number, number, number],
): readonly [number, number] {
  const first = brick.map((place) => Math.max(0, place * BRICK - 1)) as [number, number, number];
  const end = brick.map((place, axis) => Math.min(counts[axis] ?? 0, (place + 1) * BRICK + 1)) as [
    number,
    number,
    number,
  ];
  let low = 0xffff;
  let high = 0;
  for (let k = first[2]; k < end[2]; k += 1) {
    for (let j = first[1]; j < end[1]; j += 1) {
      const row = (k * rows + j) * columns;
      for (let at = row + first[0]; at < row + end[0]; at += 1) {
        const value = halves[at] as number;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  return [low, high];
}

/**
 * What a ray must not have reached yet for a brick to matter to it, as half floats.
 *
 * For a maximum that is the highest value of the brick; else 1 where anything in it can be seen, and -1 where nothing can.
 *
 * @param looks as of `lookTable`: four bytes each, the last one the opacity.
 */
export function brickCeilings(ranges: BrickRanges, looks: Uint8Array, isMaximum: boolean): Uint16Array {
  if (isMaximum) return ranges.highest;
  const entries = looks.length / 4;
  const seenBefore = new Uint32Array(entries + 1);
  for (let index = 0; index < entries; index += 1) {
    seenBefore[index + 1] = (seenBefore[index] as number) + ((looks[index * 4 + 3] as number) > 0 ? 1 : 0);
  }
  return ranges.lowest.map((low, brick) => {
    const from = Math.floor(fromHalf(low) * (entries - 1));
    const to = Math.ceil(fromHalf(ranges.highest[brick] as number) * (entries - 1));
    return seenBefore[to + 1] === seenBefore[from] ? NEVER : ALWAYS;
  });
}

/** The number of a half float that is not negative (IEEE 754 binary16). */
export function fromHalf(bits: number): number {
  const exponent = bits >> 10;
  const fraction = (bits & 1023) / 1024;
  return exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
}
