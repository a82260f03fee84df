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
  /** In whole 256ths: 16 bits of value and twice 8 of weight fit 32, so any machine gets the same number. */
  readonly weight: Uint16Array;
}

/** Where the columns and the rows of the screen read a grid. */
export interface GridAxes {
  readonly across: Axis;
  readonly down: Axis;
}

const WHOLE = 256;
const HALF = WHOLE / 2;

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
  const weight = new Uint16Array(length);
  for (let index = 0; index < length; index += 1) {
    const position = (start + index + 0.5 - origin) / step - 0.5;
    const below = Math.floor(position);
    low[index] = Math.min(count - 1, Math.max(0, below)) * stride;
    high[index] = Math.min(count - 1, Math.max(0, below + 1)) * stride;
    weight[index] = Math.round((position - below) * WHOLE);
  }
  return { start, low, high, weight };
}

/**
 * The axes of a grid that is turned by quarters only.
 *
 * @param matrix from grid pixels to device pixels.
 * @param rowStride distance between the offsets of neighbouring rows; that of columns is 1.
 */
export function gridAxes(
  grid: { readonly width: number; readonly height: number },
  matrix: ImageToScreen,
  screen: { readonly width: number; readonly height: number },
  rowStride = grid.width,
): GridAxes {
  if (isSideways(matrix)) {
    return {
      across: axis(matrix.c, matrix.e, grid.height, rowStride, screen.width),
      down: axis(matrix.b, matrix.f, grid.width, 1, screen.height),
    };
  }
  return {
    across: axis(matrix.a, matrix.e, grid.width, 1, screen.width),
    down: axis(matrix.d, matrix.f, grid.height, rowStride, screen.height),
  };
}

/** Whether the columns of the screen are rows of the grid. */
export function isSideways(matrix: ImageToScreen): boolean {
  return matrix.a === 0;
}

export function coverageOf({ across, down }: GridAxes): Coverage {
  return { x: across.start, y: down.start, width: across.low.length, height: down.low.length };
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
  const { across, down } = gridAxes(grid, matrix, screen);
  const coverage = coverageOf({ across, down });
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
      const top = (a << 8) + ((values[upper + right] as number) - a) * part;
      const bottom = (b << 8) + ((values[lower + right] as number) - b) * part;
      pixels[pixel] = greys[weighted(top, bottom, share)] as number;
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
    const nearestRow = isNearerToSecond(share) ? lower : upper;
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
        const nearest = nearestRow + (isNearerToSecond(part) ? right : left);
        pixels[pixel] = mask[nearest] === 0 ? (greys[values[nearest] as number] as number) : BLACK;
      } else {
        const a = values[upper + left] as number;
        const b = values[lower + left] as number;
        const top = (a << 8) + ((values[upper + right] as number) - a) * part;
        const bottom = (b << 8) + ((values[lower + right] as number) - b) * part;
        pixels[pixel] = greys[weighted(top, bottom, share)] as number;
      }
      pixel += 1;
    }
  }
}

/** Between two values in 256ths, rounded. The sums fill 32 bits without a sign. */
export function weighted(top: number, bottom: number, share: number): number {
  return (Math.imul(top, WHOLE - share) + Math.imul(bottom, share) + 32768) >>> 16;
}

export function isNearerToSecond(weight: number): boolean {
  return weight >= HALF;
}
