import { Emitter } from "../core/emitter";
import { pixelAspect } from "../dicom/calibration";
import { type RegionStatistics, regionStatistics, type ValueGrid } from "../dicom/regionStatistics";
import { imageKey, type StudyImage } from "../dicom/types";
import type { ImagePoint } from "../geometry/points";
import { REGION_KINDS, type RegionKind, type RegionShape, regionShape } from "../geometry/regionShape";
import { levelSize, TILE_SIZE, type TileIndex, tilesTouching } from "../geometry/tiles";
import type { TileCache } from "../render/tileCache";
import { fullTileUrl } from "../render/tilePlan";
import type { TileQueue } from "../render/tileQueue";
import type { Annotation } from "./store";

/** More than this would push what is looked at out of the cache; the server's value is shown instead. */
const MOST_TILES = 48;
const BEFORE_AHEAD = 9;

interface Known {
  readonly image: string;
  readonly statistics: RegionStatistics;
}

/** Reads measured values from full-resolution tiles, and has those fetched that a measurement lacks. */
export class LiveValues {
  /** Values came that a measurement had waited for. */
  readonly arrived = new Emitter<void>();
  private readonly missing = new Set<string>();
  private readonly known = new WeakMap<readonly ImagePoint[], Known>();
  private isAsking = false;

  constructor(
    private readonly cache: TileCache,
    private readonly queue: TileQueue,
  ) {
    queue.loaded.subscribe((url) => this.settle(url));
    queue.failed.subscribe(({ url }) => this.settle(url));
  }

  /** The modality value at an image point, from full-resolution tiles only: an average is no probe. */
  valueAt(image: StudyImage, point: ImagePoint): number | null {
    if (image.packing === null) return null;
    const x = Math.floor(point.x);
    const y = Math.floor(point.y);
    if (x < 0 || y < 0 || x >= image.columns || y >= image.rows) return null;
    const [grid] = this.grids(image, [{ level: 0, column: x >> 9, row: y >> 9 }]) ?? [];
    if (!grid) return null;
    const place = (y - grid.y) * grid.width + (x - grid.x);
    if (grid.padding?.[place]) return null;
    const packed = grid.values[place];
    return packed === undefined ? null : packed * image.packing.scale + image.packing.offset;
  }

  statistics(image: StudyImage, annotation: Annotation): RegionStatistics | "loading" | null {
    const kind = REGION_KINDS.find((name): name is RegionKind => name === annotation.kind);
    if (image.packing === null || kind === undefined) return null;
    const known = this.known.get(annotation.points);
    if (known?.image === imageKey(image)) return known.statistics;
    const shape = regionShape(kind, annotation.points, pixelAspect(image));
    const tiles = tilesOf(image, shape);
    if (tiles.length > MOST_TILES) return null;
    const grids = this.grids(image, tiles);
    if (grids === null) {
      const isHopeless = tiles.some((tile) => this.queue.failure(fullTileUrl(image, tile)) !== null);
      return isHopeless ? null : "loading";
    }
    const statistics = regionStatistics(shape, grids, image.packing);
    this.known.set(annotation.points, { image: imageKey(image), statistics });
    return statistics;
  }

  /** null while one of them is on its way. */
  private grids(image: StudyImage, tiles: readonly TileIndex[]): ValueGrid[] | null {
    const grids: ValueGrid[] = [];
    let isWhole = true;
    for (const tile of tiles) {
      const url = fullTileUrl(image, tile);
      const values = this.cache.values(url);
      if (values) {
        const { width, height, padding } = values;
        const [x, y] = [tile.column * TILE_SIZE, tile.row * TILE_SIZE];
        grids.push({ x, y, width, height, padding, values: values.values });
      } else {
        isWhole = false;
        if (this.queue.failure(url) === null) this.ask(url);
      }
    }
    return isWhole ? grids : null;
  }

  private ask(url: string): void {
    this.missing.add(url);
    if (this.isAsking) return;
    this.isAsking = true;
    queueMicrotask(() => {
      this.isAsking = false;
      this.want();
    });
  }

  private want(): void {
    const wants = [...this.missing].map((url) => ({ url, kind: "values" as const, priority: BEFORE_AHEAD }));
    this.queue.want(this, wants);
  }

  private settle(url: string): void {
    if (!this.missing.delete(url)) return;
    this.want();
    this.arrived.emit();
  }
}

function tilesOf(image: StudyImage, shape: RegionShape): readonly TileIndex[] {
  const x = Math.max(0, shape.columns[0]);
  const y = Math.max(0, shape.rows[0]);
  const width = Math.min(image.columns, shape.columns[1]) - x;
  const height = Math.min(image.rows, shape.rows[1]) - y;
  if (width <= 0 || height <= 0) return [];
  return tilesTouching(levelSize(image.columns, image.rows, 0), 0, { x, y, width, height });
}
