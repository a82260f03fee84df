import type { ImageToScreen } from "../geometry/camera";
import { type Coverage, coverageOf, gridAxes, isNearerToSecond, type ValueGrid, weighted } from "./resample";

/**
 * Blend a grid into a picture in greys that covers the same part of the screen.
 *
 * Values are interpolated before they are looked up, as in `resampleGrid`; beside padding the nearest value decides, and
 * padding lets the picture through.
 *
 * @param colours index of the colour of each packed value.
 * @param blends one opaque pixel per grey · 256 + colour.
 * @param pixels the picture, row by row; it is changed in place.
 */
export function blendGrid(
  grid: ValueGrid,
  matrix: ImageToScreen,
  colours: Uint8ClampedArray,
  blends: Uint32Array,
  screen: { readonly width: number; readonly height: number },
  pixels: Uint32Array,
): Coverage {
  const axes = gridAxes(grid, matrix, screen);
  const { across, down } = axes;
  const { values, mask } = grid;
  const { low, high, weight } = across;
  let pixel = 0;
  for (let y = 0; y < down.low.length; y += 1) {
    const upper = down.low[y] as number;
    const lower = down.high[y] as number;
    const share = down.weight[y] as number;
    const nearestRow = isNearerToSecond(share) ? lower : upper;
    for (let x = 0; x < low.length; x += 1, pixel += 1) {
      const left = low[x] as number;
      const right = high[x] as number;
      const part = weight[x] as number;
      let packed = 0;
      if (mask !== null && touchesMask(mask, upper, lower, left, right)) {
        const nearest = nearestRow + (isNearerToSecond(part) ? right : left);
        if (mask[nearest] !== 0) continue;
        packed = values[nearest] as number;
      } else {
        const a = values[upper + left] as number;
        const b = values[lower + left] as number;
        const top = (a << 8) + ((values[upper + right] as number) - a) * part;
        const bottom = (b << 8) + ((values[lower + right] as number) - b) * part;
        packed = weighted(top, bottom, share);
      }
      // Red, green and blue of a grey are the same, and green is in the middle in either order of bytes.
      const grey = ((pixels[pixel] as number) >>> 8) & 255;
      pixels[pixel] = blends[(grey << 8) | (colours[packed] as number)] as number;
    }
  }
  return coverageOf(axes);
}

function touchesMask(mask: Uint8Array, upper: number, lower: number, left: number, right: number): boolean {
  return (
    ((mask[upper + left] as number) |
      (mask[upper + right] as number) |
      (mask[lower + left] as number) |
      (mask[lower + right] as number)) !==
    0
  );
}
