import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import { referenceLine } from "./referenceLines";

const axial = sampleImage({
  rows: 100,
  columns: 100,
  frameOfReferenceUid: "1.9",
  pixelSpacingMm: [2, 2],
  imagePositionPatient: [0, 0, 50],
  imageOrientationPatient: [1, 0, 0, 0, 1, 0],
});
const coronal = sampleImage({
  rows: 60,
  columns: 100,
  frameOfReferenceUid: "1.9",
  pixelSpacingMm: [1, 2],
  imagePositionPatient: [0, 40, 80],
  imageOrientationPatient: [1, 0, 0, 0, 0, -1],
});

describe("reference lines", () => {
  it("show where a coronal plane cuts an axial slice, from edge to edge", () => {
    const line = referenceLine(axial, coronal);

    expect(line?.map(({ y }) => y)).toEqual([20.5, 20.5]);
    expect(line?.map(({ x }) => x).sort((one, other) => one - other)).toEqual([0, 100]);
  });

  it("show where the axial slice cuts the coronal plane", () => {
    expect(referenceLine(coronal, axial)?.map(({ y }) => y)).toEqual([30.5, 30.5]);
  });

  it("are not drawn between parallel images, nor where the other does not reach", () => {
    const beyond = { ...axial, imagePositionPatient: [0, 0, 500] };

    expect(referenceLine(axial, { ...axial, imagePositionPatient: [0, 0, 60] })).toBeNull();
    expect(referenceLine(beyond, coronal)).toBeNull();
  });

  it("are not drawn across frames of reference", () => {
    expect(referenceLine(axial, { ...coronal, frameOfReferenceUid: "1.8" })).toBeNull();
    expect(
      referenceLine({ ...axial, frameOfReferenceUid: "" }, { ...coronal, frameOfReferenceUid: "" }),
    ).toBeNull();
  });
});
