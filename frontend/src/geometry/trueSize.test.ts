import { expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import { trueSizeScale } from "./trueSize";

it("gives a millimetre of the image as many pixels as the monitor has in a millimetre", () => {
  const scale = trueSizeScale(sampleImage({ pixelSpacingMm: [0.9, 0.7] }), 0.28);

  expect(scale).toBeCloseTo(2.5, 12);
});

it("does not exist where the file names no size", () => {
  expect(trueSizeScale(sampleImage({ pixelSpacingMm: null, spacingSource: "none" }), 0.28)).toBeNull();
  expect(trueSizeScale(sampleImage({ spacingSource: "none" }), 0.28)).toBeNull();
});
