import { describe, expect, it } from "vitest";
import { ANNOTATION_KINDS, type AnnotationKind } from "../../dicom/annotation";
import { pixelScale } from "../../dicom/calibration";
import { sampleImage } from "../../dicom/sampleImage";
import type { StudyImage } from "../../dicom/types";
import { type ImagePoint, imagePoint } from "../../geometry/points";
import type { Annotation } from "../store";
import type { LaidOver, Surroundings } from "./kind";
import { KINDS } from "./table";

function words(
  kind: AnnotationKind,
  points: readonly ImagePoint[],
  image: StudyImage,
  around: Partial<Surroundings> = {},
): string {
  const annotation = { kind, points, lengthMm: null } as unknown as Annotation;
  const values = { valueAt: () => null, statistics: () => null };
  const scale = pixelScale(image, points);
  return KINDS[kind].describe(annotation, { image, scale, values, over: null, ...around }).join(" / ");
}

function probe(image: StudyImage, value: number | null, over: LaidOver | null = null): string {
  const values = { valueAt: () => value, statistics: () => null };
  return words("probe", [imagePoint(119.5, 87.2)], image, { values, over });
}

describe("probe", () => {
  it("says SUV first and then what was measured", () => {
    const pet = sampleImage({ valueUnits: "Bq/ml", suvFactor: 3.2 / 12345 });

    expect(probe(pet, 12345)).toBe("SUV 3.2  (12345 Bq/ml, 120, 88)");
  });

  it("does not repeat values that are SUV already", () => {
    expect(probe(sampleImage({ valueUnits: "SUV", suvFactor: 1 }), 3.25)).toBe("SUV 3.25  (120, 88)");
  });

  it("keeps another kind of SUV apart", () => {
    const lean = sampleImage({ valueUnits: "SUV lbm", suvProblem: "The image holds SUV by lean body mass." });

    expect(probe(lean, 2.5)).toBe("SUV lbm 2.5  (120, 88)");
  });

  it("says what was measured where there is no SUV", () => {
    const pet = sampleImage({ valueUnits: "Bq/ml", suvProblem: "The patient's weight is missing." });

    expect(probe(pet, 12345)).toBe("12345 Bq/ml  (120, 88)");
  });

  it("says Hounsfield units, no unit, or the place alone", () => {
    expect(probe(sampleImage(), -42)).toBe("-42 HU  (120, 88)");
    expect(probe(sampleImage({ valueUnits: "" }), 7)).toBe("7  (120, 88)");
    expect(probe(sampleImage(), null)).toBe("120, 88");
  });

  it("says the uptake of what is laid over, and what is below", () => {
    const pet = sampleImage({ valueUnits: "Bq/ml", suvFactor: 0.001 });

    expect(probe(sampleImage(), 40, { image: pet, valueAt: () => 2500 })).toBe("SUV 2.5  40 HU  (120, 88)");
    expect(probe(sampleImage(), 40, { image: pet, valueAt: () => null })).toBe("40 HU  (120, 88)");
  });
});

describe("two diameters", () => {
  const drawn = KINDS.bidirectional.build([imagePoint(10, 10), imagePoint(50, 10)], 2);

  it("starts with a short one of half the length, square in the patient", () => {
    // Pixels are twice as high as wide: 20 columns are as long as 10 rows.
    expect(drawn.slice(2)).toEqual([imagePoint(30, 5), imagePoint(30, 15)]);
    const image = sampleImage({ pixelSpacingMm: [1, 0.5] });
    expect(words("bidirectional", drawn, image)).toBe("20 × 10 mm");
  });

  it("keeps them square when an end of either is moved", () => {
    for (const [index, to] of [
      [1, imagePoint(50, 40)],
      [2, imagePoint(40, 2)],
    ] as const) {
      const [a, b, c, d] = KINDS.bidirectional.moveHandle(drawn, index, to, 2);
      if (!a || !b || !c || !d) throw new Error("points are missing");
      const product = (b.x - a.x) * (d.x - c.x) + (b.y - a.y) * 2 * (d.y - c.y) * 2;
      expect(product).toBeCloseTo(0, 9);
    }
  });

  it("moves an end of the short one without moving the other end away from the long one", () => {
    const moved = KINDS.bidirectional.moveHandle(drawn, 3, imagePoint(40, 20), 2);

    expect(moved.map(({ x, y }) => [x, y])).toEqual([
      [10, 10],
      [50, 10],
      [40, 5],
      [40, 20],
    ]);
  });
});

describe("shapes that are drawn from corner to corner", () => {
  it("puts the longer axis of an ellipse first", () => {
    const tall = KINDS.ellipse.build([imagePoint(10, 10), imagePoint(20, 60)], 1);

    expect(tall.map(({ x, y }) => [x, y])).toEqual([
      [15, 10],
      [15, 60],
      [10, 35],
      [20, 35],
    ]);
  });

  it("leaves the opposite corner of a rectangle where it is", () => {
    const drawn = KINDS.rectangle.build([imagePoint(0, 0), imagePoint(10, 20)], 1);

    const moved = KINDS.rectangle.moveHandle(drawn, 2, imagePoint(30, 40), 1);

    expect(moved.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [30, 0],
      [30, 40],
      [0, 40],
    ]);
  });

  it("moves a circle with its middle and resizes it by its edge", () => {
    const drawn = [imagePoint(10, 10), imagePoint(15, 10)];

    expect(KINDS.circle.moveHandle(drawn, 0, imagePoint(20, 30), 1)[1]).toEqual(imagePoint(25, 30));
    expect(KINDS.circle.moveHandle(drawn, 1, imagePoint(10, 40), 1)[0]).toEqual(imagePoint(10, 10));
  });
});

it("says nothing of a mark that is only begun, whatever its kind", () => {
  for (const kind of ANNOTATION_KINDS) {
    const lines = words(kind, [imagePoint(1, 1)], sampleImage());
    if (kind !== "probe") expect(lines.replace(/Area 0 mm²/, "")).toBe("");
    expect(() => KINDS[kind].strokes([imagePoint(1, 1)], 1)).not.toThrow();
  }
});

describe("a spectrum of an ultrasound image", () => {
  const box = { left: 300, top: 200, right: 599, bottom: 299, pixelSpacingMm: null };
  const across = { unit: "ms", perPixel: 4, zeroPx: null };
  const down = { unit: "cm/s", perPixel: -2, zeroPx: 260.5 };
  const image = sampleImage({
    kind: "colour",
    spacingSource: "none",
    ultrasoundRegions: [{ ...box, across, down }],
  });
  const points = [imagePoint(320, 210), imagePoint(350, 250), imagePoint(400, 210), imagePoint(390, 290)];

  it("has neither angles nor areas nor diameters, and says why", () => {
    expect(words("angle", points.slice(0, 3), image)).toBe("No angle: the axes are time and velocity");
    expect(words("polygon", points, image)).toBe("No area: the axes are time and velocity");
    expect(words("bidirectional", points, image)).toBe("No diameters: the axes are time and velocity");
  });

  it("has the velocity under a probe", () => {
    expect(words("probe", [imagePoint(320.5, 230.5)], image)).toBe("60 cm/s / 321, 231");
  });

  it("is not measured across its border", () => {
    expect(words("length", [imagePoint(310, 190), imagePoint(310, 240)], image)).toBe(
      "50 px, not within one region",
    );
  });
});
