import { describe, expect, it } from "vitest";
import golden from "../../../tests/golden/regions_of_interest.json";
import { imagePoint } from "../geometry/points";
import { type RegionKind, regionShape } from "../geometry/regionShape";
import { regionStatistics, type ValueGrid } from "./regionStatistics";

const OFFSET = 1024;
const ROWS = golden.values.length;
const COLUMNS = golden.values[0]?.length ?? 0;

/** A part of the golden image as a tile, packed as the server packs values. */
function grid(x: number, y: number, width: number, height: number, hasPadding: boolean): ValueGrid {
  const rows = golden.values.slice(y, y + height);
  const padding = golden.padding.slice(y, y + height).flatMap((row) => row.slice(x, x + width));
  return {
    x,
    y,
    width,
    height,
    values: Uint16Array.from(rows.flatMap((row) => row.slice(x, x + width)).map((value) => value + OFFSET)),
    padding: hasPadding ? Uint8Array.from(padding) : null,
  };
}

function gridsOf(cut: readonly [number, number], hasPadding: boolean): ValueGrid[] {
  const [x, y] = cut;
  return [
    grid(0, 0, x, y, hasPadding),
    grid(x, 0, COLUMNS - x, y, hasPadding),
    grid(0, y, x, ROWS - y, hasPadding),
    grid(x, y, COLUMNS - x, ROWS - y, hasPadding),
  ];
}

describe.each([
  ["one tile", [COLUMNS, ROWS]],
  ["four tiles", [13, 10]],
] as const)("shared vectors of regions, in %s", (_name, cut) => {
  it.each(golden.regions)("$name", (region) => {
    const points = region.points.map(([x = 0, y = 0]) => imagePoint(x, y));
    const [down = 1, across = 1] = region.pixel_spacing_mm ?? [];
    const shape = regionShape(region.kind as RegionKind, points, down / across);

    const measured = regionStatistics(shape, gridsOf(cut, region.has_padding), { scale: 1, offset: -OFFSET });

    expect(shape.areaPx).toBeCloseTo(region.area_px, 9);
    expect(measured.count).toBe(region.count);
    expect(measured.minimum).toBe(region.minimum);
    expect(measured.maximum).toBe(region.maximum);
    if (region.mean === null) expect(measured.mean).toBeNull();
    else {
      expect(measured.mean).toBeCloseTo(region.mean, 9);
      expect(measured.standardDeviation).toBeCloseTo(region.standard_deviation as number, 9);
    }
  });
});

describe("a slope that turns values round", () => {
  it("turns minimum and maximum too", () => {
    const points = [imagePoint(0, 0), imagePoint(2, 0), imagePoint(2, 1), imagePoint(0, 1)];
    const tile = { x: 0, y: 0, width: 2, height: 1, values: Uint16Array.of(10, 20), padding: null };

    const measured = regionStatistics(regionShape("polygon", points, 1), [tile], { scale: -2, offset: 100 });

    expect(measured).toEqual({ count: 2, mean: 70, standardDeviation: 10, minimum: 60, maximum: 80 });
  });
});
