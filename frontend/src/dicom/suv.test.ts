import { describe, expect, it } from "vitest";
import { presetsFor } from "./presets";
import { sampleImage } from "./sampleImage";
import { exactWindow, formatSuvRange, suvRange, suvWindow } from "./suv";
import { greyOf } from "./voiLut";

/** 0.0005 g/ml for each Bq/ml: SUV 10 is 20,000 Bq/ml. */
const FACTOR = 0.0005;
const pet = sampleImage({ valueUnits: "Bq/ml", suvFactor: FACTOR });

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

describe("presets", () => {
  it("are ranges of SUV for a PET, in its own values", () => {
    const presets = presetsFor("PT", pet);

    expect(presets.map(({ key, detail }) => `${key}: ${detail}`)).toEqual([
      "2: SUV 0 – 5",
      "3: SUV 0 – 7",
      "4: SUV 0 – 10",
      "5: SUV 0 – 15",
      "6: SUV 0 – 20",
    ]);
    expect(presets[0]?.window).toMatchObject({ windowCenter: 5000, windowWidth: 10000 });
  });

  it("are in Hounsfield units for a CT", () => {
    expect(presetsFor("CT", sampleImage())[0]).toMatchObject({ label: "Soft tissue", detail: "400 / 40" });
  });

  it("do not exist where values mean nothing", () => {
    expect(presetsFor("PT", sampleImage({ valueUnits: "Bq/ml", suvFactor: null }))).toEqual([]);
    expect(presetsFor("CT", sampleImage({ valueUnits: "" }))).toEqual([]);
    expect(presetsFor("CT", null)).toEqual([]);
  });
});
