import type { Packing, VoiFunction, VoiWindow } from "./types";

/** Number of packed values: the two colour bytes of a depth=16 tile. */
export const PACKED_VALUES = 65536;

/**
 * Grey level in [0, 255] before rounding for one modality value.
 *
 * The arithmetic keeps the order of the standard's formulas, because the server computes in the same order and
 * both must round to the same grey. References: PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.2 (LINEAR_EXACT),
 * C.11.2.1.3.1 (SIGMOID).
 */
export function greyOf(value: number, window: VoiWindow): number {
  return GREY_FUNCTIONS[window.voiFunction](value, window.windowCenter, window.windowWidth);
}

const GREY_FUNCTIONS: Record<VoiFunction, (x: number, center: number, width: number) => number> = {
  LINEAR: (x, center, width) => {
    const middle = center - 0.5;
    const span = width - 1;
    if (x <= middle - span / 2) return 0;
    if (x > middle + span / 2) return 255;
    return ((x - middle) / span + 0.5) * 255;
  },
  LINEAR_EXACT: (x, center, width) => {
    if (x <= center - width / 2) return 0;
    if (x > center + width / 2) return 255;
    return ((x - center) / width + 0.5) * 255;
  },
  SIGMOID: (x, center, width) => 255 / (1 + Math.exp((-4 * (x - center)) / width)),
};

/**
 * Grey level for every packed value.
 *
 * @param inverse true when low values are bright: the result is subtracted from 255 once, after rounding.
 */
export function windowTable(packing: Packing, window: VoiWindow, inverse: boolean): Uint8ClampedArray {
  const table = new Uint8ClampedArray(PACKED_VALUES);
  const grey = GREY_FUNCTIONS[window.voiFunction];
  const { windowCenter, windowWidth } = window;
  for (let packed = 0; packed < PACKED_VALUES; packed += 1) {
    const rounded = Math.floor(
      grey(packed * packing.scale + packing.offset, windowCenter, windowWidth) + 0.5,
    );
    table[packed] = inverse ? 255 - rounded : rounded;
  }
  return table;
}

/** Swap black and white of a table that came ready from the server. */
export function invertedTable(table: Uint8ClampedArray): Uint8ClampedArray {
  return table.map((grey) => 255 - grey);
}

/** Opaque grey pixels for putImageData, whatever the byte order of the machine. */
export function greyPixels(table: Uint8ClampedArray): Uint32Array {
  const pixels = new Uint32Array(table.length);
  const bytes = new Uint8ClampedArray(pixels.buffer);
  table.forEach((grey, index) => {
    bytes[index * 4] = grey;
    bytes[index * 4 + 1] = grey;
    bytes[index * 4 + 2] = grey;
    bytes[index * 4 + 3] = 255;
  });
  return pixels;
}

/** The window that spreads a range of modality values over all greys, for any unit. */
export function fullRangeWindow(lowest: number, highest: number): VoiWindow {
  return {
    windowCenter: (lowest + highest) / 2,
    windowWidth: Math.max(highest - lowest, Number.EPSILON),
    voiFunction: "LINEAR_EXACT",
  };
}
