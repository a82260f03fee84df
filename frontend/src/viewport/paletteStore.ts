import { fetchPalettes } from "../api/palettes";
import type { Palette, PaletteName } from "../dicom/palettes";

/** The colours of the palettes, asked for when the first one is wanted. */
export class PaletteStore {
  private asked: Promise<readonly Palette[]> | null = null;

  constructor(private readonly fetch: () => Promise<readonly Palette[]> = fetchPalettes) {}

  /** @throws RequestError; the next call asks again. */
  async named(name: PaletteName): Promise<Palette | null> {
    this.asked ??= this.fetch();
    try {
      return (await this.asked).find((palette) => palette.name === name) ?? null;
    } catch (error) {
      this.asked = null;
      throw error;
    }
  }
}
