import { expect, test } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { StudyImage } from "../dicom/types";
import { alignmentHere, followedIndex, naturalAlignment, nearestToPoint, reversed } from "./alignment";
import { patientPoint } from "./points";

/** Axial slices, the first at a height and the others at equal steps. */
function slices(uid: string, firstMm: number, stepMm: number, count: number): StudyImage[] {
  return Array.from({ length: count }, (_, index) =>
    sampleImage({
      frameOfReferenceUid: uid,
      imagePositionPatient: [-100, -100, firstMm + index * stepMm],
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
    }),
  );
}

const thin = slices("1.1", 0, 1, 100);
const thick = slices("1.1", 2, 5, 20);
const prior = slices("1.2", 500, 2, 60);
const fromBelow = slices("1.2", 618, -2, 60);
const sagittal = [
  sampleImage({
    frameOfReferenceUid: "1.1",
    imagePositionPatient: [0, -100, 100],
    imageOrientationPatient: [0, 1, 0, 0, 0, -1],
  }),
];
const flat = [sampleImage({ imagePositionPatient: null, imageOrientationPatient: null })];

test("in one frame of reference the slice at the same height is shown, whatever the spacing", () => {
  const alignment = naturalAlignment(thin, thick);
  expect(alignment).toEqual({ kind: "position" });
  if (!alignment) throw new Error("no alignment");
  // 33 mm: slices at 32 and 37.
  expect(followedIndex(alignment, thin, 33, thick)).toBe(6);
  expect(followedIndex(alignment, thin, 99, thick)).toBe(19);
});

test("planes of another direction in the same frame of reference do not follow", () => {
  expect(naturalAlignment(thin, sagittal)).toBeNull();
});

test("slices of another study begin together and then move by millimetres", () => {
  const alignment = naturalAlignment(thin, prior);
  expect(alignment).toEqual({ kind: "distance", offsetMm: 500 });
  if (!alignment) throw new Error("no alignment");
  expect(followedIndex(alignment, thin, 0, prior)).toBe(0);
  expect(followedIndex(alignment, thin, 20, prior)).toBe(10);
});

test("a stack that runs the other way is met at its own end of the same side", () => {
  const alignment = naturalAlignment(thin, fromBelow);
  if (!alignment) throw new Error("no alignment");
  expect(followedIndex(alignment, thin, 0, fromBelow)).toBe(59);
  expect(followedIndex(alignment, thin, 20, fromBelow)).toBe(49);
});

test("linking here keeps what is on the screen together, and the way back is the reverse", () => {
  const alignment = alignmentHere(thin, 40, prior, 5);
  expect(alignment).toEqual({ kind: "distance", offsetMm: 470 });
  if (!alignment) throw new Error("no alignment");
  expect(followedIndex(alignment, thin, 50, prior)).toBe(10);
  expect(followedIndex(reversed(alignment, thin, prior), prior, 10, thin)).toBe(50);
});

test("images without a place in the patient follow by their number", () => {
  const alignment = naturalAlignment(flat, prior);
  expect(alignment).toEqual({ kind: "index", offset: 0 });
  expect(alignmentHere(flat, 0, prior, 7)).toEqual({ kind: "index", offset: 7 });
  expect(followedIndex({ kind: "index", offset: 59 }, thin, 30, prior)).toBe(59);
});

test("the nearest slice to a point of the patient is found", () => {
  expect(nearestToPoint(thick, patientPoint(0, 0, 44))).toBe(8);
  expect(nearestToPoint(flat, patientPoint(0, 0, 44))).toBeNull();
});
