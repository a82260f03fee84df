import type { ImagePoint } from "./points";

export const REGION_KINDS = ["ellipse", "rectangle", "circle", "polygon", "freehand"] as const;
export type RegionKind = (typeof REGION_KINDS)[number];

/** First column, and the one after the last. */
export type Span = readonly [number, number];

/** A closed outline on the pixels of a frame. */
export interface RegionShape {
  /** What the outline encloses, in pixels, also where it lies outside of the frame. */
  readonly areaPx: number;
  /** First row and the one after the last that can hold pixels of it. */
  readonly rows: Span;
  /** First column and the one after the last. */
  readonly columns: Span;
  /** The pixels of a row whose centres lie inside. */
  readonly spansOf: (row: number) => readonly Span[];
}

/** Pixels whose centres lie within [from, to). */
function centresWithin(from: number, to: number): Span {
  return [Math.ceil(from - 0.5), Math.ceil(to - 0.5)];
}

/**
 * The shape of a region of interest.
 *
 * A pixel counts when its centre lies inside: by crossing number (edges reach from their upper end up to but not
 * including their lower one) for corners, on or within the line for circles and ellipses.
 *
 * @param aspect height of a pixel divided by its width: a circle is round in the patient.
 */
export function regionShape(kind: RegionKind, points: readonly ImagePoint[], aspect: number): RegionShape {
  if (kind === "circle") return ovalShape(...circleAxes(points, aspect));
  if (kind === "ellipse") return ovalShape(...ellipseAxes(points));
  return polygonShape(points);
}

interface Vector {
  readonly x: number;
  readonly y: number;
}

/** Centre and two half axes of a circle, given by its centre and a point on it. */
export function circleAxes(
  [centre, edge]: readonly ImagePoint[],
  aspect: number,
): readonly [Vector, Vector, Vector] {
  if (!centre || !edge) return [ORIGIN, ORIGIN, ORIGIN];
  const radius = Math.hypot(edge.x - centre.x, (edge.y - centre.y) * aspect);
  return [centre, { x: radius, y: 0 }, { x: 0, y: radius / aspect }];
}

/** Centre and two half axes of an ellipse, given by the ends of its axes (PS3.3 C.10.5.1.2). */
export function ellipseAxes([a, b, c, d]: readonly ImagePoint[]): readonly [Vector, Vector, Vector] {
  if (!a || !b || !c || !d) return [ORIGIN, ORIGIN, ORIGIN];
  return [
    { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    { x: (b.x - a.x) / 2, y: (b.y - a.y) / 2 },
    { x: (d.x - c.x) / 2, y: (d.y - c.y) / 2 },
  ];
}

const ORIGIN: Vector = { x: 0, y: 0 };

function ovalShape(centre: Vector, u: Vector, v: Vector): RegionShape {
  const determinant = u.x * v.y - u.y * v.x;
  const halfWidth = Math.hypot(u.x, v.x);
  const halfHeight = Math.hypot(u.y, v.y);
  const isInside = (column: number, row: number) => {
    const x = column + 0.5 - centre.x;
    const y = row + 0.5 - centre.y;
    const s = (x * v.y - y * v.x) / determinant;
    const t = (u.x * y - u.y * x) / determinant;
    return s * s + t * t <= 1;
  };
  const columns: Span = [Math.floor(centre.x - halfWidth) - 1, Math.ceil(centre.x + halfWidth) + 1];
  return {
    areaPx: Math.PI * Math.abs(determinant),
    rows: [Math.floor(centre.y - halfHeight) - 1, Math.ceil(centre.y + halfHeight) + 1],
    columns,
    spansOf: (row) => {
      if (determinant === 0) return [];
      const y = row + 0.5 - centre.y;
      // Where the row meets the line: a quadratic whose rounding is put right by testing the pixels at both ends.
      const middle = centre.x + (y * (u.x * u.y + v.x * v.y)) / (u.y * u.y + v.y * v.y);
      const reach =
        (Math.abs(determinant) * Math.sqrt(Math.max(0, halfHeight ** 2 - y * y))) / halfHeight ** 2;
      let first = Math.floor(middle - reach - 0.5) - 1;
      let last = Math.ceil(middle + reach - 0.5) + 1;
      while (first <= last && !isInside(first, row)) first += 1;
      while (last > first && !isInside(last, row)) last -= 1;
      return first <= last ? [[first, last + 1]] : [];
    },
  };
}

function polygonShape(points: readonly ImagePoint[]): RegionShape {
  const edges = points.map((point, index) => [point, points[(index + 1) % points.length] ?? point] as const);
  const twice = edges.reduce((sum, [a, b]) => sum + a.x * b.y - b.x * a.y, 0);
  const lowest = Math.min(...points.map(({ y }) => y));
  const highest = Math.max(...points.map(({ y }) => y));
  return {
    areaPx: Math.abs(twice) / 2,
    rows: centresWithin(lowest, highest),
    columns: centresWithin(Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))),
    spansOf: (row) => {
      const y = row + 0.5;
      const crossings: number[] = [];
      for (const [a, b] of edges) {
        if (a.y > y !== b.y > y) crossings.push(a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y));
      }
      crossings.sort((one, other) => one - other);
      const spans: Span[] = [];
      for (let index = 1; index < crossings.length; index += 2) {
        spans.push(centresWithin(crossings[index - 1] as number, crossings[index] as number));
      }
      return spans;
    },
  };
}
