import { Emitter } from "../core/emitter";
import type { Viewport } from "./viewport";

const DEFAULT_RATE = 10;

/** Plays the stack of one viewport. An image that is not loaded holds the cine instead of being left out. */
export class Cine {
  readonly changed = new Emitter<void>();
  private target: Viewport | null = null;
  private request = 0;
  private nextTime = 0;
  private rate = DEFAULT_RATE;

  get viewport(): Viewport | null {
    return this.target;
  }

  get imagesPerSecond(): number {
    return this.rate;
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
    const next = (viewport.imageIndex + 1) % count;
    if (time >= this.nextTime && viewport.loader.isReady(next)) {
      viewport.setImageIndex(next);
      this.nextTime = Math.max(this.nextTime + 1000 / this.rate, time - 1000 / this.rate);
    }
    this.request = requestAnimationFrame((later) => this.tick(later));
  }
}
