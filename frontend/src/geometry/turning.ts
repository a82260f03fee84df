import { cross, dot, scaled, sum, type Vector } from "./planes";

/** Where a viewer stands: the directions of the screen in the patient, perpendicular and of length 1. */
export interface Stance {
  readonly right: Vector;
  readonly down: Vector;
  /** Away from the viewer. */
  readonly forward: Vector;
}

/** In the patient x grows to the left, y to the back and z to the head (PS3.3 C.7.6.2.1.1). */
export const STANCES = {
  anterior: { right: [1, 0, 0], down: [0, 0, -1], forward: [0, 1, 0] },
  posterior: { right: [-1, 0, 0], down: [0, 0, -1], forward: [0, -1, 0] },
  left: { right: [0, 1, 0], down: [0, 0, -1], forward: [-1, 0, 0] },
  right: { right: [0, -1, 0], down: [0, 0, -1], forward: [1, 0, 0] },
  head: { right: [1, 0, 0], down: [0, -1, 0], forward: [0, 0, -1] },
  feet: { right: [1, 0, 0], down: [0, 1, 0], forward: [0, 0, 1] },
} as const satisfies Readonly<Record<string, Stance>>;
export type StanceName = keyof typeof STANCES;

/**
 * Turn what is seen as if a ball were taken by its front.
 *
 * @param toRight angle in radians by which the front moves to the right.
 * @param downwards angle by which it moves down.
 */
export function turned({ right, down, forward }: Stance, toRight: number, downwards: number): Stance {
  const [cosine, sine] = [Math.cos(toRight), Math.sin(toRight)];
  const nextRight = sum(scaled(right, cosine), scaled(forward, -sine));
  const ahead = sum(scaled(forward, cosine), scaled(right, sine));
  const [cosineDown, sineDown] = [Math.cos(downwards), Math.sin(downwards)];
  const nextDown = sum(scaled(down, cosineDown), scaled(ahead, -sineDown));
  return straightened(nextRight, nextDown);
}

/** Perpendicular and of length 1 again, whatever many small turns have left of that. */
function straightened(right: Vector, down: Vector): Stance {
  const across = unit(right);
  const upright = unit(sum(down, scaled(across, -dot(down, across))));
  return { right: across, down: upright, forward: cross(across, upright) };
}

function unit(vector: Vector): Vector {
  return scaled(vector, 1 / Math.hypot(...vector));
}

/** One face of a cube that lies in the patient as the volume does. */
export interface CubeFace {
  /** The direction in the patient that it looks to. */
  readonly direction: Vector;
  /** Its corners and its middle on the screen, for a cube from -1 to 1; y grows downwards. */
  readonly corners: readonly (readonly [number, number])[];
  readonly middle: readonly [number, number];
  /** How much of it is seen: 1 from straight before it, 0 from the side. */
  readonly share: number;
}

const AXES: readonly Vector[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The faces of the cube that look to the viewer, at most three. */
export function cubeFaces(stance: Stance): readonly CubeFace[] {
  const onScreen = (point: Vector) => [dot(point, stance.right), dot(point, stance.down)] as const;
  const directions = AXES.flatMap((axis) => [axis, scaled(axis, -1)]);
  return directions.flatMap((direction) => {
    const share = -dot(direction, stance.forward);
    if (share < 1e-6) return [];
    const [one, other] = AXES.filter((axis) => dot(axis, direction) === 0) as [Vector, Vector];
    const corner = (a: number, b: number) => onScreen(sum(direction, scaled(one, a), scaled(other, b)));
    const corners = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
    return [{ direction, corners, middle: onScreen(direction), share }];
  });
}
