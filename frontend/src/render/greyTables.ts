import { isAbort, request } from "../api/client";
import { Emitter } from "../core/emitter";
import { blendTable } from "../dicom/fusion";
import { type Palette, palettePixels } from "../dicom/palettes";
import type { Packing, VoiWindow } from "../dicom/types";
import { greyPixels, invertedTable, PACKED_VALUES, windowTable } from "../dicom/voiLut";

const KEPT_TABLES = 24;

/** Grey tables ready to draw with. Windows are computed here, lookup tables of the file come from the server. */
export class GreyTables {
  readonly arrived = new Emitter<string>();
  private readonly pixels = new Map<string, Uint32Array>();
  private indexes: { readonly key: string; readonly table: Uint8ClampedArray } | null = null;
  private readonly fetched = new Map<string, Uint8ClampedArray | "loading" | "failed">();

  /** In greys, or with a palette in its colours. */
  forWindow(
    packing: Packing,
    window: VoiWindow,
    inverse: boolean,
    palette: Palette | null = null,
  ): Uint32Array {
    const { windowCenter, windowWidth, voiFunction } = window;
    const values = [packing.scale, packing.offset, windowCenter, windowWidth, voiFunction, inverse];
    const key = [...values, palette?.name].join(" ");
    return this.remember(key, () => pixelsOf(windowTable(packing, window, inverse), palette));
  }

  /** Index of the colour of each packed value in a palette of 256. */
  colours(packing: Packing, window: VoiWindow): Uint8ClampedArray {
    const key = [
      packing.scale,
      packing.offset,
      window.windowCenter,
      window.windowWidth,
      window.voiFunction,
    ].join(" ");
    if (this.indexes?.key !== key) this.indexes = { key, table: windowTable(packing, window, false) };
    return this.indexes.table;
  }

  /** Every grey with every colour, see `blendTable`. */
  blends(palette: Palette, opacityPercent: number): Uint32Array {
    return this.remember(`${palette.name} ${opacityPercent}`, () => blendTable(palette, opacityPercent));
  }

  /** @returns null until the table has come. The server has applied the image's own inversion. */
  forTable(url: string, invert: boolean, palette: Palette | null = null): Uint32Array | null {
    const table = this.fetched.get(url);
    if (table === undefined) void this.fetchTable(url);
    if (!(table instanceof Uint8ClampedArray)) return null;
    return this.remember(`${url} ${invert} ${palette?.name}`, () =>
      pixelsOf(invert ? invertedTable(table) : table, palette),
    );
  }

  /** The raw table, to find a window like it when the reader starts to drag. */
  table(url: string): Uint8ClampedArray | null {
    const table = this.fetched.get(url);
    return table instanceof Uint8ClampedArray ? table : null;
  }

  hasFailed(url: string): boolean {
    return this.fetched.get(url) === "failed";
  }

  private remember(key: string, make: () => Uint32Array): Uint32Array {
    const known = this.pixels.get(key) ?? make();
    this.pixels.delete(key);
    this.pixels.set(key, known);
    for (const oldest of this.pixels.keys()) {
      if (this.pixels.size <= KEPT_TABLES) break;
      this.pixels.delete(oldest);
    }
    return known;
  }

  private async fetchTable(url: string): Promise<void> {
    this.fetched.set(url, "loading");
    try {
      const response = await request(url);
      const table = new Uint8ClampedArray(await response.arrayBuffer());
      this.fetched.set(url, table.length === PACKED_VALUES ? table : "failed");
    } catch (error) {
      if (!isAbort(error)) this.fetched.set(url, "failed");
    }
    this.arrived.emit(url);
  }
}

function pixelsOf(table: Uint8ClampedArray, palette: Palette | null): Uint32Array {
  return palette === null ? greyPixels(table) : palettePixels(table, palette);
}
