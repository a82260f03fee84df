import { expect, test } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { StudyImage } from "../dicom/types";
import { imagePoint } from "../geometry/points";
import { onShownPlane, planePlaceOf } from "./planeMarks";
import type { Annotation } from "./store";

function plane(position: readonly number[], changes: Partial<StudyImage> = {}): StudyImage {
  return sampleImage({
    sopInstanceUid: "1.2/coronal",
    plane: "Coronal",
    imageOrientationPatient: [1, 0, 0, 0, 0, -1],
    imagePositionPatient: position,
    pixelSpacingMm: [0.5, 0.5],
    sliceThicknessMm: null,
    ...changes,
  });
}

function markOn(image: StudyImage): Annotation {
  const points = [imagePoint(10, 20), imagePoint(30, 40)];
  return { seriesInstanceUid: "1.2", points, plane: planePlaceOf(image) } as unknown as Annotation;
}

const drawnOn = plane([0, 50, 0]);

test("a mark is there again on its own plane, with the very points that it was measured by", () => {
  const mark = markOn(drawnOn);
  expect(onShownPlane(mark, plane([0, 50, 0]))?.points).toBe(mark.points);
  expect(onShownPlane(mark, plane([0, 50.5, 0]))).toBeNull();
});

test("a slab shows the marks within half its thickness", () => {
  const mark = markOn(drawnOn);
  const slab = { sliceThicknessMm: 10 };
  expect(onShownPlane(mark, plane([0, 54.9, 0], slab))).not.toBeNull();
  expect(onShownPlane(mark, plane([0, 55.5, 0], slab))).toBeNull();
});

test("on a plane with other pixels the mark stays where it is in the patient", () => {
  const shown = plane([-5, 50, 5], { pixelSpacingMm: [1, 1] });
  const [first] = onShownPlane(markOn(drawnOn), shown)?.points ?? [];
  // The centre of the first pixel is at 0.5: (10 - 0.5) * 0.5 mm from the old one, 5 mm more from the new one.
  expect(first?.x).toBeCloseTo(0.5 + 9.5 * 0.5 + 5);
  expect(first?.y).toBeCloseTo(0.5 + 19.5 * 0.5 + 5);
});

test("planes of other directions, other series and stored images do not show it", () => {
  const mark = markOn(drawnOn);
  expect(onShownPlane(mark, plane([0, 50, 0], { imageOrientationPatient: [0, 1, 0, 0, 0, -1] }))).toBeNull();
  expect(onShownPlane(mark, plane([0, 50, 0], { sopInstanceUid: "1.3/coronal" }))).toBeNull();
  expect(onShownPlane(mark, plane([0, 50, 0], { sopInstanceUid: "1.2.3" }))).toBeNull();
  expect(planePlaceOf(plane([0, 50, 0], { sopInstanceUid: "1.2/rotating" }))).toBeNull();
});

test("a mark notes of what slab and of which images its values are", () => {
  const slab = plane([0, 50, 0], {
    sliceThicknessMm: 8,
    tileUrl: "/p/{level}.png?of=1&group=2&slab=8&projection=min",
  });
  expect(planePlaceOf(slab)).toMatchObject({ thicknessMm: 8, projection: "min", group: 2 });
  expect(planePlaceOf(plane([0, 50, 0]))).toMatchObject({ projection: null, group: 0 });
});
