import { groupOf, projectionOf } from "../api/volume";
import type { PlanePlace } from "../dicom/annotation";
import type { StudyImage } from "../dicom/types";
import { dot, onPlane, patientPointOf, type Vector } from "../geometry/planes";
import type { ImagePoint } from "../geometry/points";
import type { Annotation } from "./store";

/** Planes that a volume is cut into; views from outside, such as a rotating MIP, have no place for a mark. */
const CUT = /\/(axial|coronal|sagittal|oblique)(\/|$)/;
/** Half a degree: a plane that was turned back by hand is the same one. */
const SAME_DIRECTION = Math.cos((0.5 * Math.PI) / 180);
const ROUNDING_MM = 1e-3;

/** Where a mark on a plane through a series lies; null for an image as stored. */
export function planePlaceOf(image: StudyImage): PlanePlace | null {
  const { imagePositionPatient, imageOrientationPatient, pixelSpacingMm, sliceThicknessMm } = image;
  if (!CUT.test(image.sopInstanceUid) || !imagePositionPatient || !imageOrientationPatient) return null;
  return {
    position: imagePositionPatient,
    orientation: imageOrientationPatient,
    spacingMm: pixelSpacingMm ?? [1, 1],
    rows: image.rows,
    columns: image.columns,
    thicknessMm: sliceThicknessMm,
    projection: projectionOf(image),
    group: groupOf(image),
  };
}

/**
 * A mark as it lies on the plane that is shown; null where that is another plane.
 *
 * The same plane is one of the same direction at most half a slab away. A thin plane is as thick as its pixels.
 */
export function onShownPlane(annotation: Annotation, image: StudyImage): Annotation | null {
  const { plane } = annotation;
  const shown = planePlaceOf(image);
  if (!plane || !shown || !image.sopInstanceUid.startsWith(`${annotation.seriesInstanceUid}/`)) return null;
  if (!isSameDirection(plane, shown)) return null;
  const drawnOn = imageOf(plane, image);
  const [first] = annotation.points;
  const place = first && patientPointOf(drawnOn, first);
  const there = place && onPlane(image, place);
  if (!there || Math.abs(there.distanceMm) > Math.max(halfMm(plane), halfMm(shown)) + ROUNDING_MM)
    return null;
  return { ...annotation, plane: shown, points: pointsOn(annotation.points, drawnOn, image) };
}

/** The middle of a mark in the patient. */
export function centreOf({ plane, points }: Annotation, like: StudyImage): Vector | null {
  if (!plane || points.length === 0) return null;
  const places = points.flatMap((point) => patientPointOf(imageOf(plane, like), point) ?? []);
  const mean = (axis: "x" | "y" | "z") => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
  return [mean("x"), mean("y"), mean("z")];
}

const converted = new WeakMap<readonly ImagePoint[], { image: StudyImage; points: readonly ImagePoint[] }>();

/** The same points while the image is the same: what is measured of them is remembered by them. */
function pointsOn(points: readonly ImagePoint[], from: StudyImage, to: StudyImage): readonly ImagePoint[] {
  const known = converted.get(points);
  if (known?.image === to) return known.points;
  const there = points.flatMap((point) => {
    const place = patientPointOf(from, point);
    return (place && onPlane(to, place)?.point) ?? [];
  });
  const isSame = there.every(
    ({ x, y }, index) => Math.hypot(x - (points[index]?.x ?? 0), y - (points[index]?.y ?? 0)) < 1e-6,
  );
  const result = isSame ? points : there;
  converted.set(points, { image: to, points: result });
  return result;
}

function imageOf(plane: PlanePlace, like: StudyImage): StudyImage {
  return {
    ...like,
    imagePositionPatient: plane.position,
    imageOrientationPatient: plane.orientation,
    pixelSpacingMm: plane.spacingMm,
  };
}

function halfMm({ thicknessMm, spacingMm }: PlanePlace): number {
  return (thicknessMm ?? spacingMm[0]) / 2;
}

function isSameDirection({ orientation: one }: PlanePlace, { orientation: other }: PlanePlace): boolean {
  const part = (from: readonly number[], start: number) => from.slice(start, start + 3) as unknown as Vector;
  return [0, 3].every((start) => dot(part(one, start), part(other, start)) >= SAME_DIRECTION);
}
