import { ByteLru, type Sized } from "../core/byteLru";
import { Emitter } from "../core/emitter";
import type { VoiWindow } from "../dicom/types";
import type { DecodedTile } from "./decoder";

/** Values of a grey image, to be windowed here. */
export interface ValueTile extends DecodedTile, Sized {
  readonly kind: "values";
  readonly url: string;
  readonly defaultWindow: VoiWindow | null;
  /** The file is cut off, and this is what there is. */
  readonly isIncomplete: boolean;
}

/** Finished pixels: a preview, or a tile of a colour image. */
export interface PictureTile extends Sized {
  readonly kind: "picture";
  readonly url: string;
  readonly bitmap: ImageBitmap;
  readonly width: number;
  readonly height: number;
  readonly defaultWindow: VoiWindow | null;
  readonly isIncomplete: boolean;
}

export type Tile = ValueTile | PictureTile;

const MEBIBYTE = 1024 * 1024;

/** A quarter of what the device says it has, between 96 MiB and 768 MiB. */
export function defaultBudgetBytes(deviceMemoryGib: number | undefined): number {
  const share = ((deviceMemoryGib ?? 4) * 1024 * MEBIBYTE) / 8;
  return Math.min(768 * MEBIBYTE, Math.max(96 * MEBIBYTE, share));
}

/** Decoded tiles by address, bounded by bytes. */
export class TileCache {
  readonly evicted = new Emitter<string>();
  private readonly tiles: ByteLru<Tile>;

  constructor(readonly budgetBytes: number) {
    this.tiles = new ByteLru<Tile>(budgetBytes, (tile) => {
      if (tile.kind === "picture") tile.bitmap.close();
      this.evicted.emit(tile.url);
    });
  }

  has(url: string): boolean {
    return this.tiles.has(url);
  }

  put(tile: Tile): void {
    this.tiles.set(tile.url, tile);
  }

  /** Whether any of the tiles is of a file that is cut off. */
  isIncomplete(urls: readonly string[]): boolean {
    return urls.some((url) => this.tiles.get(url)?.isIncomplete);
  }

  values(url: string): ValueTile | null {
    const tile = this.tiles.get(url);
    return tile?.kind === "values" ? tile : null;
  }

  picture(url: string): PictureTile | null {
    const tile = this.tiles.get(url);
    return tile?.kind === "picture" ? tile : null;
  }
}
