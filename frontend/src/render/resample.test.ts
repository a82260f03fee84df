import { describe, expect, it } from "vitest";
import { type ImageToScreen, imageToScreenMatrix } from "../geometry/camera";
import { flipHorizontally, type Orientation, rotateRight, UPRIGHT } from "../geometry/orientation";
import { resampleGrid } from "./resample";

/** The grey is the packed value itself, so that the drawn numbers can be read. */
const IDENTITY = Uint32Array.from({ length: 65536 }, (_item, value) => value);
const BLACK = new Uint32Array(new Uint8Array([0, 0, 0, 255]).buffer)[0];

function draw(
  rows: readonly (readonly number[])[],
  matrix: ImageToScreen,
  screen: { width: number; height: number },
  mask: readonly number[] | null = null,
): number[] {
  const grid = {
    values: Uint16Array.from(rows.flat()),
    mask: mask === null ? null : Uint8Array.from(mask),
    width: rows[0]?.length ?? 0,
    height: rows.length,
  };
  let pixels = new Uint32Array();
  resampleGrid(grid, matrix, IDENTITY, screen, (coverage) => {
    pixels = new Uint32Array(coverage.width * coverage.height);
    return pixels;
  });
  return [...pixels];
}

function oneToOne(
  columns: number,
  rows: number,
  orientation: Orientation,
  screen: { width: number; height: number },
) {
  const camera = { scale: 1, centre: [0.5, 0.5] as const, orientation };
  return imageToScreenMatrix(camera, { columns, rows, pixelAspect: 1 }, screen);
}

const picture = [
  [1, 2, 3],
  [4, 5, 6],
];

describe("resampling", () => {
  it("shows every value unchanged at 1 : 1", () => {
    const screen = { width: 3, height: 2 };

    expect(draw(picture, oneToOne(3, 2, UPRIGHT, screen), screen)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("turns clockwise", () => {
    const screen = { width: 2, height: 3 };

    expect(draw(picture, oneToOne(3, 2, rotateRight(UPRIGHT), screen), screen)).toEqual([4, 1, 5, 2, 6, 3]);
  });

  it("mirrors left to right", () => {
    const screen = { width: 3, height: 2 };

    expect(draw(picture, oneToOne(3, 2, flipHorizontally(UPRIGHT), screen), screen)).toEqual([
      3, 2, 1, 6, 5, 4,
    ]);
  });

  it("interpolates values when magnifying and repeats the border", () => {
    const matrix = { a: 4, b: 0, c: 0, d: 1, e: 0, f: 0 };

    expect(draw([[0, 800]], matrix, { width: 8, height: 1 })).toEqual([0, 0, 100, 300, 500, 700, 800, 800]);
  });

  it("draws padding black and never mixes it into a value", () => {
    const matrix = { a: 4, b: 0, c: 0, d: 1, e: 0, f: 0 };

    expect(draw([[500, 60000]], matrix, { width: 8, height: 1 }, [0, 1])).toEqual([
      500,
      500,
      500,
      500,
      BLACK,
      BLACK,
      BLACK,
      BLACK,
    ]);
  });

  it("covers only the part of the screen where the picture is", () => {
    const coverage = resampleGrid(
      { values: new Uint16Array(4), mask: null, width: 2, height: 2 },
      { a: 10, b: 0, c: 0, d: 10, e: 90, f: -5 },
      IDENTITY,
      { width: 100, height: 100 },
      (area) => new Uint32Array(area.width * area.height),
    );

    expect(coverage).toEqual({ x: 90, y: 0, width: 10, height: 15 });
  });
});
