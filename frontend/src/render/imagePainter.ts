import { renderedTileUrl } from "../api/tiles";
import type { StudyImage } from "../dicom/types";
import type { ImageToScreen, ScreenSize } from "../geometry/camera";
import { atLevel, levelSize, TILE_SIZE, type TileIndex, tilesTouching } from "../geometry/tiles";
import type { Marks } from "./marks";
import { gatherMosaic, type Mosaic } from "./mosaic";
import type { ValueGrid } from "./resample";
import type { PictureTile, TileCache } from "./tileCache";
import type { TilePlan } from "./tilePlan";
import type { ValuePainter } from "./valuePainter";

/** Values that are laid in colours over others, see `blendGrid`. */
export interface ColourLayer {
  /** Of the same tiles of the same pixels as the values below. */
  readonly mosaic: Mosaic;
  readonly colours: Uint8ClampedArray;
  readonly blends: Uint32Array;
}

/** Paints one frame onto a canvas. */
export class ImagePainter {
  private readonly mosaics = new Map<
    "image" | "overlay",
    { readonly key: string; readonly mosaic: Mosaic | null }
  >();

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly cache: TileCache,
    private readonly values: ValuePainter,
  ) {}

  clear(screen: ScreenSize): void {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, screen.width, screen.height);
  }

  /** The values that can be shown of an image, or null while none are there. */
  valuesFor(image: StudyImage, plan: TilePlan, layer: "image" | "overlay" = "image"): Mosaic | null {
    const key = plan.urls.every((url) => this.cache.has(url)) ? plan.urls.join("|") : "";
    const held = this.mosaics.get(layer);
    if (held && key !== "" && key === held.key) return held.mosaic;
    const mosaic = gatherMosaic(image, plan.level, plan.area, (url) => this.cache.values(url));
    this.mosaics.set(layer, { key, mosaic });
    return mosaic;
  }

  /** Draw values through a grey table, and those of a second image on the same pixels in colours over them. */
  paintValues(
    mosaic: Mosaic,
    matrix: ImageToScreen,
    greys: Uint32Array,
    screen: ScreenSize,
    overlay: ColourLayer | null = null,
  ): void {
    this.values.paint(this.context, {
      grid: gridOf(mosaic),
      matrix: matrixOfGrid(mosaic, matrix),
      greys,
      overlay: overlay && { grid: gridOf(overlay.mosaic), colours: overlay.colours, blends: overlay.blends },
      screen,
    });
  }

  /**
   * Draw finished tiles of a colour image, coarse levels below fine ones.
   *
   * @returns "full" when every tile of the plan was there, "preview" when something was, "none" otherwise.
   */
  paintPictures(image: StudyImage, plan: TilePlan, matrix: ImageToScreen): "full" | "preview" | "none" {
    let painted = 0;
    let complete = true;
    for (let level = image.levels - 1; level >= plan.level; level -= 1) {
      const size = levelSize(image.columns, image.rows, level);
      const tiles =
        level === plan.level ? plan.tiles : tilesTouching(size, level, atLevel(plan.area, plan.level, level));
      for (const index of tiles) {
        const tile = this.cache.picture(renderedTileUrl(image, index));
        if (tile) {
          this.paintPicture(tile, index, matrix);
          painted += 1;
        } else if (level === plan.level) complete = false;
      }
    }
    if (painted === 0) return "none";
    return complete ? "full" : "preview";
  }

  /** Draw one finished tile where it belongs. */
  paintPicture(tile: PictureTile, index: TileIndex, matrix: ImageToScreen): void {
    const { context } = this;
    const factor = 2 ** index.level;
    context.setTransform(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    const x = index.column * TILE_SIZE * factor;
    const y = index.row * TILE_SIZE * factor;
    // Half a device pixel more at inner edges closes the seam that anti-aliasing would leave between tiles.
    const overlap = 0.5 / Math.max(Math.abs(matrix.a), Math.abs(matrix.b));
    const right = tile.width === TILE_SIZE ? overlap : 0;
    const bottom = tile.height === TILE_SIZE ? overlap : 0;
    context.drawImage(tile.bitmap, x, y, tile.width * factor + right, tile.height * factor + bottom);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** Draw a bitmap of the whole frame over it. */
  paintOver(marks: Pick<Marks, "picture">, matrix: ImageToScreen): void {
    const { context } = this;
    context.setTransform(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f);
    // Made smaller, a line of one pixel must not vanish between two; made larger, it keeps its edges.
    context.imageSmoothingEnabled = Math.max(Math.abs(matrix.a), Math.abs(matrix.b)) < 1;
    context.imageSmoothingQuality = "high";
    context.drawImage(marks.picture, 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }
}

function gridOf({ values, mask, area }: Mosaic): ValueGrid {
  return { values, mask, width: area.width, height: area.height };
}

function matrixOfGrid({ level, area }: Mosaic, matrix: ImageToScreen): ImageToScreen {
  const factor = 2 ** level;
  const left = area.x * factor;
  const top = area.y * factor;
  return {
    a: matrix.a * factor,
    b: matrix.b * factor,
    c: matrix.c * factor,
    d: matrix.d * factor,
    e: matrix.a * left + matrix.c * top + matrix.e,
    f: matrix.b * left + matrix.d * top + matrix.f,
  };
}
