import { greyPixels, PACKED_VALUES } from "../dicom/voiLut";
import type { ValuePainter, ValuePainting } from "./valuePainter";

const GRID_SIDE = 384;
const SCREEN_SIDE = 512;
const TARGET_MS = 10;
const MOST_PICTURES = 16;

/**
 * Pictures a second of a painter, with the copy onto a canvas of the kind that it paints on.
 *
 * The first picture, which compiles and uploads, does not count, and more than one only where it is quick. One pixel is read in the end, which waits for the
 * graphics card; a browser that is asked for more moves the canvas into main memory, so the second round has its own.
 */
export async function picturesPerSecond(painter: ValuePainter): Promise<number> {
  await idle();
  const paintings = trialPaintings();
  const first = trialCanvas(painter);
  timedMs(painter, first, paintings.slice(0, 1));
  const oneMs = timedMs(painter, first, paintings.slice(0, 1));
  const length = Math.min(MOST_PICTURES, Math.round(TARGET_MS / oneMs));
  if (length < 2) return 1000 / oneMs;
  await idle();
  const round = Array.from({ length }, (_item, index) => paintings[index % 2] as ValuePainting);
  return (1000 * length) / timedMs(painter, trialCanvas(painter), round);
}

function timedMs(
  painter: ValuePainter,
  context: CanvasRenderingContext2D,
  paintings: readonly ValuePainting[],
): number {
  const started = performance.now();
  for (const painting of paintings) painter.paint(context, painting);
  context.getImageData(0, 0, 1, 1);
  return Math.max(0.01, performance.now() - started);
}

function trialCanvas({ kind }: ValuePainter): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = SCREEN_SIDE;
  canvas.height = SCREEN_SIDE;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: kind === "cpu" });
  if (context === null) throw new Error("This browser has no 2D canvas.");
  return context;
}

/** A slice of a CT in two windows, made larger, as it fills a part of a screen. */
function trialPaintings(): readonly ValuePainting[] {
  const values = Uint16Array.from({ length: GRID_SIDE ** 2 }, (_item, index) => (index * 2654435761) % 4096);
  const grid = { values, mask: null, width: GRID_SIDE, height: GRID_SIDE };
  const scale = SCREEN_SIDE / GRID_SIDE;
  return [11, 12].map((bits) => ({
    grid,
    matrix: { a: scale, b: 0, c: 0, d: scale, e: 0, f: 0 },
    greys: greyPixels(
      Uint8ClampedArray.from({ length: PACKED_VALUES }, (_item, value) => value >> (bits - 8)),
    ),
    overlay: null,
    screen: { width: SCREEN_SIDE, height: SCREEN_SIDE },
  }));
}

/** Safari has no idle callbacks; there a pause has to do. */
function idle(): Promise<void> {
  return new Promise((done) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => done(), { timeout: 2000 });
    else setTimeout(done, 200);
  });
}
