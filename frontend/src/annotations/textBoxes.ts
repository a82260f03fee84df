/** A rectangle on the screen, in device pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The smallest box around some points. */
export function boxAround(points: readonly { readonly x: number; readonly y: number }[]): Box {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** A box with a margin: a point has no size, and yet it should be seen. */
export function grown({ x, y, width, height }: Box, margin: number): Box {
  return { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
}

/** Words go close to their mark if there is room, and farther off where it is crowded: in gaps. */
const DISTANCES = [1, 3, 6, 10];

/**
 * Where the words of a mark go: beside it, below, or above, the first place that is on the screen and free; where
 * everything is taken, the place that covers least.
 *
 * @param taken what should not be covered: boxes placed before, and other marks.
 */
export function placeBox(mark: Box, size: Size, screen: Size, gap: number, taken: readonly Box[]): Box {
  const fitting = DISTANCES.flatMap((distance) => around(mark, size, gap * distance)).filter((box) =>
    isWithin(box, screen),
  );
  const covers = fitting.map((box) => taken.reduce((sum, other) => sum + sharedArea(box, other), 0));
  const best = fitting[covers.indexOf(Math.min(...covers))];
  return best ?? keptWithin({ ...size, x: mark.x + mark.width + gap, y: mark.y }, screen);
}

function around(mark: Box, size: Size, gap: number): readonly Box[] {
  const middleX = mark.x + mark.width / 2 - size.width / 2;
  const middleY = mark.y + mark.height / 2 - size.height / 2;
  const right = mark.x + mark.width + gap;
  const left = mark.x - gap - size.width;
  const below = mark.y + mark.height + gap;
  const above = mark.y - gap - size.height;
  const places: readonly (readonly [number, number])[] = [
    [right, middleY],
    [left, middleY],
    [middleX, below],
    [middleX, above],
    [right, below],
    [right, above],
    [left, below],
    [left, above],
  ];
  return places.map(([x, y]) => ({ ...size, x, y }));
}

/** Where the reader dragged it, as far as that is on the screen. */
export function keptWithin(box: Box, screen: Size): Box {
  const x = Math.max(0, Math.min(box.x, screen.width - box.width));
  const y = Math.max(0, Math.min(box.y, screen.height - box.height));
  return { ...box, x, y };
}

/** How much of one box lies over another. */
export function sharedArea(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, width) * Math.max(0, height);
}

export function holds(box: Box, { x, y }: { readonly x: number; readonly y: number }): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

function isWithin(box: Box, screen: Size): boolean {
  return box.x >= 0 && box.y >= 0 && box.x + box.width <= screen.width && box.y + box.height <= screen.height;
}
