import { describe, expect, it } from "vitest";
import { flipHorizontally, flipVertically, rotateLeft, rotateRight, UPRIGHT } from "../geometry/orientation";
import { directionLabel, edgeLabels, oppositeLabel } from "./orientationLabels";
import { sampleImage } from "./sampleImage";

const axial = sampleImage();

describe("orientation labels", () => {
  it("shows the patient's right at the left edge of an axial image", () => {
    expect(edgeLabels(axial, UPRIGHT)).toEqual({ left: "R", right: "L", top: "A", bottom: "P" });
  });

  it.each([
    ["rotated right", rotateRight(UPRIGHT), { left: "P", right: "A", top: "R", bottom: "L" }],
    ["rotated left", rotateLeft(UPRIGHT), { left: "A", right: "P", top: "L", bottom: "R" }],
    ["mirrored", flipHorizontally(UPRIGHT), { left: "L", right: "R", top: "A", bottom: "P" }],
    ["upside down", flipVertically(UPRIGHT), { left: "R", right: "L", top: "P", bottom: "A" }],
    [
      "rotated right, then mirrored",
      flipHorizontally(rotateRight(UPRIGHT)),
      { left: "A", right: "P", top: "R", bottom: "L" },
    ],
    ["turned round", rotateRight(rotateRight(UPRIGHT)), { left: "L", right: "R", top: "P", bottom: "A" }],
  ])("follows an image that is %s", (_name, orientation, labels) => {
    expect(edgeLabels(axial, orientation)).toEqual(labels);
  });

  it("names both axes of an oblique direction, the stronger first", () => {
    expect(directionLabel([0.2, 0.5, 0.84])).toBe("HP");
    expect(directionLabel([-0.9, 0.43, 0])).toBe("RP");
  });

  it("uses Patient Orientation when there is no plane, and its opposite letters", () => {
    const chest = sampleImage({ imageOrientationPatient: null, patientOrientation: ["L", "F"] });

    expect(edgeLabels(chest, UPRIGHT)).toEqual({ left: "R", right: "L", top: "H", bottom: "F" });
  });

  it("says nothing when the file says nothing", () => {
    const unknown = sampleImage({ imageOrientationPatient: null });

    expect(edgeLabels(unknown, UPRIGHT)).toEqual({ left: "", right: "", top: "", bottom: "" });
  });

  it("knows no opposite for a letter outside the six", () => {
    expect(oppositeLabel("LX")).toBe("");
    expect(oppositeLabel("LPH")).toBe("RAF");
  });
});
