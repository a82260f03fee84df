/** Tiles are squares of this many pixels, cut at the right and bottom edge of a level. */
export const TILE_SIZE = 512;

export interface LevelSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TileIndex {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** A rectangle in pixels of one level. */
export interface TileRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The matrix of a level: each level halves the one before and rounds up. */
export function levelSize(columns: number, rows: number, level: number): LevelSize {
  let size = { columns, rows };
  for (let step = 0; step < level; step += 1) {
    size = { columns: Math.ceil(size.columns / 2), rows: Math.ceil(size.rows / 2) };
  }
  return size;
}

/** How many levels a frame has: the last is the first that fits one tile. */
export function levelCount(columns: number, rows: number): number {
  let levels = 1;
  let size = { columns, rows };
  while (size.columns > TILE_SIZE || size.rows > TILE_SIZE) {
    size = levelSize(size.columns, size.rows, 1);
    levels += 1;
  }
  return levels;
}

export function tileRectangle(size: LevelSize, column: number, row: number): TileRectangle {
  const x = column * TILE_SIZE;
  const y = row * TILE_SIZE;
  return {
    x,
    y,
    width: Math.min(TILE_SIZE, size.columns - x),
    height: Math.min(TILE_SIZE, size.rows - y),
  };
}

/**
 * The coarsest level that still has a pixel for every device pixel.
 *
 * @param scale device pixels per column of the full-resolution frame.
 */
export function levelForScale(scale: number, levels: number): number {
  if (scale >= 1) return 0;
  return Math.min(levels - 1, Math.floor(Math.log2(1 / scale) + 1e-9));
}

/** The same part of the image in pixels of another level. */
export function atLevel(area: TileRectangle, from: number, to: number): TileRectangle {
  const factor = 2 ** (from - to);
  return {
    x: area.x * factor,
    y: area.y * factor,
    width: area.width * factor,
    height: area.height * factor,
  };
}

/** Tiles of a level that touch a rectangle given in pixels of that level, nearest its middle first. */
export function tilesTouching(size: LevelSize, level: number, area: TileRectangle): TileIndex[] {
  const firstColumn = Math.max(0, Math.floor(area.x / TILE_SIZE));
  const firstRow = Math.max(0, Math.floor(area.y / TILE_SIZE));
  const lastColumn = Math.min(
    Math.ceil(size.columns / TILE_SIZE),
    Math.ceil((area.x + area.width) / TILE_SIZE),
  );
  const lastRow = Math.min(Math.ceil(size.rows / TILE_SIZE), Math.ceil((area.y + area.height) / TILE_SIZE));
  const middleX = (area.x + area.width / 2) / TILE_SIZE - 0.5;
  const middleY = (area.y + area.height / 2) / TILE_SIZE - 0.5;
  const tiles: TileIndex[] = [];
  for (let row = firstRow; row < lastRow; row += 1) {
    for (let column = firstColumn; column < lastColumn; column += 1) tiles.push({ level, column, row });
  }
  const distance = (tile: TileIndex) => Math.hypot(tile.column - middleX, tile.row - middleY);
  return tiles.sort((one, other) => distance(one) - distance(other));
}
