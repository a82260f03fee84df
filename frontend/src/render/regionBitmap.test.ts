import { describe, expect, it } from "vitest";
import { colourLabels, type Labels } from "./regionBitmap";

/** A square of 5 pixels in the middle of 7, with a second segment in its very middle. */
const labels: Labels = {
  width: 7,
  height: 7,
  values: Uint8Array.from({ length: 49 }, (_, at) => {
    const [x, y] = [at % 7, Math.floor(at / 7)];
    if (x === 3 && y === 3) return 2;
    return x > 0 && x < 6 && y > 0 && y < 6 ? 1 : 0;
  }),
};

const pixel = (pixels: Uint8ClampedArray, x: number, y: number) => [
  ...pixels.slice((y * 7 + x) * 4, (y * 7 + x) * 4 + 4),
];

describe("a segmentation's bitmap", () => {
  it("is half transparent within an opaque outline, and nothing outside", () => {
    const pixels = colourLabels(labels, ["#ff8000", "#0000ff"], 1);

    expect(pixel(pixels, 0, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(pixels, 1, 1)).toEqual([255, 128, 0, 255]);
    expect(pixel(pixels, 2, 2)).toEqual([255, 128, 0, 90]);
    expect(pixel(pixels, 3, 3)).toEqual([0, 0, 255, 255]);
  });

  it("leaves out what is not shown", () => {
    const pixels = colourLabels(labels, [null, "#0000ff"], 1);

    expect(pixel(pixels, 1, 1)[3]).toBe(0);
    expect(pixel(pixels, 3, 3)[3]).toBe(255);
  });

  it("has a thicker outline where the image is made smaller", () => {
    expect(pixel(colourLabels(labels, ["#ff8000", null], 2), 2, 2)[3]).toBe(255);
  });
});
