import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import { FITTED, imageToScreenMatrix } from "./camera";
import {
  broughtOnto,
  type Crosshair,
  cutDirection,
  type Directions,
  normalOf,
  viewAround,
  withLinesTurned,
} from "./crosshair";
import { crosshairOnScreen, hitCrosshair } from "./crosshairLines";
import { boxCorners, indexAt, stackThrough } from "./planeStacks";
import { dot, type Vector } from "./planes";
import { screenPoint } from "./points";

const AXIAL: Directions = { row: [1, 0, 0], column: [0, 1, 0] };
const CORONAL: Directions = { row: [1, 0, 0], column: [0, 0, -1] };
const SAGITTAL: Directions = { row: [0, 1, 0], column: [0, 0, -1] };
const CROSSHAIR: Crosshair = { centre: [10, 20, 30], planes: [AXIAL, CORONAL, SAGITTAL] };
const BOX = boxCorners(
  [0, 0, 0],
  [
    [100, 0, 0],
    [0, 80, 0],
    [0, 0, 60],
  ],
);

function close(one: readonly number[] | null | undefined, other: readonly number[]): void {
  expect(one).toBeTruthy();
  one?.forEach((value, index) => {
    expect(value).toBeCloseTo(other[index] ?? Number.NaN, 9);
  });
}

describe("turning lines", () => {
  it("turns the other planes about the normal of the one that is looked at, and leaves that one", () => {
    const [axial, coronal, sagittal] = withLinesTurned(CROSSHAIR, 0, Math.PI / 2).planes;

    expect(axial).toBe(AXIAL);
    close(coronal?.row, [0, 1, 0]);
    close(coronal?.column, [0, 0, -1]);
    close(sagittal?.row, [-1, 0, 0]);
  });

  it("turns a line by the angle that the pointer went, from rows towards columns", () => {
    const { planes } = withLinesTurned(CROSSHAIR, 2, 0.3);
    const before = cutDirection(SAGITTAL, CORONAL) ?? [0, 0];
    const after = cutDirection(SAGITTAL, planes[1] ?? CORONAL) ?? [0, 0];

    const angle = Math.atan2(after[1], after[0]) - Math.atan2(before[1], before[0]);
    expect(Math.cos(2 * (angle - 0.3))).toBeCloseTo(1, 9);
  });

  it("keeps the three planes perpendicular, also after several turns", () => {
    const { planes } = withLinesTurned(withLinesTurned(CROSSHAIR, 0, 0.4), 1, -1.1);
    const [one, two, three] = planes.map(normalOf) as [Vector, Vector, Vector];

    for (const product of [dot(one, two), dot(two, three), dot(one, three)])
      expect(product).toBeCloseTo(0, 9);
    for (const normal of [one, two, three]) expect(dot(normal, normal)).toBeCloseTo(1, 9);
  });
});

describe("the centre", () => {
  it("goes along the normal of a plane only", () => {
    close(broughtOnto([10, 20, 30], AXIAL, [-500, 900, 42]), [10, 20, 42]);
  });

  it("has no line between parallel planes", () => {
    expect(cutDirection(AXIAL, { row: [0, 1, 0], column: [-1, 0, 0] })).toBeNull();
  });
});

describe("stacks", () => {
  const frame = { widthMm: 100, heightMm: 60, pointMm: [10, 25] as const };
  const size = { spacingMm: 0.5, stepMm: 2, mostPixels: 1024 };

  it("go through the point, keep it where it was in the picture, and reach through the whole box", () => {
    const stack = stackThrough([10, 20, 30], CORONAL, frame, BOX, size);

    expect([stack.columns, stack.rows]).toEqual([200, 120]);
    expect([stack.index, stack.count]).toEqual([10, 41]);
    close(stack.first, [0.25, 0, 54.75]);
    close(stack.step, [0, 2, 0]);
  });

  it("run against the normal with a negative step", () => {
    const stack = stackThrough([10, 20, 30], AXIAL, frame, BOX, { ...size, stepMm: -2 });

    close(stack.step, [0, 0, -2]);
    expect(stack.first[2]).toBeCloseTo(60, 9);
    expect(stack.index).toBe(15);
  });

  it("have larger pixels where there would be too many", () => {
    const stack = stackThrough([10, 20, 30], CORONAL, frame, BOX, { ...size, mostPixels: 50 });

    expect(stack.spacingMm).toBe(2);
    expect([stack.columns, stack.rows]).toEqual([50, 30]);
  });

  it("name the plane nearest to a point, and their ends beyond", () => {
    const stack = stackThrough([10, 20, 30], CORONAL, frame, BOX, size);

    expect(indexAt(stack, [77, 24.6, -3])).toBe(12);
    expect(indexAt(stack, [0, 900, 0])).toBe(40);
    expect(indexAt(stack, [0, -900, 0])).toBe(0);
  });

  it("are seen from the left of the patient after a quarter of a turn, whose front then is on the left", () => {
    const { row, column } = viewAround(CORONAL, -Math.PI / 2);

    close(row, [0, 1, 0]);
    close(column, [0, 0, -1]);
  });
});

describe("lines on the screen", () => {
  const image = sampleImage({
    rows: 100,
    columns: 100,
    pixelSpacingMm: [1, 1],
    imagePositionPatient: [0.5, 0.5, 30],
    imageOrientationPatient: [1, 0, 0, 0, 1, 0],
  });
  const screen = { width: 200, height: 200 };
  const matrix = imageToScreenMatrix(FITTED, { columns: 100, rows: 100, pixelAspect: 1 }, screen);
  const view = {
    centre: [50, 40, 30] as const,
    cuts: [
      { directions: CORONAL, colour: "green", halfMm: 5 },
      { directions: SAGITTAL, colour: "yellow", halfMm: 0 },
    ],
  };

  it("run through the centre along the planes, and beside them where a slab ends", () => {
    const shown = crosshairOnScreen(image, view, matrix, screen);

    expect(shown?.centre).toMatchObject({ x: 100, y: 80 });
    const [across, down] = shown?.lines ?? [];
    expect(across?.handles.map(({ y }) => y)).toEqual([80, 80]);
    expect(Math.abs(across?.side?.y ?? 0)).toBeCloseTo(10, 9);
    expect(down?.handles.map(({ x }) => x)).toEqual([100, 100]);
    expect(down?.side).toBeNull();
  });

  it("are taken by their centre and by their handles, nowhere else", () => {
    const shown = crosshairOnScreen(image, view, matrix, screen);
    if (shown === null) throw new Error("there are no lines");

    expect(hitCrosshair(shown, screenPoint(104, 77), 9)).toEqual({ line: null });
    expect(hitCrosshair(shown, screenPoint(172, 80), 9)).toEqual({ line: 0 });
    expect(hitCrosshair(shown, screenPoint(100, 8), 9)).toEqual({ line: 1 });
    expect(hitCrosshair(shown, screenPoint(140, 80), 9)).toBeNull();
  });
});
