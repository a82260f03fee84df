import { t } from "../core/i18n";

/** 256 colours, three bytes each; the first is for the lowest value. */
export interface Palette {
  readonly name: string;
  readonly label: string;
  readonly colours: Uint8Array;
}

/** The palettes that greys can be shown in, by the names that addresses carry; the server has their colours. */
export const PALETTE_LABELS = {
  "hot-iron": t("Hot iron"),
  pet: "PET",
  "hot-metal-blue": t("Hot metal blue"),
  "pet-20-step": t("PET 20 step"),
  rainbow: t("Rainbow"),
  spectrum: t("Spectrum"),
  "grey-inverse": t("Grey, inverse"),
} as const;
export type PaletteName = keyof typeof PALETTE_LABELS;
export const PALETTE_NAMES = Object.keys(PALETTE_LABELS) as readonly PaletteName[];

/** Opaque pixels for putImageData: of each grey of a table the colour. */
export function palettePixels(table: Uint8ClampedArray, { colours }: Palette): Uint32Array {
  const pixels = new Uint32Array(table.length);
  const bytes = new Uint8ClampedArray(pixels.buffer);
  table.forEach((grey, index) => {
    bytes.set(colours.subarray(grey * 3, grey * 3 + 3), index * 4);
    bytes[index * 4 + 3] = 255;
  });
  return pixels;
}
