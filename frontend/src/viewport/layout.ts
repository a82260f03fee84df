import type { Disposer } from "../core/disposable";
import { Emitter } from "../core/emitter";
import type { ViewportServices } from "./compositor";
import { type Split, splitNamed } from "./splits";
import { Viewport } from "./viewport";

/** Viewports that exist from the start; more are made when a layout first needs them. */
const FIRST_VIEWPORTS = 4;

/** The grid of viewports. Viewports outside the grid keep their series and come back with it. */
export class ViewportGrid {
  readonly changed = new Emitter<void>();
  private readonly made: Viewport[] = [];
  private readonly attachers = new Set<(viewport: Viewport) => void>();
  private split: Split = splitOf("1x1");
  private activeIndex = 0;
  private isOneUp = false;

  constructor(
    readonly root: HTMLElement,
    private readonly services: ViewportServices,
    private readonly makeRoot: (index: number) => HTMLElement,
  ) {
    this.makeViewports(FIRST_VIEWPORTS);
    this.apply();
  }

  /** Every viewport that exists. Attach controls by `attach`, which also reaches those to come. */
  get viewports(): readonly Viewport[] {
    return this.made;
  }

  /** The name of the split, such as "2x3" or "1+2". */
  get layout(): string {
    return this.split.name;
  }

  /** The split with the weights that the reader gave it. */
  get shape(): Split {
    return this.split;
  }

  get isAlone(): boolean {
    return this.isOneUp;
  }

  get active(): Viewport {
    return this.made[this.activeIndex] as Viewport;
  }

  get visible(): readonly Viewport[] {
    if (this.isOneUp) return [this.active];
    return this.made.slice(0, this.split.cells.length);
  }

  /** Call for every viewport, also for one that is made later. */
  attach(attach: (viewport: Viewport) => void): Disposer {
    for (const viewport of this.made) attach(viewport);
    this.attachers.add(attach);
    return () => this.attachers.delete(attach);
  }

  setLayout(name: string): void {
    this.setSplit(splitOf(name));
  }

  /** Another division, or the same with other weights. */
  setSplit(split: Split): void {
    this.isOneUp = false;
    this.split = split;
    this.makeViewports(split.cells.length);
    if (this.activeIndex >= split.cells.length) this.activeIndex = 0;
    this.apply();
  }

  activate(viewport: Viewport): void {
    const index = this.made.indexOf(viewport);
    if (index < 0 || index === this.activeIndex) return;
    this.activeIndex = index;
    this.apply();
  }

  /** The next viewport on the screen, or the one before with a step of -1; round and round. */
  activateNext(step: number): void {
    const { cells } = this.split;
    this.activeIndex = (this.activeIndex + step + cells.length) % cells.length;
    this.apply();
    this.active.root.focus({ preventScroll: true });
  }

  /** Show the active viewport alone, or the grid again. */
  toggleOneUp(): void {
    if (this.split.cells.length === 1) return;
    this.isOneUp = !this.isOneUp;
    this.apply();
  }

  private makeViewports(count: number): void {
    while (this.made.length < count) {
      const element = this.makeRoot(this.made.length);
      this.root.append(element);
      const viewport = new Viewport(element, this.services);
      this.made.push(viewport);
      for (const attach of this.attachers) attach(viewport);
    }
  }

  private apply(): void {
    const visible = this.visible;
    this.place();
    const { budgetBytes } = this.services.cache;
    this.made.forEach((viewport, index) => {
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

  /** Tracks and places of the CSS grid. */
  private place(): void {
    const split = this.isOneUp ? splitOf("1x1") : this.split;
    this.root.dataset.layout = split.name;
    this.root.style.gridTemplateRows = tracks(split.rows);
    this.root.style.gridTemplateColumns = tracks(split.columns);
    this.visible.forEach((viewport, index) => {
      const cell = split.cells[index];
      if (!cell) return;
      const { row, column, rowSpan, columnSpan } = cell;
      viewport.root.style.gridArea = `${row + 1} / ${column + 1} / span ${rowSpan} / span ${columnSpan}`;
    });
  }

  /** The active stack may fill most of the cache; together the shares stay below all of it. */
  private share(active: boolean, count: number): number {
    if (count === 1) return 0.85;
    return active ? 0.6 : 0.3 / (count - 1);
  }
}

function splitOf(name: string): Split {
  const split = splitNamed(name);
  if (split === null) throw new RangeError(`no layout is called ${name}`);
  return split;
}

function tracks(weights: readonly number[]): string {
  return weights.map((weight) => `minmax(0, ${weight}fr)`).join(" ");
}
