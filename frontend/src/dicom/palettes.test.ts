import { expect, it } from "vitest";
import { palettePixels } from "./palettes";

it("gives each grey of a table its colour, opaque", () => {
  const colours = Uint8Array.from({ length: 768 }, (_, at) => (at % 3 === 0 ? at / 3 : at % 3));
  const palette = { name: "pet", label: "PET", colours };

  const pixels = palettePixels(new Uint8ClampedArray([0, 7, 255]), palette);

  expect([...new Uint8Array(pixels.buffer)]).toEqual([0, 1, 2, 255, 7, 1, 2, 255, 255, 1, 2, 255]);
});
