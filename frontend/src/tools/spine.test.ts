import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import { imagePoint } from "../geometry/points";
import { nextSpineLevel } from "./spine";

const sagittal = sampleImage({ patientOrientation: ["P", "F"], imageOrientationPatient: null });
const last = { text: "T12", points: [imagePoint(50, 100)] };

describe("vertebrae", () => {
  it("go on towards the feet or the head, as the click lies", () => {
    expect(nextSpineLevel(last, imagePoint(55, 140), sagittal, "C1")).toBe("L1");
    expect(nextSpineLevel(last, imagePoint(45, 60), sagittal, "C1")).toBe("T11");
  });

  it("know that the image may lie upside down", () => {
    const turned = sampleImage({ patientOrientation: ["P", "H"], imageOrientationPatient: null });

    expect(nextSpineLevel(last, imagePoint(55, 140), turned, "C1")).toBe("T11");
  });

  it("begin where the reader says", () => {
    expect(nextSpineLevel(null, imagePoint(0, 0), sagittal, "L5")).toBe("L5");
  });
});
