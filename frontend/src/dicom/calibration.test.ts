import { describe, expect, it } from "vitest";
import { imagePoint } from "../geometry/points";
import {
  formatArea,
  formatLength,
  measureAngle,
  measureCobb,
  measureLength,
  pixelAspect,
  pixelScale,
} from "./calibration";
import { sampleImage } from "./sampleImage";
import type { StudyImage } from "./types";

const origin = imagePoint(0, 0);

function length(image: StudyImage, x: number, y: number): string {
  const points = [origin, imagePoint(x, y)] as const;
  const scale = pixelScale(image, points);
  return formatLength(measureLength(scale, ...points), scale);
}

describe("measurements", () => {
  it("uses row spacing down and column spacing across", () => {
    const image = sampleImage({ pixelSpacingMm: [2, 0.5] });

    expect(length(image, 10, 0)).toBe("5 mm");
    expect(length(image, 0, 10)).toBe("20 mm");
  });

  it("says that a projection is measured at the detector", () => {
    expect(length(sampleImage({ spacingSource: "detector" }), 30, 40)).toBe("25 mm at detector");
  });

  it("names a magnification that the file estimates", () => {
    const image = sampleImage({ spacingSource: "detector", magnification: 1.15 });

    expect(length(image, 30, 40)).toBe("25 mm (est. magn. 1.15)");
  });

  it("measures pixels when no spacing is known", () => {
    expect(length(sampleImage({ spacingSource: "none", pixelSpacingMm: null }), 30, 40)).toBe("50 px");
  });

  it("never prints mm for a spacing of unknown source", () => {
    expect(length(sampleImage({ spacingSource: "none", pixelSpacingMm: [0.5, 0.5] }), 3, 4)).toBe("5 px");
  });

  it("takes the word of a line that the reader drew over that of the file", () => {
    const image = sampleImage({ spacingSource: "detector", pixelSpacingMm: [0.2, 0.1] });
    const line = { from: origin, to: imagePoint(0, 50), lengthMm: 25 };

    const scale = pixelScale(image, [], line);

    // Pixels are twice as high as wide, so 50 rows are as long as 100 columns.
    expect(scale.spacingMm).toEqual([0.5, 0.25]);
    expect(formatLength(measureLength(scale, origin, imagePoint(40, 0)), scale)).toBe("10 mm calibrated");
    expect(formatArea(20, scale)).toBe("20 mm² calibrated");
  });

  it("trusts an ultrasound region inside of it and nowhere else", () => {
    const image = sampleImage({
      spacingSource: "ultrasound_region",
      pixelSpacingMm: [0.1, 0.1],
      ultrasoundRegions: [
        { left: 10, top: 10, right: 109, bottom: 59, pixelSpacingMm: [0.1, 0.1], across: null, down: null },
      ],
    });
    const measured = (x: number) => pixelScale(image, [imagePoint(10, 20), imagePoint(x, 20)]).unit;

    expect(measured(110)).toBe("mm");
    expect(measured(110.5)).toBe("px, not within one region");
  });

  it("measures a Cobb angle whichever way its lines were drawn", () => {
    const [a, b, c] = [imagePoint(100, 0), imagePoint(100, 100), imagePoint(-100, -100)];

    expect(measureCobb(1, [origin, a], [origin, b])).toBeCloseTo(45, 9);
    expect(measureCobb(1, [origin, a], [origin, c])).toBeCloseTo(45, 9);
  });

  it("measures a right angle on pixels that are not square", () => {
    const image = sampleImage({ pixelSpacingMm: [2, 1] });

    const degrees = measureAngle(pixelAspect(image), imagePoint(10, 5), origin, imagePoint(-10, 5));

    expect(degrees).toBeCloseTo(90, 9);
  });

  it("has no angle when a side has no length", () => {
    expect(measureAngle(1, origin, origin, imagePoint(1, 1))).toBeNull();
  });
});

describe("lengths under a microscope", () => {
  const slide = sampleImage({ pixelSpacingMm: [0.0005, 0.0005], spacingSource: "patient" });

  it("are in micrometres", () => {
    expect(length(slide, 30, 40)).toBe("25 µm");
    expect(formatArea(0.0004, pixelScale(slide, []))).toBe("400 µm²");
  });

  it("are in millimetres from one millimetre on", () => {
    expect(length(slide, 2400, 1800)).toBe("1.5 mm");
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
