import { describe, expect, it } from "vitest";
import { imagePoint } from "../geometry/points";
import { formatLength, measureAngle, measureLength, pixelAspect } from "./calibration";
import { sampleImage } from "./sampleImage";

const origin = imagePoint(0, 0);

describe("measurements", () => {
  it("uses row spacing down and column spacing across", () => {
    const image = sampleImage({ pixelSpacingMm: [2, 0.5] });

    expect(measureLength(image, origin, imagePoint(10, 0))).toEqual({ value: 5, unit: "mm" });
    expect(measureLength(image, origin, imagePoint(0, 10))).toEqual({ value: 20, unit: "mm" });
  });

  it("says that a projection is measured at the detector", () => {
    const image = sampleImage({ spacingSource: "detector" });

    expect(formatLength(measureLength(image, origin, imagePoint(30, 40)))).toBe("25 mm (detector)");
  });

  it("measures pixels when no spacing is known", () => {
    const image = sampleImage({ spacingSource: "none", pixelSpacingMm: null });

    expect(formatLength(measureLength(image, origin, imagePoint(30, 40)))).toBe("50 px");
  });

  it("never prints mm for a spacing of unknown source", () => {
    const image = sampleImage({ spacingSource: "none", pixelSpacingMm: [0.5, 0.5] });

    expect(measureLength(image, origin, imagePoint(3, 4)).unit).toBe("px");
  });

  it("measures a right angle on pixels that are not square", () => {
    const image = sampleImage({ pixelSpacingMm: [2, 1] });

    const degrees = measureAngle(image, imagePoint(10, 5), origin, imagePoint(-10, 5));

    expect(degrees).toBeCloseTo(90, 9);
  });

  it("has no angle when a side has no length", () => {
    expect(measureAngle(sampleImage(), origin, origin, imagePoint(1, 1))).toBeNull();
  });
});

describe("lengths under a microscope", () => {
  const slide = sampleImage({ pixelSpacingMm: [0.0005, 0.0005], spacingSource: "patient" });

  it("are in micrometres", () => {
    expect(measureLength(slide, imagePoint(0, 0), imagePoint(30, 40))).toEqual({ value: 25, unit: "µm" });
  });

  it("are in millimetres from one millimetre on", () => {
    expect(measureLength(slide, imagePoint(0, 0), imagePoint(2400, 1800)).unit).toBe("mm");
  });
});

describe("pixel shape", () => {
  it("follows the spacing of the patient before the aspect ratio", () => {
    expect(pixelAspect(sampleImage({ pixelSpacingMm: [1, 0.5], pixelAspectRatio: [1, 1] }))).toBe(2);
  });

  it("does not stretch a picture by an ultrasound region", () => {
    const image = sampleImage({ spacingSource: "ultrasound_region", pixelSpacingMm: [3, 1] });

    expect(pixelAspect(image)).toBe(1);
  });

  it("takes the aspect ratio, vertical first, where there is no spacing", () => {
    const image = sampleImage({ spacingSource: "none", pixelSpacingMm: null, pixelAspectRatio: [4, 3] });

    expect(pixelAspect(image)).toBeCloseTo(4 / 3, 12);
  });
});
