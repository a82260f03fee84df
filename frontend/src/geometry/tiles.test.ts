import { describe, expect, it } from "vitest";
import { levelCount, levelForScale, levelSize, tileRectangle, tilesTouching } from "./tiles";

describe("tiles", () => {
  it("halves and rounds up", () => {
    expect(levelSize(3001, 2001, 1)).toEqual({ columns: 1501, rows: 1001 });
    expect(levelSize(3001, 2001, 3)).toEqual({ columns: 376, rows: 251 });
  });

  it.each([
    [512, 512, 1],
    [513, 512, 2],
    [4096, 3328, 4],
    [1, 1, 1],
  ])("gives %i × %i pixels %i levels", (columns, rows, levels) => {
    expect(levelCount(columns, rows)).toBe(levels);
  });

  it("cuts the last tile at the edge", () => {
    expect(tileRectangle({ columns: 1000, rows: 600 }, 1, 1)).toEqual({
      x: 512,
      y: 512,
      width: 488,
      height: 88,
    });
  });

  it.each([
    [2, 4, 0],
    [1, 4, 0],
    [0.75, 4, 0],
    [0.5, 4, 1],
    [0.3, 4, 1],
    [0.25, 4, 2],
    [0.01, 4, 3],
  ])("shows scale %d of %i levels from level %i", (scale, levels, level) => {
    expect(levelForScale(scale, levels)).toBe(level);
  });

  it("finds only the tiles in view, the middle one first", () => {
    const tiles = tilesTouching({ columns: 4096, rows: 3328 }, 0, {
      x: 600,
      y: 600,
      width: 900,
      height: 300,
    });

    expect(tiles.map((tile) => [tile.column, tile.row])).toEqual([
      [2, 1],
      [1, 1],
    ]);
  });
});
