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

/**
 * Where the words of a mark go: beside it, below, or above, the first place that is on the screen and free.
 *
 * @param taken what may not be covered: boxes placed before, and other marks.
 */
export function placeBox(mark: Box, size: Size, screen: Size, gap: number, taken: readonly Box[]): Box {
  const middleX = mark.x + mark.width / 2 - size.width / 2;
  const middleY = mark.y + mark.height / 2 - size.height / 2;
  const right = mark.x + mark.width + gap;
  const left = mark.x - gap - size.width;
  const below = mark.y + mark.height + gap;
  const above = mark.y - gap - size.height;
  const candidates = [
    [right, middleY],
    [left, middleY],
    [middleX, below],
    [middleX, above],
    [right, below],
    [right, above],
    [left, below],
    [left, above],
  ].map(([x = 0, y = 0]) => ({ ...size, x, y }));
  const fitting = candidates.filter((box) => isWithin(box, screen));
  const free = fitting.find((box) => !taken.some((other) => overlaps(box, other)));
  return free ?? fitting[0] ?? keptWithin(candidates[0] ?? { ...size, x: right, y: middleY }, screen);
}

/** Where the reader dragged it, as far as that is on the screen. */
export function keptWithin(box: Box, screen: Size): Box {
  const x = Math.max(0, Math.min(box.x, screen.width - box.width));
  const y = Math.max(0, Math.min(box.y, screen.height - box.height));
  return { ...box, x, y };
}

export function overlaps(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

export function holds(box: Box, { x, y }: { readonly x: number; readonly y: number }): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

function isWithin(box: Box, screen: Size): boolean {
  return box.x >= 0 && box.y >= 0 && box.x + box.width <= screen.width && box.y + box.height <= screen.height;
}
