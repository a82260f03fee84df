import type { ImageToScreen } from "../geometry/camera";

/** Values with their own pixel grid. */
export interface ValueGrid {
  readonly values: Uint16Array;
  /** Anything but 0 is drawn black; null when every pixel is a value. */
  readonly mask: Uint8Array | null;
  readonly width: number;
  readonly height: number;
}

/** The part of the screen that the grid covers, in whole device pixels. */
export interface Coverage {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Axis {
  /** First device pixel covered, and for each one the two neighbouring grid offsets and the weight of the second. */
  readonly start: number;
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly weight: Float64Array;
}

const BLACK = new Uint32Array(new Uint8Array([0, 0, 0, 255]).buffer)[0] as number;

/**
 * For each device pixel along one screen axis, where it reads the grid.
 *
 * @param step screen pixels per grid pixel, negative when mirrored.
 * @param origin screen position of the grid's outer corner.
 * @param stride distance in the value array between neighbours along this axis.
 */
export function axis(step: number, origin: number, count: number, stride: number, screen: number): Axis {
  const first = Math.min(origin, origin + step * count);
  const last = Math.max(origin, origin + step * count);
  // Device pixels whose centre lies inside the grid.
  const start = Math.max(0, Math.ceil(first - 0.5));
  const end = Math.min(screen, Math.ceil(last - 0.5));
  const length = Math.max(0, end - start);
  const low = new Int32Array(length);
  const high = new Int32Array(length);
  const weight = new Float64Array(length);
  for (let index = 0; index < length; index += 1) {
    const position = (start + index + 0.5 - origin) / step - 0.5;
    const below = Math.floor(position);
    low[index] = Math.min(count - 1, Math.max(0, below)) * stride;
    high[index] = Math.min(count - 1, Math.max(0, below + 1)) * stride;
    weight[index] = position - below;
  }
  return { start, low, high, weight };
}

/**
 * Draw a grid: interpolate the values, then look up the grey.
 *
 * Looking up first would mix greys instead of values, which is wrong at edges in a narrow window. Turned and
 * mirrored grids cost the same, because orientations are quarter turns.
 *
 * @param matrix from grid pixels to device pixels.
 * @param greys one opaque pixel per packed value.
 * @param allocate gives the buffer for a coverage, which is filled completely.
 */
export function resampleGrid(
  grid: ValueGrid,
  matrix: ImageToScreen,
  greys: Uint32Array,
  screen: { readonly width: number; readonly height: number },
  allocate: (coverage: Coverage) => Uint32Array,
): Coverage {
  const sideways = matrix.a === 0;
  const across = sideways
    ? axis(matrix.c, matrix.e, grid.height, grid.width, screen.width)
    : axis(matrix.a, matrix.e, grid.width, 1, screen.width);
  const down = sideways
    ? axis(matrix.b, matrix.f, grid.width, 1, screen.height)
    : axis(matrix.d, matrix.f, grid.height, grid.width, screen.height);
  const coverage = { x: across.start, y: down.start, width: across.low.length, height: down.low.length };
  if (coverage.width === 0 || coverage.height === 0) return coverage;
  const pixels = allocate(coverage);
  if (grid.mask === null) drawValues(grid.values, across, down, greys, pixels);
  else drawMasked(grid.values, grid.mask, across, down, greys, pixels);
  return coverage;
}

function drawValues(
  values: Uint16Array,
  across: Axis,
  down: Axis,
  greys: Uint32Array,
  pixels: Uint32Array,
): void {
  const { low, high, weight } = across;
  const width = low.length;
  let pixel = 0;
  for (let y = 0; y < down.low.length; y += 1) {
    const upper = down.low[y] as number;
    const lower = down.high[y] as number;
    const share = down.weight[y] as number;
    for (let x = 0; x < width; x += 1) {
      const left = low[x] as number;
      const right = high[x] as number;
      const part = weight[x] as number;
      const a = values[upper + left] as number;
      const b = values[lower + left] as number;
      const top = a + ((values[upper + right] as number) - a) * part;
      const bottom = b + ((values[lower + right] as number) - b) * part;
      pixels[pixel] = greys[(top + (bottom - top) * share + 0.5) | 0] as number;
      pixel += 1;
    }
  }
}

/** Beside padding nothing is interpolated: a mixture of a value and padding would be an invented value. */
function drawMasked(
  values: Uint16Array,
  mask: Uint8Array,
  across: Axis,
  down: Axis,
  greys: Uint32Array,
  pixels: Uint32Array,
): void {
  const { low, high, weight } = across;
  const width = low.length;
  let pixel = 0;
  for (let y = 0; y < down.low.length; y += 1) {
    const upper = down.low[y] as number;
    const lower = down.high[y] as number;
    const share = down.weight[y] as number;
    const nearestRow = share < 0.5 ? upper : lower;
    for (let x = 0; x < width; x += 1) {
      const left = low[x] as number;
      const right = high[x] as number;
      const part = weight[x] as number;
      const masked =
        (mask[upper + left] as number) |
        (mask[upper + right] as number) |
        (mask[lower + left] as number) |
        (mask[lower + right] as number);
      if (masked !== 0) {
        const nearest = nearestRow + (part < 0.5 ? left : right);
        pixels[pixel] = mask[nearest] === 0 ? (greys[values[nearest] as number] as number) : BLACK;
      } else {
        const a = values[upper + left] as number;
        const b = values[lower + left] as number;
        const top = a + ((values[upper + right] as number) - a) * part;
        const bottom = b + ((values[lower + right] as number) - b) * part;
        pixels[pixel] = greys[(top + (bottom - top) * share + 0.5) | 0] as number;
      }
      pixel += 1;
    }
  }
}
