import type { StudyImage } from "../dicom/types";
import { dot, type ImagePlane, planeOf, scaled, sum, type Vector } from "./planes";
import { type ImagePoint, imagePoint } from "./points";

/**
 * Where another image cuts through an image, as the two ends of a line; null where they are parallel, do not meet, or
 * have no common frame of reference (PS3.3 C.7.6.2).
 */
export function referenceLine(
  image: StudyImage,
  other: StudyImage,
): readonly [ImagePoint, ImagePoint] | null {
  const plane = planeOf(image);
  const cutting = planeOf(other);
  const isSame = image.frameOfReferenceUid !== "" && image.frameOfReferenceUid === other.frameOfReferenceUid;
  if (!plane || !cutting || !isSame || !other.pixelSpacingMm || !image.pixelSpacingMm) return null;
  const spacing = image.pixelSpacingMm;
  const corners = cornersOf(cutting, other, other.pixelSpacingMm);
  const ends: ImagePoint[] = [];
  corners.forEach((from, index) => {
    const to = corners[(index + 1) % corners.length] as Vector;
    const crossing = crossingOf(from, to, plane);
    if (crossing) ends.push(onImage(crossing, plane, spacing));
  });
  const [first, second] = farthest(ends);
  return first && second ? [first, second] : null;
}

/** The corners of what an image covers, its outer pixels to their outer edges. */
function cornersOf(
  plane: ImagePlane,
  image: StudyImage,
  [down, across]: readonly [number, number],
): Vector[] {
  const ends = [
    [-0.5, -0.5],
    [image.columns - 0.5, -0.5],
    [image.columns - 0.5, image.rows - 0.5],
    [-0.5, image.rows - 0.5],
  ] as const;
  return ends.map(([column, row]) =>
    sum(plane.position, scaled(plane.row, column * across), scaled(plane.column, row * down)),
  );
}

function crossingOf(from: Vector, to: Vector, plane: ImagePlane): Vector | null {
  const start = dot(sum(from, scaled(plane.position, -1)), plane.normal);
  const end = dot(sum(to, scaled(plane.position, -1)), plane.normal);
  if (start === end || start * end > 0) return null;
  const share = start / (start - end);
  return sum(scaled(from, 1 - share), scaled(to, share));
}

function onImage(point: Vector, plane: ImagePlane, [down, across]: readonly [number, number]): ImagePoint {
  const away = sum(point, scaled(plane.position, -1));
  return imagePoint(dot(away, plane.row) / across + 0.5, dot(away, plane.column) / down + 0.5);
}

/** A plane through a corner meets more than two sides; the line is between the points that lie apart. */
function farthest(points: readonly ImagePoint[]): readonly ImagePoint[] {
  const [first] = points;
  if (!first) return [];
  const distance = (point: ImagePoint) => Math.hypot(point.x - first.x, point.y - first.y);
  const last = points.reduce((far, point) => (distance(point) > distance(far) ? point : far), first);
  return distance(last) > 0 ? [first, last] : [];
}
