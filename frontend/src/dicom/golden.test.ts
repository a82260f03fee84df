import { describe, expect, it } from "vitest";
import geometry from "../../../tests/golden/geometry.json";
import pyramids from "../../../tests/golden/pyramids.json";
import windows from "../../../tests/golden/windows.json";
import { levelCount, levelSize, tileRectangle, tilesTouching } from "../geometry/tiles";
import { directionLabel } from "./orientationLabels";
import type { VoiFunction } from "./types";
import { windowTable } from "./voiLut";

/** The same vectors are read by pytest: browser and server must agree to the grey level and to the pixel. */

describe("shared window vectors", () => {
  it.each(windows)("$function, centre $window_center, width $window_width, inverse $inverse", (vector) => {
    const window = {
      windowCenter: vector.window_center,
      windowWidth: vector.window_width,
      voiFunction: vector.function as VoiFunction,
    };

    const table = windowTable({ scale: vector.scale, offset: vector.offset }, window, vector.inverse);

    expect(vector.packed.map((packed) => table[packed])).toEqual(vector.grey);
  });
});

describe("shared pyramid vectors", () => {
  it.each(pyramids)("$rows rows, $columns columns", ({ rows, columns, levels }) => {
    expect(levelCount(columns, rows)).toBe(levels.length);
    levels.forEach((expected, level) => {
      const size = levelSize(columns, rows, level);
      const { column, row, width, height } = expected.last_tile;
      const everything = { x: 0, y: 0, width: size.columns, height: size.rows };

      expect(size).toEqual({ columns: expected.columns, rows: expected.rows });
      expect(tilesTouching(size, level, everything)).toHaveLength(expected.tile_columns * expected.tile_rows);
      expect(tileRectangle(size, column, row)).toMatchObject({ width, height });
    });
  });
});

describe("shared orientation letters", () => {
  it.each(geometry.orientation_letters)("$direction is $letters", ({ direction, letters }) => {
    expect(directionLabel(direction as [number, number, number])).toBe(letters);
  });
});
