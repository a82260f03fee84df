import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import { levelSize, tileRectangle } from "../geometry/tiles";
import { gatherMosaic, NOT_LOADED } from "./mosaic";
import type { ValueTile } from "./tileCache";

const image = sampleImage({ columns: 1030, rows: 520, levels: 3 });

function tile(level: number, column: number, row: number, value: number): [string, ValueTile] {
  const { width, height } = tileRectangle(levelSize(image.columns, image.rows, level), column, row);
  const url = `/viewer/tiles/1.2.3/1/${level}/${column}/${row}.png?depth=16`;
  const values = new Uint16Array(width * height).fill(value);
  return [
    url,
    {
      kind: "values",
      url,
      values,
      width,
      height,
      padding: null,
      lowest: value,
      highest: value,
      bytes: values.byteLength,
      defaultWindow: null,
      isIncomplete: false,
    },
  ];
}

const everything = { x: 0, y: 0, width: 1030, height: 520 };

describe("mosaic", () => {
  it("joins tiles, also the ones cut at the edge", () => {
    const tiles = new Map([
      tile(0, 0, 0, 1),
      tile(0, 1, 0, 2),
      tile(0, 2, 0, 3),
      tile(0, 0, 1, 4),
      tile(0, 1, 1, 5),
      tile(0, 2, 1, 6),
    ]);

    const mosaic = gatherMosaic(image, 0, everything, (url) => tiles.get(url) ?? null);

    expect(mosaic?.complete).toBe(true);
    expect(mosaic?.mask).toBeNull();
    expect(mosaic?.values[0]).toBe(1);
    expect(mosaic?.values[1029]).toBe(3);
    expect(mosaic?.values.at(-1)).toBe(6);
  });

  it("fills a missing tile from the coarser level and says so", () => {
    const tiles = new Map([tile(0, 0, 0, 1), tile(2, 0, 0, 9)]);

    const mosaic = gatherMosaic(image, 0, everything, (url) => tiles.get(url) ?? null);

    expect(mosaic?.complete).toBe(false);
    expect(mosaic?.values[511]).toBe(1);
    expect(mosaic?.values[512]).toBe(9);
    expect(mosaic?.mask?.[512]).toBe(0);
  });

  it("marks what is not loaded at any level", () => {
    const tiles = new Map([tile(0, 0, 0, 1)]);

    const mosaic = gatherMosaic(image, 0, everything, (url) => tiles.get(url) ?? null);

    expect(mosaic?.mask?.[0]).toBe(0);
    expect(mosaic?.mask?.[600]).toBe(NOT_LOADED);
  });

  it("is nothing while no tile is there", () => {
    expect(gatherMosaic(image, 0, everything, () => null)).toBeNull();
  });
});
