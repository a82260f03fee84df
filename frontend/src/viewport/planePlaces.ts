import type { Planes } from "../api/volume";
import type { PlanePlace } from "../dicom/annotation";
import type { StudyImage } from "../dicom/types";
import { broughtOnto, type Directions, normalOf } from "../geometry/crosshair";
import { boxCorners, indexAt, type PlacedStack, type PlaneFrame } from "../geometry/planeStacks";
import { dot, planeOf, scaled, sum, type Vector } from "../geometry/planes";

/** The corners of what the planes of a volume cover. */
export function boxOf({ planes }: Planes): readonly Vector[] {
  const [axial] = planes;
  const first = axial?.images[0];
  const last = axial?.images[axial.images.length - 1];
  const plane = first && planeOf(first);
  const end = positionOf(last ?? null);
  if (!first || !plane || !end) return [[0, 0, 0]];
  const [down, across] = first.pixelSpacingMm ?? [1, 1];
  return boxCorners(plane.position, [
    scaled(plane.row, across * (first.columns - 1)),
    scaled(plane.column, down * (first.rows - 1)),
    sum(end, scaled(plane.position, -1)),
  ]);
}

/** The point on the planes that each stack opens with. */
export function middleOf({ planes }: Planes): Vector {
  return planes.reduce<Vector>(
    (centre, { images, firstIndex }) =>
      broughtOnto(centre, directionsOf(images[0]), positionOf(images[firstIndex] ?? null) ?? centre),
    [0, 0, 0],
  );
}

/** How an image lies in the patient. It is a plane of a volume, so it lies somewhere. */
export function directionsOf(image: StudyImage | undefined): Directions {
  const plane = image && planeOf(image);
  if (!plane) throw new RangeError("a plane has no place");
  return { row: plane.row, column: plane.column };
}

/** Centre of the first pixel of an image, mm. */
export function positionOf(image: StudyImage | null): Vector | null {
  return image ? (planeOf(image)?.position ?? null) : null;
}

/** From each plane to the next along their normal, mm; negative where the stack runs against it. */
export function stepOf({ planes }: Planes, place: number): number {
  const images = planes[place]?.images ?? [];
  const [one, other] = [positionOf(images[0] ?? null), positionOf(images[1] ?? null)];
  if (!one || !other) return 1;
  return dot(sum(other, scaled(one, -1)), normalOf(directionsOf(images[0])));
}

/** The plane of evenly spaced ones that goes through a point, or the end next to it. */
export function indexIn(images: readonly StudyImage[], point: Vector): number | null {
  const [first, next] = [positionOf(images[0] ?? null), positionOf(images[1] ?? null)];
  if (!first || !next) return null;
  const stack: Pick<PlacedStack, "first" | "step" | "count"> = {
    first,
    step: sum(next, scaled(first, -1)),
    count: images.length,
  };
  return indexAt(stack, point);
}

export function directionsOfPlace({ orientation }: Pick<PlanePlace, "orientation">): Directions {
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0] = orientation;
  return { row: [a, b, c], column: [d, e, f] };
}

/** What a plane that a mark was drawn on covers around a point. */
export function frameAround(
  { position, orientation, spacingMm, rows, columns }: PlanePlace,
  point: Vector,
): PlaneFrame {
  const { row, column } = directionsOfPlace({ orientation });
  const [x = 0, y = 0, z = 0] = position;
  const away = sum(point, scaled([x, y, z], -1));
  const [down, across] = spacingMm;
  return {
    widthMm: columns * across,
    heightMm: rows * down,
    pointMm: [dot(away, row) + across / 2, dot(away, column) + down / 2],
  };
}

/** Whether two planes have the same directions, but for rounding. */
export function isSame(one: Directions | undefined, other: Directions): boolean {
  return one !== undefined && dot(one.row, other.row) > 0.99999 && dot(one.column, other.column) > 0.99999;
}
