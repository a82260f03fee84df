import { expect, test } from "vitest";
import { blendGrid } from "./blend";

const ONE_TO_ONE = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
const COLOURS = Uint8ClampedArray.from({ length: 65536 }, (_, value) => Math.min(255, value));
/** The blend of grey and colour is their pair itself, so that a test can read it. */
const PAIRS = Uint32Array.from({ length: 65536 }, (_, pair) => pair);
const grey = (value: number) => (0xff000000 | (value << 16) | (value << 8) | value) >>> 0;

function blended(values: number[], mask: number[] | null, greys: number[], matrix = ONE_TO_ONE): number[] {
  const pixels = Uint32Array.from(greys, grey);
  const grid = {
    values: Uint16Array.from(values),
    mask: mask && Uint8Array.from(mask),
    width: values.length,
    height: 1,
  };
  blendGrid(grid, matrix, COLOURS, PAIRS, { width: greys.length, height: 1 }, pixels);
  return [...pixels];
}

test("each pixel becomes the blend of its own grey and the colour of the value there", () => {
  expect(blended([3, 200], null, [10, 20])).toEqual([10 * 256 + 3, 20 * 256 + 200]);
});

test("padding lets the picture through", () => {
  expect(blended([3, 200], [1, 0], [10, 20])).toEqual([grey(10), 20 * 256 + 200]);
});

test("values are interpolated where the picture is larger, and never with padding", () => {
  const twice = { ...ONE_TO_ONE, a: 2 };

  expect(blended([0, 100], null, [1, 1, 1, 1], twice)).toEqual([256, 256 + 25, 256 + 75, 256 + 100]);
  expect(blended([0, 100], [1, 0], [1, 1, 1, 1], twice)).toEqual([grey(1), grey(1), 356, 356]);
});
