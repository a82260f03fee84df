import { isAbort } from "../../api/client";
import type { WorklistApi } from "../../api/worklist";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { element } from "../dom";
import { loadThumbnail } from "../thumbnails";
import { fillReports } from "./lookReports";
import { uidOfRow } from "./rows";
import { attachTimeline } from "./timeline";

/** Rows that are passed over faster than this are not asked for. */
const REST_MS = 180;
const NARROW = "(max-width: 48rem)";

/** A study at a glance below the list, or over it on a phone. It follows from row to row until it is closed. */
export class QuickLook {
  private abort = new AbortController();
  private shownUid = "";
  private timer = 0;

  constructor(
    private readonly api: WorklistApi,
    private readonly panel: HTMLElement,
    private readonly body: HTMLElement,
  ) {}

  attach(): Disposer {
    const bag = new DisposerBag();
    bag.add(listen<FocusEvent>(this.body, "focusin", (event) => this.follow(event.target)));
    bag.add(
      listen<KeyboardEvent>(this.panel, "keydown", (event) => {
        // Inside, the keys of the list would move the study away that one is reading about.
        if (event.key === "Escape" || event.key === "q") this.close();
        else if (event.key !== "?") event.stopPropagation();
        if (event.key === "Escape" || event.key === "q") event.preventDefault();
      }),
    );
    bag.add(
      listen(this.panel, "click", (event) => {
        if (event.target instanceof Element && event.target.closest("[data-action=close-look]")) this.close();
      }),
    );
    return () => bag.dispose();
  }

  toggle(row: HTMLTableRowElement): void {
    if (!this.panel.hidden && this.shownUid === uidOfRow(row)) this.close();
    else void this.open(row);
  }

  /** Open at the current study of the line of time. */
  async openTimeline(row: HTMLTableRowElement): Promise<void> {
    if (this.panel.hidden || this.shownUid !== uidOfRow(row)) await this.open(row);
    this.panel.querySelector<HTMLElement>(".timeline a[aria-current]")?.focus();
  }

  /** @returns whether it was open. */
  close(): boolean {
    if (this.panel.hidden) return false;
    clearTimeout(this.timer);
    this.abort.abort();
    const row = this.row();
    this.panel.hidden = true;
    this.panel.replaceChildren();
    this.shownUid = "";
    (row ?? this.body.querySelector<HTMLElement>('tr.study[tabindex="0"]'))?.focus({ preventScroll: true });
    return true;
  }

  private row(): HTMLElement | null {
    return this.body.querySelector(`tr.study[data-study-instance-uid="${CSS.escape(this.shownUid)}"]`);
  }

  private follow(target: EventTarget | null): void {
    const row = target instanceof Element ? target.closest<HTMLTableRowElement>("tr.study") : null;
    if (this.panel.hidden || row === null || uidOfRow(row) === this.shownUid) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.open(row), REST_MS);
  }

  private async open(row: HTMLTableRowElement): Promise<void> {
    clearTimeout(this.timer);
    this.abort.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.shownUid = uidOfRow(row);
    if (this.panel.hidden) this.panel.replaceChildren(element("p", { class: "muted" }, t("Loading…")));
    this.panel.hidden = false;
    row.scrollIntoView({ block: "nearest" });
    try {
      this.show(await this.api.quickLook(this.shownUid, signal), signal);
    } catch (error) {
      if (isAbort(error)) return;
      const reason = error instanceof Error ? error.message : "";
      this.panel.replaceChildren(
        element(
          "p",
          { class: "field-error", role: "alert" },
          t("The quick look did not load. {reason}", { reason }),
        ),
      );
    }
  }

  private show(look: HTMLElement, signal: AbortSignal): void {
    this.panel.replaceChildren(look);
    const timeline = look.querySelector<HTMLElement>("[data-part=timeline]");
    if (timeline !== null) attachTimeline(timeline);
    for (const picture of look.querySelectorAll<HTMLImageElement>("img[data-thumbnail-url]")) {
      void loadThumbnail(picture, picture.dataset.thumbnailUrl ?? "", signal);
    }
    fillReports(look, signal);
    // On a phone it covers the list, and what is covered must not have the focus.
    if (matchMedia(NARROW).matches) look.querySelector<HTMLElement>(".look__who")?.focus();
  }
}
