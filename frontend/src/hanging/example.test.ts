import { expect, test } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { StudyImage } from "../dicom/types";
import type { OpenStudies } from "../viewport/openStudies";
import type { Viewport } from "../viewport/viewport";
import { type Example, screenOf } from "./example";

const MM_PER_DEVICE_PIXEL = 0.25;
const study = { studyInstanceUid: "1" };

/** How a picture of 0.1 mm pixels is written: 0.4 device pixels for each of them are true size. */
function fits(scale: number | null, mm: number | null, changes: Partial<StudyImage> = {}, modality = "DX") {
  const image = sampleImage({ pixelSpacingMm: [0.1, 0.1], spacingSource: "detector", ...changes });
  const series = {
    seriesInstanceUid: "1.1",
    seriesDescription: "",
    modality,
    laterality: modality === "MG" ? "R" : "",
    images: [image],
  };
  const stack = { study, series };
  const viewport = {
    stack,
    image,
    imageIndex: 0,
    choice: { kind: "automatic" },
    camera: { scale },
    fusion: null,
  };
  const studies = { current: { study }, stacks: [stack], priors: [] };
  const { viewports } = screenOf({
    split: { name: "1×1", rows: [1], columns: [1] } as unknown as Example["split"],
    viewports: [viewport as unknown as Viewport],
    studies: studies as unknown as OpenStudies,
    mmPerDevicePixel: mm,
  });
  return viewports[0]?.fit;
}

test("a picture in true size is hung in true size again, of a breast too", () => {
  expect(fits(0.4, MM_PER_DEVICE_PIXEL)).toBe("true_size");
  expect(fits(0.4005, MM_PER_DEVICE_PIXEL)).toBe("true_size");
  expect(fits(0.4, MM_PER_DEVICE_PIXEL, {}, "MG")).toBe("true_size");
  expect(fits(0.42, MM_PER_DEVICE_PIXEL)).toBe("fit");
});

test("nothing is known to be in true size on a monitor that was not measured, or without a spacing", () => {
  expect(fits(0.4, null)).toBe("fit");
  expect(fits(0.4, MM_PER_DEVICE_PIXEL, { spacingSource: "none" })).toBe("fit");
});

test("other sizes are kept as they were", () => {
  expect(fits(null, MM_PER_DEVICE_PIXEL)).toBe("fit");
  expect(fits(1, MM_PER_DEVICE_PIXEL)).toBe("one_to_one");
  expect(fits(null, MM_PER_DEVICE_PIXEL, {}, "MG")).toBe("same_size");
});
