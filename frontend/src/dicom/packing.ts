/** Packed values of one tile, row by row. */
export interface UnpackedTile {
  readonly values: Uint16Array<ArrayBuffer>;
  /** 1 where the pixel is padding; null when no pixel is. */
  readonly padding: Uint8Array<ArrayBuffer> | null;
  /** Lowest and highest packed value outside padding; 65535 and 0 when everything is padding. */
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Read a depth=16 tile: red is the high byte, green the low byte, blue is 255 where the pixel is padding.
 *
 * @param rgba pixels of the decoded PNG, four bytes each.
 */
export function unpackTile(rgba: Uint8ClampedArray): UnpackedTile {
  const count = rgba.length / 4;
  const values = new Uint16Array(count);
  const padding = new Uint8Array(count);
  let padded = false;
  let lowest = 65535;
  let highest = 0;
  for (let pixel = 0, byte = 0; pixel < count; pixel += 1, byte += 4) {
    const value = ((rgba[byte] as number) << 8) | (rgba[byte + 1] as number);
    values[pixel] = value;
    if (rgba[byte + 2] === 255) {
      padding[pixel] = 1;
      padded = true;
      continue;
    }
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return { values, padding: padded ? padding : null, lowest, highest };
}
