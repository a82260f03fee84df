import { cross, dot, scaled, sum, type Vector } from "./planes";

/** How a plane lies in the patient: unit vectors along its rows and its columns, perpendicular to each other. */
export interface Directions {
  readonly row: Vector;
  readonly column: Vector;
}

/** Three planes through one point of the patient, mm. */
export interface Crosshair {
  readonly centre: Vector;
  readonly planes: readonly Directions[];
}

export function normalOf({ row, column }: Directions): Vector {
  return cross(row, column);
}

/** Turn a vector about a unit axis, right-handed (Rodrigues). */
export function turned(vector: Vector, axis: Vector, radians: number): Vector {
  const cosine = Math.cos(radians);
  return sum(
    scaled(vector, cosine),
    scaled(cross(axis, vector), Math.sin(radians)),
    scaled(axis, dot(axis, vector) * (1 - cosine)),
  );
}

/** Turn the planes beside one of them about its normal: what is seen in that one stays, its lines turn. */
export function withLinesTurned(crosshair: Crosshair, place: number, radians: number): Crosshair {
  const fixed = crosshair.planes[place];
  if (!fixed) return crosshair;
  const axis = normalOf(fixed);
  return {
    ...crosshair,
    planes: crosshair.planes.map((plane, index) =>
      index === place
        ? plane
        : { row: turned(plane.row, axis, radians), column: turned(plane.column, axis, radians) },
    ),
  };
}

/** The centre, moved along the normal of a plane until it lies on it. `position` is any point of the plane. */
export function broughtOnto(centre: Vector, plane: Directions, position: Vector): Vector {
  const normal = normalOf(plane);
  return sum(centre, scaled(normal, dot(sum(position, scaled(centre, -1)), normal)));
}

/** Where a plane cuts another, as a unit vector along rows and columns of the other; null where they are parallel. */
export function cutDirection(plane: Directions, cutting: Directions): readonly [number, number] | null {
  const along = cross(normalOf(plane), normalOf(cutting));
  const length = Math.sqrt(dot(along, along));
  if (length < 1e-6) return null;
  return [dot(along, plane.row) / length, dot(along, plane.column) / length];
}

/** Which of several evenly spaced parallel planes is nearest to a point; not limited to those that there are. */
export function nearestPlane(first: Vector, step: Vector, point: Vector): number {
  return Math.round(dot(sum(point, scaled(first, -1)), step) / dot(step, step));
}

/** The view from an angle about an axis that runs up the picture: rows across, columns down. */
export function viewAround(front: Directions, radians: number): Directions {
  return { row: turned(front.row, front.column, radians), column: front.column };
}
