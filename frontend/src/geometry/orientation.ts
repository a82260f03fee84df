/**
 * How the image lies on the screen: one of the eight ways to turn and mirror a rectangle.
 *
 * The matrix takes image directions to screen directions: screen = (a b; c d) · image, entries in {-1, 0, 1}.
 */
export interface Orientation {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

export const UPRIGHT: Orientation = { a: 1, b: 0, c: 0, d: 1 };
const TURN_RIGHT: Orientation = { a: 0, b: -1, c: 1, d: 0 };
const TURN_LEFT: Orientation = { a: 0, b: 1, c: -1, d: 0 };
const MIRROR_HORIZONTALLY: Orientation = { a: -1, b: 0, c: 0, d: 1 };
const MIRROR_VERTICALLY: Orientation = { a: 1, b: 0, c: 0, d: -1 };

function after(second: Orientation, first: Orientation): Orientation {
  // Adding zero turns -0 into 0, so that equal orientations compare equal.
  return {
    a: second.a * first.a + second.b * first.c + 0,
    b: second.a * first.b + second.b * first.d + 0,
    c: second.c * first.a + second.d * first.c + 0,
    d: second.c * first.b + second.d * first.d + 0,
  };
}

/** Turn what is on the screen a quarter clockwise. */
export function rotateRight(orientation: Orientation): Orientation {
  return after(TURN_RIGHT, orientation);
}

/** Turn what is on the screen a quarter anticlockwise. */
export function rotateLeft(orientation: Orientation): Orientation {
  return after(TURN_LEFT, orientation);
}

/** Mirror what is on the screen left to right. */
export function flipHorizontally(orientation: Orientation): Orientation {
  return after(MIRROR_HORIZONTALLY, orientation);
}

/** Mirror what is on the screen top to bottom. */
export function flipVertically(orientation: Orientation): Orientation {
  return after(MIRROR_VERTICALLY, orientation);
}

/** True when image columns run along the screen's vertical. */
export function isTurnedSideways(orientation: Orientation): boolean {
  return orientation.a === 0;
}

/** The image direction (columns, rows) that points along a screen direction. */
export function screenToImageDirection(
  orientation: Orientation,
  direction: readonly [number, number],
): [number, number] {
  const [x, y] = direction;
  return [orientation.a * x + orientation.c * y + 0, orientation.b * x + orientation.d * y + 0];
}
