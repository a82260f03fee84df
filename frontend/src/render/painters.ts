import { Emitter } from "../core/emitter";
import { CpuPainter } from "./cpuPainter";
import { GlPainter } from "./glPainter";
import { picturesPerSecond } from "./painterTrial";
import type { ValuePainter } from "./valuePainter";

export const PAINTER_WISHES = ["auto", "gpu", "cpu"] as const;
export type PainterWish = (typeof PAINTER_WISHES)[number];

/** What a browser on one computer was measured to do. */
export interface PainterTrial {
  readonly userAgent: string;
  /** The graphics card as its driver calls it; empty where there is none to use. */
  readonly renderer: string;
  readonly cpuPerSecond: number;
  readonly gpuPerSecond: number;
}

const WISH = "painter";
const TRIAL = "painter-trial";
const TRIAL_TEXTURE_BYTES = 8 * 1024 * 1024;

/**
 * The painters of this browser and which of them paints.
 *
 * It depends on the computer and not on the user, so the browser keeps it. A verdict or a wish counts from the next page
 * on: the pictures of a page keep the kind of canvas that they were made with.
 */
export class Painters {
  readonly inUse: ValuePainter;
  readonly lost = new Emitter<void>();
  /** The wish or the trial. */
  readonly changed = new Emitter<void>();
  private readonly cpu = new CpuPainter();
  private isMeasured = false;

  constructor(
    textureBudgetBytes: number,
    private readonly storage: Pick<Storage, "getItem" | "setItem"> = localStorage,
    private readonly userAgent = navigator.userAgent,
    startGl: typeof GlPainter.start = GlPainter.start,
  ) {
    const gpu = this.prefersGpu ? startGl(textureBudgetBytes, this.cpu) : null;
    const isWanted = gpu !== null && (this.wish === "gpu" || gpu.renderer === this.trial?.renderer);
    if (!isWanted) gpu?.dispose();
    if (isWanted) gpu.lost.subscribe(() => this.lost.emit());
    this.inUse = isWanted ? gpu : this.cpu;
    this.isMeasured = this.trial !== null && !(this.prefersGpu && this.inUse === this.cpu);
  }

  get wish(): PainterWish {
    return PAINTER_WISHES.find((wish) => wish === this.storage.getItem(WISH)) ?? "auto";
  }

  setWish(wish: PainterWish): void {
    this.storage.setItem(WISH, wish);
    this.changed.emit();
  }

  /** What this version of the browser was measured to do; null before. */
  get trial(): PainterTrial | null {
    const kept = parsedTrial(this.storage.getItem(TRIAL));
    return kept?.userAgent === this.userAgent ? kept : null;
  }

  /** Find out which painter is the faster one, once for each version of the browser. Call when nobody waits. */
  async measure(): Promise<void> {
    if (this.isMeasured) return;
    this.isMeasured = true;
    const gpu = GlPainter.start(TRIAL_TEXTURE_BYTES, this.cpu);
    const trial: PainterTrial = {
      userAgent: this.userAgent,
      renderer: gpu?.renderer ?? "",
      cpuPerSecond: await picturesPerSecond(this.cpu),
      gpuPerSecond: gpu ? await picturesPerSecond(gpu) : 0,
    };
    gpu?.dispose();
    this.storage.setItem(TRIAL, JSON.stringify(trial));
    this.changed.emit();
  }

  private get prefersGpu(): boolean {
    if (this.wish !== "auto") return this.wish === "gpu";
    const { trial } = this;
    return trial !== null && trial.gpuPerSecond > trial.cpuPerSecond;
  }
}

function parsedTrial(text: string | null): PainterTrial | null {
  if (text === null) return null;
  const { userAgent, renderer, cpuPerSecond, gpuPerSecond } = JSON.parse(text) as Partial<PainterTrial>;
  const isWhole = typeof userAgent === "string" && typeof renderer === "string";
  if (!isWhole || typeof cpuPerSecond !== "number" || typeof gpuPerSecond !== "number") return null;
  return { userAgent, renderer, cpuPerSecond, gpuPerSecond };
}
