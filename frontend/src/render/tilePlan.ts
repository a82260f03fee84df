import { renderedTileUrl, valueTileUrl } from "../api/tiles";
import { pixelAspect } from "../dicom/calibration";
import type { StudyImage } from "../dicom/types";
import {
  type Camera,
  effectiveScale,
  type FrameShape,
  imageToScreenMatrix,
  type ScreenSize,
  screenToImage,
} from "../geometry/camera";
import { screenPoint } from "../geometry/points";
import {
  levelForScale,
  levelSize,
  type TileIndex,
  type TileRectangle,
  tileRectangle,
  tilesTouching,
} from "../geometry/tiles";

/** The tiles that show an image sharply in a view. */
export interface TilePlan {
  readonly level: number;
  /** What is visible, in pixels of the level. */
  readonly area: TileRectangle;
  readonly tiles: readonly TileIndex[];
  readonly urls: readonly string[];
  /** What the decoded tiles cost in memory. */
  readonly bytes: number;
}

export function frameShape(image: StudyImage): FrameShape {
  return { columns: image.columns, rows: image.rows, pixelAspect: pixelAspect(image) };
}

/** Address of the tile that carries an image's own pixels: values of grey, finished pixels of colour. */
export function fullTileUrl(image: StudyImage, tile: TileIndex): string {
  return image.kind === "grey" ? valueTileUrl(image, tile) : renderedTileUrl(image, tile);
}

/** The coarsest level, which always fits one tile. */
export function coarsestTile(image: StudyImage): TileIndex {
  return { level: image.levels - 1, column: 0, row: 0 };
}

export function planTiles(image: StudyImage, camera: Camera, screen: ScreenSize): TilePlan {
  const frame = frameShape(image);
  const level = levelForScale(
    effectiveScale(camera, frame, screen) * Math.min(1, frame.pixelAspect),
    image.levels,
  );
  const size = levelSize(image.columns, image.rows, level);
  const area = visibleArea(camera, frame, screen, 2 ** level);
  const tiles = tilesTouching(size, level, area);
  const pixels = tiles
    .map((tile) => tileRectangle(size, tile.column, tile.row))
    .reduce((sum, rectangle) => sum + rectangle.width * rectangle.height, 0);
  return {
    level,
    area,
    tiles,
    urls: tiles.map((tile) => fullTileUrl(image, tile)),
    bytes: pixels * (image.kind === "grey" ? 2 : 4),
  };
}

function visibleArea(camera: Camera, frame: FrameShape, screen: ScreenSize, factor: number): TileRectangle {
  const matrix = imageToScreenMatrix(camera, frame, screen);
  const one = screenToImage(matrix, screenPoint(0, 0));
  const other = screenToImage(matrix, screenPoint(screen.width, screen.height));
  const x = Math.max(0, Math.min(one.x, other.x)) / factor;
  const y = Math.max(0, Math.min(one.y, other.y)) / factor;
  return {
    x,
    y,
    width: Math.min(frame.columns, Math.max(one.x, other.x)) / factor - x,
    height: Math.min(frame.rows, Math.max(one.y, other.y)) / factor - y,
  };
}
