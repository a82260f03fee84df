import { Emitter } from "../core/emitter";
import type { Stack } from "./stack";
import type { Viewport } from "./viewport";

const DEFAULT_RATE = 10;

/** Plays the stack of one viewport. An image that is not loaded holds the cine instead of being left out. */
export class Cine {
  readonly changed = new Emitter<void>();
  private target: Viewport | null = null;
  private request = 0;
  private nextTime = 0;
  private rate = DEFAULT_RATE;
  private ends: { readonly stack: Stack; readonly first: number; readonly last: number } | null = null;

  get viewport(): Viewport | null {
    return this.target;
  }

  get imagesPerSecond(): number {
    return this.rate;
  }

  /** First and last index of the images that are played: the whole stack, unless the reader has set other ends. */
  get range(): readonly [number, number] {
    const stack = this.target?.stack;
    const count = stack?.series.images.length ?? 0;
    const { ends } = this;
    if (!ends || ends.stack !== stack) return [0, Math.max(0, count - 1)];
    return [ends.first, ends.last];
  }

  /** Play from here, or to here; the whole stack again where nothing would be left to play. */
  setEnd(which: "first" | "last", index: number): void {
    const stack = this.target?.stack;
    if (!stack) return;
    const [first, last] = this.range;
    const ends = { stack, first, last, [which]: index };
    this.ends = ends.last > ends.first ? ends : null;
    this.changed.emit();
  }

  setRate(imagesPerSecond: number): void {
    this.rate = Math.min(60, Math.max(1, imagesPerSecond));
    this.changed.emit();
  }

  /** Start with the frame time that the file states, otherwise with ten images a second. */
  start(viewport: Viewport): void {
    const frameTimeMs = viewport.stack?.series.frameTimeMs ?? null;
    this.target = viewport;
    this.rate = frameTimeMs !== null && frameTimeMs > 0 ? Math.min(60, 1000 / frameTimeMs) : DEFAULT_RATE;
    this.nextTime = performance.now();
    cancelAnimationFrame(this.request);
    this.request = requestAnimationFrame((time) => this.tick(time));
    this.changed.emit();
  }

  stop(): void {
    cancelAnimationFrame(this.request);
    if (this.target === null) return;
    this.target = null;
    this.changed.emit();
  }

  private tick(time: number): void {
    const viewport = this.target;
    const count = viewport?.stack?.series.images.length ?? 0;
    if (!viewport || count < 2) {
      this.stop();
      return;
    }
    const next = nextIndex(viewport.imageIndex, this.range);
    if (time >= this.nextTime && viewport.loader.isReady(next)) {
      viewport.setImageIndex(next);
      this.nextTime = Math.max(this.nextTime + 1000 / this.rate, time - 1000 / this.rate);
    }
    this.request = requestAnimationFrame((later) => this.tick(later));
  }
}

/** The image after this one; after the last of the range, and from anywhere outside it, the first. */
export function nextIndex(index: number, [first, last]: readonly [number, number]): number {
  return index < first || index >= last ? first : index + 1;
}
