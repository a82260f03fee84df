import { expect, test } from "vitest";
import { boundaryShare, dividersOf, gridSplit, movedDivider, NAMED_SPLITS, splitNamed } from "./splits";

test("a grid has a cell for each viewport, row by row", () => {
  const split = gridSplit(2, 3);
  expect(split.cells).toHaveLength(6);
  expect(split.cells[4]).toEqual({ row: 1, column: 1, rowSpan: 1, columnSpan: 1 });
});

test("names beyond four rows of five, and names of nothing, give no split", () => {
  expect(splitNamed("4x5")?.cells).toHaveLength(20);
  expect(splitNamed("5x4")).toBeNull();
  expect(splitNamed("4x6")).toBeNull();
  expect(splitNamed("0x1")).toBeNull();
  expect(splitNamed("1x1x1")).toBeNull();
  expect(splitNamed("large")).toBeNull();
});

test("the cells of every named split cover its tracks exactly once", () => {
  for (const split of NAMED_SPLITS) {
    const covered = split.cells.flatMap(({ row, column, rowSpan, columnSpan }) =>
      Array.from({ length: rowSpan * columnSpan }, (_, index) => {
        const down = Math.floor(index / columnSpan);
        return `${row + down},${column + (index % columnSpan)}`;
      }),
    );
    expect(covered).toHaveLength(split.rows.length * split.columns.length);
    expect(new Set(covered).size).toBe(covered.length);
  }
});

test("a divider ends where a viewport lies across it", () => {
  const large = splitNamed("1+2");
  if (!large) throw new Error("no split");
  expect(dividersOf(large)).toEqual([
    { axis: "columns", track: 0, from: 0, to: 1 },
    { axis: "rows", track: 0, from: 1, to: 1 },
  ]);
});

test("a moved divider takes from one side what it gives to the other, and leaves both sides room", () => {
  const split = gridSplit(1, 2);
  const [divider] = dividersOf(split);
  if (!divider) throw new Error("no divider");
  const moved = movedDivider(split, divider, 0.25);
  expect(moved.columns).toEqual([1.5, 0.5]);
  expect(boundaryShare(moved.columns, 0)).toBeCloseTo(0.75);
  const [left = 0, right = 0] = movedDivider(split, divider, 5).columns;
  expect(right).toBeCloseTo(0.2);
  expect(left + right).toBeCloseTo(2);
});
