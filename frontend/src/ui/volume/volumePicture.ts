import type { VolumeCaster, VolumeView } from "../../render/volumeCaster";

/** What a picture may take while it moves, and a part of the fine one while nobody waits. */
const PATIENCE_MS = 60;
const COARSEST = 0.12;
const STILL_AFTER_MS = 140;
/** Samples along a ray, in cubes. */
const FINE_STEP = 0.5;
const COARSE_STEP = 1.2;

/** The canvas of a volume: coarse while it moves, then fine from the top down, as fast as the computer can. */
export class VolumePicture {
  /** Pixels of a moving picture to one of the canvas, along each side. */
  private share = 0.35;
  private rows = 24;
  private frame = 0;
  private stillTimer = 0;
  private readonly context: CanvasRenderingContext2D;

  /** @param lost is called when the graphics context is gone. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly caster: VolumeCaster,
    private readonly spacingMm: number,
    private readonly lost: () => void,
  ) {
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (context === null) throw new Error("This browser has no 2D canvas.");
    this.context = context;
  }

  /** Whether this computer draws the moving picture coarsely. */
  get isSlow(): boolean {
    return this.share < 0.6;
  }

  show(view: VolumeView): void {
    this.stop();
    this.canvas.dataset.state = "moving";
    this.frame = requestAnimationFrame(() => this.paintMoving(view));
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    window.clearTimeout(this.stillTimer);
  }

  private paintMoving(view: VolumeView): void {
    const { share } = this;
    const width = Math.max(1, Math.round(this.canvas.width * share));
    const height = Math.max(1, Math.round(this.canvas.height * share));
    const smaller: VolumeView = {
      ...view,
      mmPerPixel: view.mmPerPixel / share,
      centre: [view.centre[0] * share, view.centre[1] * share],
    };
    const elapsed = this.timed(() => {
      this.caster.draw(smaller, { width, height, from: 0, rows: height }, this.spacingMm * COARSE_STEP);
      this.context.imageSmoothingQuality = "high";
      const { canvas } = this.caster;
      this.context.drawImage(canvas, 0, 0, width, height, 0, 0, this.canvas.width, this.canvas.height);
    });
    this.share = Math.min(1, Math.max(COARSEST, share * Math.sqrt(PATIENCE_MS / elapsed)));
    this.stillTimer = window.setTimeout(() => this.paintFine(view, 0), STILL_AFTER_MS);
  }

  /** The next rows, and those below them in the next frames. */
  private paintFine(view: VolumeView, from: number): void {
    const { width, height } = this.canvas;
    const rows = Math.min(this.rows, height - from);
    const elapsed = this.timed(() => {
      this.caster.draw(view, { width, height, from, rows }, this.spacingMm * FINE_STEP);
      this.context.drawImage(this.caster.canvas, 0, 0, width, rows, 0, from, width, rows);
    });
    this.rows = Math.min(512, Math.max(4, Math.round((this.rows * PATIENCE_MS) / elapsed)));
    const next = from + rows;
    if (next < height) this.frame = requestAnimationFrame(() => this.paintFine(view, next));
    else this.canvas.dataset.state = "fine";
  }

  /** Milliseconds of some drawing; reading a pixel waits for the graphics card. */
  private timed(draw: () => void): number {
    const started = performance.now();
    draw();
    this.context.getImageData(0, 0, 1, 1);
    if (this.caster.isLost) this.lost();
    return Math.max(1, performance.now() - started);
  }
}
