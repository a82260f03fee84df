import { valueTileUrl } from "../api/tiles";
import type { StudyImage } from "../dicom/types";
import {
  atLevel,
  levelSize,
  TILE_SIZE,
  type TileIndex,
  type TileRectangle,
  tileRectangle,
  tilesTouching,
} from "../geometry/tiles";
import type { ValueTile } from "./tileCache";

/** Packed values of a part of one level, gathered from tiles. */
export interface Mosaic {
  readonly level: number;
  /** Where the part lies in its level. */
  readonly area: TileRectangle;
  readonly values: Uint16Array;
  /** 0 a value, 1 padding, 2 not loaded; null when every pixel is a value. */
  readonly mask: Uint8Array | null;
  /** True when every pixel comes from this level. */
  readonly complete: boolean;
  readonly tiles: readonly ValueTile[];
}

export type FindTile = (url: string) => ValueTile | null;

export const NOT_LOADED = 2;

/**
 * Gather the tiles of a level that touch an area; where one is missing, a coarser level stands in.
 *
 * @returns null when no level has anything to show.
 */
export function gatherMosaic(
  image: StudyImage,
  level: number,
  area: TileRectangle,
  find: FindTile,
): Mosaic | null {
  const size = levelSize(image.columns, image.rows, level);
  const indexes = tilesTouching(size, level, area);
  const parts = indexes.map((index) => ({ index, tile: find(valueTileUrl(image, index)) }));
  const only = parts[0];
  if (parts.length === 1 && only?.tile) return wholeTile(only.index, only.tile);
  const coarser = parts.some((part) => part.tile === null) ? coarserTiles(image, level, area, find) : [];
  if (coarser.length === 0 && parts.every((part) => part.tile === null)) return null;
  return assemble(image, level, parts, coarser);
}

function wholeTile(index: TileIndex, tile: ValueTile): Mosaic {
  const { width, height } = tile;
  return {
    level: index.level,
    area: { x: index.column * TILE_SIZE, y: index.row * TILE_SIZE, width, height },
    values: tile.values,
    mask: tile.padding,
    complete: true,
    tiles: [tile],
  };
}

interface PlacedTile {
  readonly tile: ValueTile;
  readonly level: number;
  readonly x: number;
  readonly y: number;
}

/** What is loaded of coarser levels around an area, the coarsest first, so that finer values overwrite it. */
function coarserTiles(image: StudyImage, level: number, area: TileRectangle, find: FindTile): PlacedTile[] {
  const placed: PlacedTile[] = [];
  for (let coarse = image.levels - 1; coarse > level; coarse -= 1) {
    const size = levelSize(image.columns, image.rows, coarse);
    for (const index of tilesTouching(size, coarse, atLevel(area, level, coarse))) {
      const tile = find(valueTileUrl(image, index));
      if (tile) placed.push({ tile, level: coarse, x: index.column * TILE_SIZE, y: index.row * TILE_SIZE });
    }
  }
  return placed;
}

interface Part {
  readonly index: TileIndex;
  readonly tile: ValueTile | null;
}

function assemble(
  image: StudyImage,
  level: number,
  parts: readonly Part[],
  coarser: readonly PlacedTile[],
): Mosaic {
  const size = levelSize(image.columns, image.rows, level);
  const rectangles = parts.map((part) => tileRectangle(size, part.index.column, part.index.row));
  const area = union(rectangles);
  const values = new Uint16Array(area.width * area.height);
  const mask = new Uint8Array(values.length);
  const complete = parts.every((part) => part.tile !== null);
  if (!complete) mask.fill(NOT_LOADED);
  for (const placed of coarser) expand(placed, level, area, values, mask);
  parts.forEach((part, index) => {
    const rectangle = rectangles[index];
    if (part.tile && rectangle) copy(part.tile, rectangle, area, values, mask);
  });
  const tiles = [...parts.flatMap((part) => part.tile ?? []), ...coarser.map((placed) => placed.tile)];
  const masked = !complete || tiles.some((tile) => tile.padding !== null);
  return { level, area, values, mask: masked ? mask : null, complete, tiles };
}

function union(rectangles: readonly TileRectangle[]): TileRectangle {
  const x = Math.min(...rectangles.map((rectangle) => rectangle.x));
  const y = Math.min(...rectangles.map((rectangle) => rectangle.y));
  const right = Math.max(...rectangles.map((rectangle) => rectangle.x + rectangle.width));
  const bottom = Math.max(...rectangles.map((rectangle) => rectangle.y + rectangle.height));
  return { x, y, width: right - x, height: bottom - y };
}

function copy(
  tile: ValueTile,
  rectangle: TileRectangle,
  area: TileRectangle,
  values: Uint16Array,
  mask: Uint8Array,
): void {
  for (let row = 0; row < tile.height; row += 1) {
    const from = row * tile.width;
    const to = (rectangle.y - area.y + row) * area.width + rectangle.x - area.x;
    values.set(tile.values.subarray(from, from + tile.width), to);
    if (tile.padding) mask.set(tile.padding.subarray(from, from + tile.width), to);
    else mask.fill(0, to, to + tile.width);
  }
}

/** Spread the values of a coarser tile over the pixels that they were averaged from. */
function expand(
  placed: PlacedTile,
  level: number,
  area: TileRectangle,
  values: Uint16Array,
  mask: Uint8Array,
): void {
  const shift = placed.level - level;
  const { tile } = placed;
  const left = Math.max(area.x, placed.x << shift);
  const top = Math.max(area.y, placed.y << shift);
  const right = Math.min(area.x + area.width, (placed.x + tile.width) << shift);
  const bottom = Math.min(area.y + area.height, (placed.y + tile.height) << shift);
  for (let y = top; y < bottom; y += 1) {
    const from = ((y >> shift) - placed.y) * tile.width - placed.x;
    const to = (y - area.y) * area.width - area.x;
    for (let x = left; x < right; x += 1) {
      const source = from + (x >> shift);
      values[to + x] = tile.values[source] as number;
      mask[to + x] = tile.padding ? (tile.padding[source] as number) : 0;
    }
  }
}
