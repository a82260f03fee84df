import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { StudyImage } from "../dicom/types";
import { imagePoint } from "../geometry/points";
import { describeAnnotation } from "./describe";

function probe(image: StudyImage, value: number | null): string {
  const annotation = { id: 1, kind: "probe", imageKey: "", points: [imagePoint(119.5, 87.2)] } as const;
  return describeAnnotation(annotation, image, () => value);
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
});
