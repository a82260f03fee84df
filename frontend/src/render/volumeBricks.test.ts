import { describe, expect, it } from "vitest";
import { BRICK, brickCeilings, brickRanges, fromHalf } from "./volumeBricks";

const ONE = 0x3c00;
const HALF = 0x3800;

function blockOf(columns: number, rows: number, slices: number, values: Readonly<Record<number, number>>) {
  const halves = new Uint16Array(columns * rows * slices);
  for (const [at, value] of Object.entries(values)) halves[Number(at)] = value;
  return { columns, rows, slices, spacingMm: 1, position: [0, 0, 0], lowest: 0, highest: 1, halves };
}

describe("bricks of a volume", () => {
  it("know what their cubes hold, and the cubes beside them, which samples are mixed from", () => {
    const inFirst = brickRanges(blockOf(3 * BRICK, 1, 1, { [BRICK - 2]: ONE }));
    const atBorder = brickRanges(blockOf(3 * BRICK, 1, 1, { [BRICK - 1]: ONE }));

    expect([...inFirst.highest]).toEqual([ONE, 0, 0]);
    expect([...atBorder.highest]).toEqual([ONE, ONE, 0]);
    expect([...atBorder.lowest]).toEqual([0, 0, 0]);
  });

  it("that are not whole count, too", () => {
    const at = ((BRICK + 1) * 2 + 1) * 3 + 2;
    const { slices, highest } = brickRanges(blockOf(3, 2, BRICK + 2, { [at]: HALF }));

    expect(slices).toBe(2);
    expect([...highest]).toEqual([0, HALF]);
  });

  it("are passed over only where nothing between their lowest and highest value is seen", () => {
    const looks = new Uint8Array(11 * 4);
    looks[5 * 4 + 3] = 200;
    const ranges = {
      columns: 3,
      rows: 1,
      slices: 1,
      lowest: Uint16Array.of(0, 0, 0x3a00),
      highest: Uint16Array.of(0x3400, ONE, ONE),
    };

    const signs = [...brickCeilings(ranges, looks, false)].map((bits) => (bits >> 15 ? -1 : 1));

    expect(signs).toEqual([-1, 1, -1]);
    expect(brickCeilings(ranges, looks, true)).toBe(ranges.highest);
  });

  it("read half floats", () => {
    expect([0, 1, 0x0400, 0x3555, HALF, ONE].map(fromHalf)).toEqual([
      0,
      2 ** -24,
      2 ** -14,
      expect.closeTo(1 / 3, 3),
      0.5,
      1,
    ]);
  });
});
