import { describe, expect, it } from "vitest";
import { exactWindow, formatSuvRange, suvRange, suvWindow } from "./suv";
import { greyOf } from "./voiLut";

/** 0.0005 g/ml for each Bq/ml: SUV 10 is 20,000 Bq/ml. */
const FACTOR = 0.0005;

describe("SUV window", () => {
  it("reaches from the lowest to the highest SUV", () => {
    const window = suvWindow(0, 10, FACTOR);

    expect(window).toEqual({ windowCenter: 10000, windowWidth: 20000, voiFunction: "LINEAR_EXACT" });
    expect(suvRange(window, FACTOR)).toEqual([0, 10]);
    expect(greyOf(0, window)).toBe(0);
    expect(greyOf(20000, window)).toBe(255);
  });

  it("is written with one decimal, a narrow one with two", () => {
    expect(formatSuvRange(suvWindow(0, 10, FACTOR), FACTOR)).toBe("SUV 0 – 10");
    expect(formatSuvRange(suvWindow(-1.26, 8.73, FACTOR), FACTOR)).toBe("SUV -1.3 – 8.7");
    expect(formatSuvRange(suvWindow(-0.001, 1.25, FACTOR), FACTOR)).toBe("SUV 0 – 1.25");
  });

  it("counts the step that LINEAR takes off its upper end", () => {
    const linear = { windowCenter: 5, windowWidth: 10, voiFunction: "LINEAR" } as const;

    expect(suvRange(linear, 1)).toEqual([0, 9]);
    expect(greyOf(9, linear)).toBe(255);
    expect(greyOf(4, exactWindow(linear))).toBeCloseTo(greyOf(4, linear), 12);
  });
});
