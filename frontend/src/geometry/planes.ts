import type { StudyImage } from "../dicom/types";
import { type ImagePoint, imagePoint, type PatientPoint, patientPoint } from "./points";

export type Vector = readonly [number, number, number];

/** The plane of an image in the patient (PS3.3 C.7.6.2). */
export interface ImagePlane {
  /** Centre of the first pixel, mm. */
  readonly position: Vector;
  readonly row: Vector;
  readonly column: Vector;
  readonly normal: Vector;
}

/** Two planes count as parallel up to this angle: a gantry is rarely at exactly the same tilt again. */
const PARALLEL_COSINE = Math.cos((10 * Math.PI) / 180);

export function planeOf(image: StudyImage): ImagePlane | null {
  const position = image.imagePositionPatient;
  const cosines = image.imageOrientationPatient;
  if (!position || !cosines) return null;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = cosines;
  const row: Vector = [a, b, c];
  const column: Vector = [d, e, f];
  const [x = 0, y = 0, z = 0] = position;
  return { position: [x, y, z], row, column, normal: cross(row, column) };
}

/** Whether two images are cut the same way, from the same or the opposite side. */
export function areParallel(one: ImagePlane, other: ImagePlane): boolean {
  return Math.abs(dot(one.normal, other.normal)) >= PARALLEL_COSINE;
}

/** The place of an image point in the patient; null without a plane or a spacing (PS3.3 C.7.6.2.1.1). */
export function patientPointOf(image: StudyImage, point: ImagePoint): PatientPoint | null {
  const plane = planeOf(image);
  if (!plane || !image.pixelSpacingMm) return null;
  const [down, across] = image.pixelSpacingMm;
  const [x, y, z] = sum(
    plane.position,
    scaled(plane.row, (point.x - 0.5) * across),
    scaled(plane.column, (point.y - 0.5) * down),
  );
  return patientPoint(x, y, z);
}

/** Where a point of the patient falls on an image, and how far before or behind its plane it lies, mm. */
export function onPlane(
  image: StudyImage,
  point: PatientPoint,
): { readonly point: ImagePoint; readonly distanceMm: number } | null {
  const plane = planeOf(image);
  if (!plane || !image.pixelSpacingMm) return null;
  const [down, across] = image.pixelSpacingMm;
  const away = sum([point.x, point.y, point.z], scaled(plane.position, -1));
  return {
    point: imagePoint(dot(away, plane.row) / across + 0.5, dot(away, plane.column) / down + 0.5),
    distanceMm: dot(away, plane.normal),
  };
}

export function cross([a, b, c]: Vector, [d, e, f]: Vector): Vector {
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

export function dot(one: Vector, other: Vector): number {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

export function scaled([x, y, z]: Vector, factor: number): Vector {
  return [x * factor, y * factor, z * factor];
}

export function sum(...vectors: readonly Vector[]): Vector {
  return vectors.reduce(([x, y, z], [u, v, w]) => [x + u, y + v, z + w], [0, 0, 0] as Vector);
}
