/** A segmentation on an image: 0, or 1 + the place of the segment in the list, for each pixel. */
export interface Labels {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

const FILL_ALPHA = 90;

/**
 * Colour a segmentation: half transparent, with an opaque outline within each segment's border.
 *
 * @param colours "#rrggbb" by place; null for segments that are not shown.
 * @param thickness of the outline, in pixels of the image.
 * @returns RGBA.
 */
export function colourLabels(
  labels: Labels,
  colours: readonly (string | null)[],
  thickness: number,
): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, values } = labels;
  const pixels = new Uint8ClampedArray(width * height * 4);
  const table = colours.map((colour) => (colour === null ? null : rgb(colour)));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      const value = values[at] ?? 0;
      const colour = value === 0 ? null : table[value - 1];
      if (!colour) continue;
      pixels[at * 4] = colour[0];
      pixels[at * 4 + 1] = colour[1];
      pixels[at * 4 + 2] = colour[2];
      pixels[at * 4 + 3] = isBorder(labels, x, y, value, thickness) ? 255 : FILL_ALPHA;
    }
  }
  return pixels;
}

function isBorder(labels: Labels, x: number, y: number, value: number, thickness: number): boolean {
  const { width, height, values } = labels;
  const differs = (column: number, row: number) =>
    column < 0 || row < 0 || column >= width || row >= height || values[row * width + column] !== value;
  for (let reach = 1; reach <= thickness; reach += 1) {
    if (differs(x - reach, y) || differs(x + reach, y) || differs(x, y - reach) || differs(x, y + reach)) {
      return true;
    }
  }
  return false;
}

function rgb(colour: string): readonly [number, number, number] {
  const number = Number.parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
