import { describe, expect, it } from "vitest";
import type { VoiWindow } from "./types";
import { fullRangeWindow, greyOf, greyPixels, invertedTable, windowTable } from "./voiLut";

const HU = { scale: 1, offset: -1024 };

function linear(windowCenter: number, windowWidth: number): VoiWindow {
  return { windowCenter, windowWidth, voiFunction: "LINEAR" };
}

describe("VOI functions", () => {
  it("maps the example of PS3.3 C.11.2.1.2.1, centre 0 and width 100", () => {
    expect(greyOf(-50, linear(0, 100))).toBe(0);
    expect(greyOf(-51, linear(0, 100))).toBe(0);
    expect(greyOf(49.1, linear(0, 100))).toBe(255);
    expect(greyOf(0, linear(0, 100))).toBeCloseTo((0.5 / 99 + 0.5) * 255, 12);
  });

  it("makes width 1 a threshold", () => {
    expect(greyOf(9.5, linear(10, 1))).toBe(0);
    expect(greyOf(10, linear(10, 1))).toBe(255);
  });

  it("spreads LINEAR_EXACT over the whole width", () => {
    const window = { windowCenter: 2.5, windowWidth: 5, voiFunction: "LINEAR_EXACT" } as const;

    expect(greyOf(0, window)).toBe(0);
    expect(greyOf(2.5, window)).toBe(127.5);
    expect(greyOf(5.0001, window)).toBe(255);
  });

  it("gives SIGMOID half grey at its centre and never clips", () => {
    const window = { windowCenter: 2653, windowWidth: 900, voiFunction: "SIGMOID" } as const;

    expect(greyOf(2653, window)).toBe(127.5);
    expect(greyOf(2653 - 450, window)).toBeCloseTo(255 / (1 + Math.exp(2)), 9);
    expect(greyOf(0, window)).toBeGreaterThan(0);
  });

  it("inverts once, after rounding", () => {
    const upright = windowTable(HU, linear(40, 400), false);
    const inverse = windowTable(HU, linear(40, 400), true);

    expect([...inverse]).toEqual([...upright].map((grey) => 255 - grey));
    expect([...invertedTable(inverse)]).toEqual([...upright]);
  });

  it("makes every pixel opaque", () => {
    const bytes = new Uint8Array(greyPixels(new Uint8ClampedArray([0, 7, 255])).buffer);

    expect([...bytes]).toEqual([0, 0, 0, 255, 7, 7, 7, 255, 255, 255, 255, 255]);
  });

  it("spreads a full range from black to white", () => {
    const window = fullRangeWindow(0, 4.75);

    expect(greyOf(0, window)).toBe(0);
    expect(greyOf(4.75, window)).toBe(255);
  });
});
