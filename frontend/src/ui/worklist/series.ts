import { isAbort } from "../../api/client";
import type { WorklistApi } from "../../api/worklist";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { isRightToLeft, t } from "../../core/i18n";
import { element } from "../dom";
import { loadThumbnail } from "../thumbnails";
import { seriesRowOf, uidOfRow } from "./rows";

/** How long the pointer rests on the counts before the series appear. */
const REST_MS = 500;

/** Shows the series of a study: below its row, or in a card while the pointer rests on its counts. */
export class SeriesViews {
  private readonly aborts = new WeakMap<HTMLElement, AbortController>();

  constructor(
    private readonly api: WorklistApi,
    private readonly peek: HTMLElement,
  ) {}

  expand(row: HTMLTableRowElement, open: boolean): void {
    const shown = seriesRowOf(row);
    if (open === (shown !== null)) return;
    row.classList.toggle("study--expanded", open);
    row.querySelector("[data-action=expand]")?.setAttribute("aria-expanded", String(open));
    if (shown !== null) {
      this.aborts.get(shown)?.abort();
      shown.remove();
      return;
    }
    const cell = element("td", { colspan: row.cells.length });
    const holder = element("tr", { class: "series-row" }, cell);
    row.after(holder);
    void this.fill(cell, holder, uidOfRow(row));
  }

  attachPeek(body: HTMLElement): Disposer {
    const bag = new DisposerBag();
    let timer = 0;
    const hide = () => {
      clearTimeout(timer);
      this.aborts.get(this.peek)?.abort();
      this.peek.hidden = true;
    };
    const leaveSoon = () => {
      clearTimeout(timer);
      timer = window.setTimeout(hide, 250);
    };
    bag.add(
      listen<PointerEvent>(body, "pointerover", (event) => {
        const cell = peekCell(event);
        if (cell === null) return;
        clearTimeout(timer);
        timer = window.setTimeout(() => this.openPeek(cell), REST_MS);
      }),
    );
    bag.add(
      listen<PointerEvent>(body, "pointerout", (event) => {
        if (peekCell(event) !== null) leaveSoon();
      }),
    );
    bag.add(listen(this.peek, "pointerenter", () => clearTimeout(timer)));
    bag.add(listen(this.peek, "pointerleave", leaveSoon));
    bag.add(listen(document, "scroll", hide, { capture: true, passive: true }));
    bag.add(
      listen<KeyboardEvent>(document, "keydown", (event) => {
        if (event.key === "Escape") hide();
      }),
    );
    return () => bag.dispose();
  }

  private openPeek(cell: HTMLElement): void {
    const row = cell.closest<HTMLElement>("tr.study");
    if (row === null) return;
    const box = cell.getBoundingClientRect();
    this.peek.replaceChildren(element("p", { class: "muted" }, t("Loading the series…")));
    this.peek.hidden = false;
    void this.fill(this.peek, this.peek, uidOfRow(row)).then(() => this.placePeek(box));
    this.placePeek(box);
  }

  private placePeek(cell: DOMRect): void {
    const { offsetWidth, offsetHeight } = this.peek;
    const below = cell.bottom + 4 + offsetHeight <= window.innerHeight;
    this.peek.style.top = `${below ? cell.bottom + 4 : Math.max(4, cell.top - offsetHeight - 4)}px`;
    this.peek.style.left = `${Math.max(4, Math.min(isRightToLeft ? cell.left : cell.right - offsetWidth, window.innerWidth - offsetWidth - 4))}px`;
  }

  private async fill(into: HTMLElement, owner: HTMLElement, studyInstanceUid: string): Promise<void> {
    this.aborts.get(owner)?.abort();
    const abort = new AbortController();
    this.aborts.set(owner, abort);
    try {
      const list = await this.api.series(studyInstanceUid, abort.signal);
      into.replaceChildren(list);
      for (const picture of list.querySelectorAll<HTMLImageElement>("img[data-thumbnail-url]")) {
        void loadThumbnail(picture, picture.dataset.thumbnailUrl ?? "", abort.signal);
      }
    } catch (error) {
      if (isAbort(error)) return;
      const text = error instanceof Error ? error.message : "";
      into.replaceChildren(
        element("p", { class: "field-error" }, t("The series did not load. {reason}", { reason: text })),
      );
    }
  }
}

function peekCell(event: PointerEvent): HTMLElement | null {
  if (event.pointerType !== "mouse" || !(event.target instanceof Element)) return null;
  return event.target.closest<HTMLElement>("[data-action=peek]");
}
