import type { WorklistApi } from "../../api/worklist";
import { required, setText } from "../dom";

/** Counting again sooner would cost the server more than it tells the reader. */
const REST_MS = 4_000;
const GATHER_MS = 800;

/** The numbers on the tabs: asked for once the page is there, and again after changes. */
export class TabCounts {
  private timer = 0;
  private countedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly tabs: HTMLElement,
    private readonly api: WorklistApi,
  ) {}

  /** Count soon; any number of calls until then are one. */
  refresh(): void {
    if (this.timer !== 0 || document.hidden) return;
    const rest = this.countedAt + REST_MS - performance.now();
    this.timer = window.setTimeout(() => void this.count(), Math.max(GATHER_MS, rest));
  }

  async count(): Promise<void> {
    this.timer = 0;
    this.countedAt = performance.now();
    try {
      const counts = await this.api.counts();
      for (const tab of this.tabs.querySelectorAll<HTMLElement>("[data-list]")) {
        const count = counts.get(tab.dataset.list ?? "");
        const text = count === undefined ? "" : count === null ? "1000+" : String(count);
        setText(required("[data-part=tab-count]", tab), text);
      }
    } catch {
      // The list itself says when the server is away; numbers come back with it.
    }
  }
}
