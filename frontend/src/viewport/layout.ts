import { Emitter } from "../core/emitter";
import type { ViewportServices } from "./compositor";
import { Viewport } from "./viewport";

export const LAYOUTS = ["1x1", "1x2", "2x1", "2x2"] as const;
/** Rows by columns of viewports. */
export type LayoutName = (typeof LAYOUTS)[number];

export function viewportCount(name: LayoutName): number {
  const [rows = 1, columns = 1] = name.split("x").map(Number);
  return rows * columns;
}

/** The grid of viewports. Viewports outside the grid keep their series and come back with it. */
export class ViewportGrid {
  readonly changed = new Emitter<void>();
  readonly viewports: readonly Viewport[];
  private name: LayoutName = "1x1";
  private activeIndex = 0;
  private before: LayoutName | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly services: ViewportServices,
    makeRoot: (index: number) => HTMLElement,
  ) {
    this.viewports = [0, 1, 2, 3].map((index) => {
      const element = makeRoot(index);
      root.append(element);
      return new Viewport(element, services);
    });
    this.apply();
  }

  get layout(): LayoutName {
    return this.name;
  }

  get active(): Viewport {
    return this.viewports[this.activeIndex] as Viewport;
  }

  get visible(): readonly Viewport[] {
    if (this.before !== null) return [this.active];
    return this.viewports.slice(0, viewportCount(this.name));
  }

  setLayout(name: LayoutName): void {
    this.before = null;
    this.name = name;
    if (this.activeIndex >= viewportCount(name)) this.activeIndex = 0;
    this.apply();
  }

  activate(viewport: Viewport): void {
    const index = this.viewports.indexOf(viewport);
    if (index < 0 || index === this.activeIndex) return;
    this.activeIndex = index;
    this.apply();
  }

  /** Show the active viewport alone, or the grid again. */
  toggleOneUp(): void {
    if (this.name === "1x1") return;
    this.before = this.before === null ? this.name : null;
    this.apply();
  }

  private apply(): void {
    const visible = this.visible;
    this.root.dataset.layout = this.before === null ? this.name : "1x1";
    const { budgetBytes } = this.services.cache;
    this.viewports.forEach((viewport, index) => {
      const shown = visible.includes(viewport);
      const active = index === this.activeIndex;
      viewport.root.hidden = !shown;
      viewport.root.classList.toggle("viewport--active", active && visible.length > 1);
      viewport.root.setAttribute("aria-current", String(active));
      if (!shown) {
        viewport.loader.stop();
        this.services.shown.set(viewport.root, null);
      } else viewport.setActive(active, this.share(active, visible.length) * budgetBytes);
    });
    this.changed.emit();
  }

  /** The active stack may fill most of the cache; together the shares stay below all of it. */
  private share(active: boolean, count: number): number {
    if (count === 1) return 0.85;
    return active ? 0.6 : 0.3 / (count - 1);
  }
}
