import { loginUrl, RequestError } from "../../api/client";
import { followStudies, type LiveState } from "../../api/studyEvents";
import type { WorklistApi } from "../../api/worklist";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { t, tn } from "../../core/i18n";
import { element } from "../dom";
import { orderOf } from "./order";
import {
  isInList,
  isInPlace,
  placeRow,
  removeRow,
  replaceRow,
  rowOf,
  speakMoments,
  studyRows,
  successorOf,
} from "./rows";

export interface LiveParts {
  readonly api: WorklistApi;
  readonly eventsUrl: string;
  readonly body: HTMLElement;
  readonly scroll: HTMLElement;
  readonly newButton: HTMLButtonElement;
  readonly status: HTMLElement;
  readonly isFirst: boolean;
  /** The key of the column that sorts. */
  readonly sort: string;
  readonly isDescending: boolean;
  readonly hasNext: boolean;
  readonly reload: () => Promise<void>;
  /** Something has changed: what is counted may be other than before. */
  readonly changed: () => void;
}

/** Keeps the list up to date without moving a row that the reader is about to choose. */
export class LiveList {
  /** Rows of this list that are not on the page yet. */
  private readonly waiting = new Map<string, HTMLTableRowElement>();
  /** Whether something has changed whose place only the server knows. */
  private isStale = false;
  private readonly queue = new Set<string>();
  private isWorking = false;

  constructor(private readonly parts: LiveParts) {}

  attach(): Disposer {
    const bag = new DisposerBag();
    const { parts } = this;
    bag.add(
      followStudies(parts.eventsUrl, {
        study: (uid) => this.refresh(uid),
        state: (state) => this.showState(state),
        missed: () => {
          this.isStale = true;
          this.showButton();
        },
      }),
    );
    bag.add(listen(parts.newButton, "click", () => void this.takeIn()));
    bag.add(listen(parts.scroll, "pointerleave", () => this.settle()));
    bag.add(listen(parts.body, "focusout", () => window.setTimeout(() => this.settle())));
    return () => bag.dispose();
  }

  /** Ask the server for a study's row and show it as far as nothing moves under the reader. */
  refresh(uid: string): void {
    this.queue.add(uid);
    if (!this.isWorking) void this.work();
  }

  /** Show what is new, wherever the reader is. */
  async takeIn(): Promise<void> {
    if (this.isStale) await this.reload();
    else this.settleNow();
    this.parts.scroll.scrollTo({ top: 0 });
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    try {
      for (const uid of this.queue) {
        this.queue.delete(uid);
        await this.fetch(uid);
      }
    } finally {
      this.isWorking = false;
      this.parts.changed();
    }
  }

  private async fetch(uid: string): Promise<void> {
    const { api, body } = this.parts;
    try {
      const fresh = await api.row(uid);
      if (fresh === null) return this.leave(uid);
      speakMoments(fresh);
      const current = rowOf(body, uid);
      if (current) this.update(current, fresh);
      else this.arrive(uid, fresh);
      this.settle();
    } catch (error) {
      if (error instanceof RequestError && error.kind === "session") this.showState("ended");
    }
  }

  private update(old: HTMLTableRowElement, fresh: HTMLTableRowElement): void {
    const { body, isDescending } = this.parts;
    replaceRow(old, fresh);
    if (!isInList(fresh)) fresh.classList.add("study--leaving");
    else if (orderOf(fresh) === null) this.isStale ||= this.sortedText(fresh) !== this.sortedText(old);
    else if (!isInPlace(body, fresh, isDescending)) fresh.classList.add("study--moving");
    this.showButton();
  }

  private sortedText(row: HTMLTableRowElement): string {
    return row.querySelector(`.cell--${this.parts.sort}`)?.textContent?.trim() ?? "";
  }

  private leave(uid: string): void {
    this.waiting.delete(uid);
    rowOf(this.parts.body, uid)?.classList.add("study--gone", "study--leaving");
    this.settle();
  }

  private arrive(uid: string, row: HTMLTableRowElement): void {
    this.waiting.delete(uid);
    if (isInList(row)) {
      if (orderOf(row) === null) this.isStale = true;
      else if (this.isOfThisPage(row)) this.waiting.set(uid, row);
    }
    this.showButton();
  }

  private isOfThisPage(row: HTMLTableRowElement): boolean {
    const { body, isFirst, hasNext, isDescending } = this.parts;
    const rows = studyRows(body);
    const successor = successorOf(body, row, isDescending);
    return successor ? isFirst || successor !== rows[0] : !hasNext;
  }

  /** Rows move only while neither pointer nor focus is on them, none is selected, and the list is at its top. */
  private isReaderAway(): boolean {
    const { scroll, body } = this.parts;
    const isBusy = body.contains(document.activeElement) || body.querySelector(".study--selected") !== null;
    return !isBusy && !scroll.matches(":hover") && scroll.scrollTop < 4;
  }

  private settle(): void {
    if (this.isReaderAway()) this.settleNow();
  }

  private settleNow(): void {
    const { body, isDescending } = this.parts;
    const wasEmpty = studyRows(body).length === 0;
    const isChanged = this.waiting.size > 0 || body.querySelector(".study--leaving, .study--moving") !== null;
    if (!isChanged) return;
    for (const row of body.querySelectorAll<HTMLTableRowElement>("tr.study--leaving")) removeRow(row);
    for (const row of body.querySelectorAll<HTMLTableRowElement>("tr.study--moving")) {
      row.classList.remove("study--moving");
      placeRow(body, row, isDescending);
    }
    for (const row of this.waiting.values()) {
      row.classList.add("study--arrived");
      placeRow(body, row, isDescending);
    }
    this.waiting.clear();
    this.showButton();
    // The table of an empty list is hidden behind the text that says so.
    if (wasEmpty || studyRows(body).length === 0) void this.reload();
  }

  private async reload(): Promise<void> {
    await this.parts.reload();
    this.isStale = false;
    this.waiting.clear();
    this.showButton();
  }

  private showButton(): void {
    const { newButton, body } = this.parts;
    const count = this.waiting.size;
    const moving = body.querySelectorAll(".study--leaving, .study--moving").length;
    newButton.hidden = count === 0 && moving === 0 && !this.isStale;
    if (this.isStale) newButton.textContent = t("Studies have changed: refresh the list");
    else if (count > 0) newButton.textContent = tn("{count} new study", "{count} new studies", count);
    else
      newButton.textContent = tn(
        "{count} study has moved: put in order",
        "{count} studies have moved: put in order",
        moving,
      );
  }

  private showState(state: LiveState): void {
    const { status } = this.parts;
    status.dataset.state = state === "live" ? "live" : "lost";
    if (state === "live") status.replaceChildren(t("Live"));
    else if (state === "lost") status.replaceChildren(t("Connection lost, trying again"));
    else {
      status.replaceChildren(
        t("No more updates. "),
        element("a", { href: loginUrl() }, t("Log in again")),
        t(" or reload the page."),
      );
    }
  }
}
