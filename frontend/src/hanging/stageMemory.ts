import type { Fusion } from "../dicom/fusion";
import type { Camera } from "../geometry/camera";
import type { Links } from "../viewport/synchronizer";
import type { Viewport } from "../viewport/viewport";
import type { VoiChoice } from "../viewport/voi";

/** How a picture is shown. */
interface Look {
  readonly camera: Camera;
  readonly choice: VoiChoice;
  readonly invert: boolean;
  readonly fusion: Fusion | null;
}

interface Kept {
  readonly seriesInstanceUid: string;
  readonly imageIndex: number;
  /** Only what the reader changed since it hung. */
  readonly look: Partial<Look>;
}

/** What the reader changed in the stages of protocols, so that it is there again when he comes back to one. */
export class StageMemory {
  private readonly hung = new Map<Viewport, Look>();
  private hungLinks: Links | null = null;
  private readonly kept = new Map<string, readonly (Kept | null)[]>();
  private readonly links = new Map<string, Links>();

  /** A stage begins to hang. */
  start(links: Links): void {
    this.hung.clear();
    this.hungLinks = links;
  }

  /** A viewport is as the protocol hung it. */
  noteHung(viewport: Viewport): void {
    this.hung.set(viewport, lookOf(viewport));
  }

  /** The reader goes to another stage, or has this one hung again. */
  keep(stage: string, viewports: readonly Viewport[], links: Links): void {
    const before = this.kept.get(stage);
    // A prior that has not come yet is as it was left the last time.
    this.kept.set(
      stage,
      viewports.map((viewport, place) => this.keptOf(viewport) ?? before?.[place] ?? null),
    );
    if (links !== this.hungLinks) this.links.set(stage, links);
  }

  /** The stage shall hang as its protocol says. */
  forget(stage: string): void {
    this.kept.delete(stage);
    this.links.delete(stage);
  }

  /** Another protocol stands for what is on the screen. */
  clear(): void {
    this.kept.clear();
    this.links.clear();
  }

  linksOf(stage: string): Links | null {
    return this.links.get(stage) ?? null;
  }

  /** Show a viewport that has just been hung as the reader had it, where it shows the same series. */
  bringBack(stage: string, place: number, viewport: Viewport): void {
    const kept = this.kept.get(stage)?.[place];
    if (!kept || kept.seriesInstanceUid !== viewport.stack?.series.seriesInstanceUid) return;
    viewport.setImageIndex(kept.imageIndex);
    const { camera, choice, invert, fusion } = kept.look;
    if (camera) viewport.setCamera(camera);
    if (choice) viewport.setChoice(choice);
    if (invert !== undefined) viewport.setInvert(invert);
    if (fusion !== undefined) viewport.setFusion(fusion);
  }

  /** What is laid over a picture came later than the picture; where the reader had changed it, it is as he had it. */
  noteFused(stage: string, place: number, viewport: Viewport): void {
    const before = this.hung.get(viewport);
    if (before) this.hung.set(viewport, { ...before, fusion: viewport.fusion });
    const fusion = this.kept.get(stage)?.[place]?.look.fusion;
    if (fusion !== undefined) viewport.setFusion(fusion);
  }

  private keptOf(viewport: Viewport): Kept | null {
    const { stack, imageIndex } = viewport;
    const before = this.hung.get(viewport);
    if (!stack || !before) return null;
    const now = lookOf(viewport);
    const changed = Object.entries(now).filter(([name, value]) => value !== before[name as keyof Look]);
    const look: Partial<Look> = Object.fromEntries(changed);
    return { seriesInstanceUid: stack.series.seriesInstanceUid, imageIndex, look };
  }
}

function lookOf({ camera, choice, invert, fusion }: Viewport): Look {
  return { camera, choice, invert, fusion };
}
