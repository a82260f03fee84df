/** Both painters side by side on pictures of chance. Bundled by tests/painters.py, never shipped. */
export { spots } from "./volume";

import { blendTable } from "../src/dicom/fusion";
import { greyPixels, windowTable } from "../src/dicom/voiLut";
import { imageToScreenMatrix } from "../src/geometry/camera";
import { flipHorizontally, type Orientation, rotateRight, UPRIGHT } from "../src/geometry/orientation";
import { CpuPainter } from "../src/render/cpuPainter";
import { GlPainter } from "../src/render/glPainter";
import { picturesPerSecond } from "../src/render/painterTrial";
import type { ValueGrid } from "../src/render/resample";
import type { ValuePainter, ValuePainting } from "../src/render/valuePainter";

const TEXTURE_BYTES = 64 * 1024 * 1024;

/** The same numbers on every machine (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function randomGrid(next: () => number, width: number, height: number): ValueGrid {
  const range = 2 ** (8 + Math.floor(next() * 9));
  const values = Uint16Array.from({ length: width * height }, () => Math.floor(next() * range));
  const mask =
    next() < 0.5 ? null : Uint8Array.from(values, () => (next() < 0.2 ? 1 + Math.floor(next() * 2) : 0));
  return { values, mask, width, height };
}

function randomPainting(seed: number): ValuePainting {
  const next = chance(seed);
  const width = 1 + Math.floor(next() * 90);
  const height = 1 + Math.floor(next() * 90);
  const grid = randomGrid(next, width, height);
  const screen = { width: 20 + Math.floor(next() * 180), height: 20 + Math.floor(next() * 180) };
  let orientation: Orientation = next() < 0.5 ? UPRIGHT : flipHorizontally(UPRIGHT);
  for (let turns = Math.floor(next() * 4); turns > 0; turns -= 1) orientation = rotateRight(orientation);
  const scale = [null, 1, 2, 0.3 + next() * 12][Math.floor(next() * 4)] ?? null;
  const camera = { scale, centre: [next(), next()] as const, orientation };
  const pixelAspect = next() < 0.7 ? 1 : 0.5 + next();
  const matrix = imageToScreenMatrix(camera, { columns: width, rows: height, pixelAspect }, screen);
  const window = {
    windowCenter: next() * 4096,
    // A width of 1 turns a difference of one value into all greys.
    windowWidth: next() < 0.3 ? 1 : 1 + next() * 4096,
    voiFunction: "LINEAR",
  } as const;
  const packing = { scale: 1, offset: 0 };
  const colours = Uint8Array.from({ length: 768 }, () => Math.floor(next() * 256));
  const palette = { name: "chance", label: "Chance", colours };
  const overlay = {
    grid: randomGrid(next, width, height),
    colours: windowTable(packing, window, false),
    blends: blendTable(palette, Math.floor(next() * 101)),
  };
  return {
    grid,
    matrix,
    screen,
    greys: greyPixels(windowTable(packing, window, next() < 0.5)),
    overlay: next() < 0.3 ? overlay : null,
  };
}

function pixelsOf(painter: ValuePainter, painting: ValuePainting): Uint8ClampedArray {
  const canvas = document.createElement("canvas");
  canvas.width = painting.screen.width;
  canvas.height = painting.screen.height;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: painter.kind === "cpu" });
  if (context === null) throw new Error("no canvas");
  painter.paint(context, painting);
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}

function startGl(cpu: ValuePainter): GlPainter {
  const gpu = GlPainter.start(TEXTURE_BYTES, cpu);
  if (gpu === null) throw new Error("this browser has no WebGL 2");
  return gpu;
}

/** Paint pictures of chance twice; the answer names the seeds that differ in any byte, and how many were not black. */
export function comparePainters(count: number): { differing: number[]; lit: number } {
  const cpu = new CpuPainter();
  const refusing: ValuePainter = {
    kind: "cpu",
    paint: () => {
      throw new Error("the graphics card did not paint");
    },
  };
  const gpu = startGl(refusing);
  const differing: number[] = [];
  let lit = 0;
  for (let seed = 0; seed < count; seed += 1) {
    const painting = randomPainting(seed);
    const one = pixelsOf(cpu, painting);
    const other = pixelsOf(gpu, painting);
    if (one.some((byte, index) => byte !== other[index])) differing.push(seed);
    if (one.some((byte, index) => index % 4 !== 3 && byte > 0)) lit += 1;
  }
  gpu.dispose();
  return { differing, lit };
}

/** Lose the context and paint once more. */
export async function paintAfterLoss(): Promise<boolean> {
  const cpu = new CpuPainter();
  const gpu = startGl(cpu);
  const painting = randomPainting(1);
  const lost = new Promise<void>((done) => gpu.lost.subscribe(done));
  gpu.dispose();
  await lost;
  const expected = pixelsOf(cpu, painting);
  return pixelsOf(gpu, painting).every((byte, index) => byte === expected[index]);
}

export async function benchmarkPainters(): Promise<{
  renderer: string;
  cpuPerSecond: number;
  gpuPerSecond: number;
  trialMs: number;
}> {
  const cpu = new CpuPainter();
  const started = performance.now();
  const gpu = startGl(cpu);
  const cpuPerSecond = await picturesPerSecond(cpu);
  const gpuPerSecond = await picturesPerSecond(gpu);
  const trialMs = performance.now() - started;
  gpu.dispose();
  return { renderer: gpu.renderer, cpuPerSecond, gpuPerSecond, trialMs };
}
