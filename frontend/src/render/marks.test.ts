import { expect, it } from "vitest";
import { colourMarks } from "./marks";

it("hides what the shutter covers, draws overlays and leaves the rest transparent", () => {
  const bits = [0, 0x80, 0x01, 0x02, 0x81];
  const pixels = new Uint8ClampedArray(bits.flatMap((value) => [value, value, value, 255]));

  colourMarks(pixels, 90);

  const pixel = (index: number) => [...pixels.slice(index * 4, index * 4 + 4)];
  expect(pixel(0)[3]).toBe(0);
  expect(pixel(1)).toEqual([90, 90, 90, 255]);
  expect(pixel(2)[3]).toBe(255);
  expect(pixel(3)[3]).toBeLessThan(255);
  expect(pixel(4)).toEqual([90, 90, 90, 255]);
});
