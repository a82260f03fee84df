import { renderedTileUrl } from "../api/tiles";
import type { Disposer } from "../core/disposable";
import { Emitter } from "../core/emitter";
import type { Palette } from "../dicom/palettes";
import type { StudyImage } from "../dicom/types";
import type { Camera, ScreenSize } from "../geometry/camera";
import type { TileCache } from "../render/tileCache";
import { coarsestTile, fullTileUrl, planTiles, type TilePlan } from "../render/tilePlan";
import { type TileQueue, type TileWant, URGENT_BELOW } from "../render/tileQueue";
import { previewView, type VoiChoice } from "./voi";

/** What one viewport looks at. */
export interface StackView {
  readonly images: readonly StudyImage[];
  readonly index: number;
  readonly direction: 1 | -1;
  readonly camera: Camera;
  readonly screen: ScreenSize;
  readonly choice: VoiChoice;
  readonly invert: boolean;
  readonly palette: Palette | null;
  /** What is laid over each image, on the same pixels; null for nothing. */
  readonly overlay: ((image: StudyImage) => StudyImage | null) | null;
  /** The active viewport loads first. */
  readonly active: boolean;
  /** Share of the cache that this stack may fill. */
  readonly budgetBytes: number;
  /** How many images are loaded ahead at most. */
  readonly mostAhead: number;
}

/** Asks for the tiles of a stack, nearest to the current image first, and knows which images are ready. */
export class StackLoader {
  readonly progressed = new Emitter<void>();
  private plans: readonly TilePlan[] = [];
  private overlayPlans: readonly (TilePlan | null)[] = [];
  private plansFor: readonly StudyImage[] | null = null;
  private overlayFor: StackView["overlay"] = null;
  private plansKey = "";
  private readonly ready = new Set<number>();
  private readonly owners = new Map<string, number>();
  private current: ReadonlySet<string> = new Set();
  private readonly disposers: Disposer[];

  constructor(
    private readonly queue: TileQueue,
    private readonly cache: TileCache,
  ) {
    this.disposers = [
      queue.loaded.subscribe((url) => this.recount(url)),
      cache.evicted.subscribe((url) => this.recount(url)),
    ];
  }

  get readyCount(): number {
    return this.ready.size;
  }

  isReady(index: number): boolean {
    return this.ready.has(index);
  }

  /** Tell whether a tile can change what the viewport shows now. */
  isCurrent(url: string): boolean {
    return this.current.has(url);
  }

  plan(index: number): TilePlan | null {
    return this.plans[index] ?? null;
  }

  /** The tiles of what is laid over an image. */
  overlayPlan(index: number): TilePlan | null {
    return this.overlayPlans[index] ?? null;
  }

  dispose(): void {
    this.queue.want(this, []);
    for (const disposer of this.disposers) disposer();
  }

  /** State anew what is needed. Called for every change of image, zoom, window or size. */
  update(view: StackView): void {
    this.replan(view);
    const current = this.currentWants(view);
    this.current = new Set(current.map((want) => want.url));
    this.queue.want(this, [...current, ...this.aheadWants(view)]);
  }

  stop(): void {
    this.queue.want(this, []);
  }

  private replan(view: StackView): void {
    const { camera, screen } = view;
    const key = JSON.stringify([camera, screen]);
    if (view.images === this.plansFor && view.overlay === this.overlayFor && key === this.plansKey) return;
    this.plansFor = view.images;
    this.overlayFor = view.overlay;
    this.plansKey = key;
    this.plans = view.images.map((image) => planTiles(image, camera, screen));
    this.overlayPlans = view.images.map((image) => {
      const over = view.overlay?.(image);
      return over ? planTiles(over, camera, screen) : null;
    });
    this.owners.clear();
    this.ready.clear();
    this.plans.forEach((plan, index) => {
      const urls = [...plan.urls, ...(this.overlayPlans[index]?.urls ?? [])];
      for (const url of urls) this.owners.set(url, index);
      if (urls.every((url) => this.cache.has(url))) this.ready.add(index);
    });
    this.progressed.emit();
  }

  private recount(url: string): void {
    const index = this.owners.get(url);
    const plan = index === undefined ? null : this.plans[index];
    if (index === undefined || !plan) return;
    const urls = [...plan.urls, ...(this.overlayPlans[index]?.urls ?? [])];
    if (urls.every((known) => this.cache.has(known))) this.ready.add(index);
    else this.ready.delete(index);
    this.progressed.emit();
  }

  private currentWants(view: StackView): TileWant[] {
    const image = view.images[view.index];
    const plan = this.plans[view.index];
    if (!image || !plan) return [];
    const base = view.active ? 0 : 5;
    const coarsest = coarsestTile(image);
    const overview = fullTileUrl(image, coarsest);
    const kind = image.kind === "grey" ? "values" : "picture";
    const wants: TileWant[] = [];
    const nothingYet = !this.cache.has(overview) && !plan.urls.some((url) => this.cache.has(url));
    if (kind === "values" && nothingYet) {
      const preview = renderedTileUrl(
        image,
        coarsest,
        previewView(image, view.choice, view.invert, view.palette),
      );
      wants.push({ url: preview, kind: "picture", priority: base });
    }
    wants.push({ url: overview, kind, priority: base + 1 });
    plan.urls.forEach((url, place) => {
      wants.push({ url, kind, priority: base + 2 + place / (plan.urls.length + 1) });
    });
    for (const url of this.overlayPlans[view.index]?.urls ?? []) {
      wants.push({ url, kind: "values", priority: base + 3 });
    }
    return wants;
  }

  /** The rest of the stack, first in the direction of travel, as far as the budget goes. */
  private aheadWants(view: StackView): TileWant[] {
    const base = URGENT_BELOW + (view.active ? 0 : 100_000);
    const distance = (index: number) => {
      const steps = (index - view.index) * view.direction;
      return steps >= 0 ? steps : -steps * 2;
    };
    const order = view.images
      .map((_image, index) => index)
      .filter((index) => index !== view.index)
      .sort((one, other) => distance(one) - distance(other))
      .slice(0, view.mostAhead);
    const wants: TileWant[] = [];
    let left = view.budgetBytes - (this.plans[view.index]?.bytes ?? 0);
    for (const index of order) {
      const plan = this.plans[index];
      const image = view.images[index];
      if (!plan || !image) continue;
      left -= plan.bytes + (this.overlayPlans[index]?.bytes ?? 0);
      if (left < 0) break;
      if (this.ready.has(index)) continue;
      const kind = image.kind === "grey" ? "values" : "picture";
      for (const url of plan.urls) wants.push({ url, kind, priority: base + distance(index) });
      for (const url of this.overlayPlans[index]?.urls ?? []) {
        wants.push({ url, kind: "values", priority: base + distance(index) + 0.5 });
      }
    }
    return wants;
  }
}
