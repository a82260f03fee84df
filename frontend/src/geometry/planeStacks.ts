import { type Directions, nearestPlane, normalOf } from "./crosshair";
import { dot, scaled, sum, type Vector } from "./planes";

/** A rectangle of square pixels in the patient, and others behind it at even steps. */
export interface PlacedStack {
  readonly directions: Directions;
  /** Centre of the first pixel of the first plane. */
  readonly first: Vector;
  readonly step: Vector;
  readonly count: number;
  readonly index: number;
  readonly spacingMm: number;
  readonly rows: number;
  readonly columns: number;
}

/** What a plane covers around a point that it goes through. */
export interface PlaneFrame {
  readonly widthMm: number;
  readonly heightMm: number;
  /** Where the point lies, from the outer left and upper edge. */
  readonly pointMm: readonly [number, number];
}

/** The corners of a box, from its first corner along three edges. */
export function boxCorners(first: Vector, edges: readonly [Vector, Vector, Vector]): readonly Vector[] {
  const [a, b, c] = edges;
  return [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
    sum(first, scaled(a, bits & 1), scaled(b, (bits >> 1) & 1), scaled(c, bits >> 2)),
  );
}

/** Lay planes through a point and on through a whole box, along their normal or, with a negative step, against it. */
export function stackThrough(
  point: Vector,
  directions: Directions,
  frame: PlaneFrame,
  box: readonly Vector[],
  size: { readonly spacingMm: number; readonly stepMm: number; readonly mostPixels: number },
): PlacedStack {
  const spacingMm = Math.max(size.spacingMm, Math.max(frame.widthMm, frame.heightMm) / size.mostPixels);
  const step = scaled(normalOf(directions), size.stepMm);
  const steps = box.map((corner) => dot(sum(corner, scaled(point, -1)), step) / size.stepMm ** 2);
  const before = Math.max(0, Math.floor(-Math.min(...steps)));
  const behind = Math.max(0, Math.floor(Math.max(...steps)));
  const [across, down] = frame.pointMm;
  const here = sum(
    point,
    scaled(directions.row, spacingMm / 2 - across),
    scaled(directions.column, spacingMm / 2 - down),
  );
  return {
    directions,
    first: sum(here, scaled(step, -before)),
    step,
    count: before + behind + 1,
    index: before,
    spacingMm,
    rows: pixels(frame.heightMm, spacingMm, size.mostPixels),
    columns: pixels(frame.widthMm, spacingMm, size.mostPixels),
  };
}

/** The index of the plane of a stack that goes through a point, or of the end next to it. */
export function indexAt(stack: Pick<PlacedStack, "first" | "step" | "count">, point: Vector): number {
  return Math.min(stack.count - 1, Math.max(0, nearestPlane(stack.first, stack.step, point)));
}

/** How far a box reaches along a direction, mm. */
export function spanOf(box: readonly Vector[], direction: Vector): readonly [number, number] {
  const places = box.map((corner) => dot(corner, direction));
  return [Math.min(...places), Math.max(...places)];
}

function pixels(lengthMm: number, spacingMm: number, most: number): number {
  return Math.min(most, Math.max(1, Math.round(lengthMm / spacingMm)));
}
