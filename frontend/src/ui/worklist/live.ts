import { loginUrl, RequestError } from "../../api/client";
import { followStudies, type LiveState } from "../../api/studyEvents";
import type { WorklistApi } from "../../api/worklist";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { t, tn } from "../../core/i18n";
import { element } from "../dom";
import { insertRow, replaceRow, rowOf, speakMoments, studyRows } from "./rows";

export interface LiveParts {
  readonly api: WorklistApi;
  readonly eventsUrl: string;
  readonly body: HTMLElement;
  readonly scroll: HTMLElement;
  readonly newButton: HTMLButtonElement;
  readonly status: HTMLElement;
  /** First page, newest first, nothing filtered: a new study's place is known. */
  readonly isLiveOrder: boolean;
  readonly hasNext: boolean;
  readonly reload: () => Promise<void>;
}

/** Keeps the list up to date without moving a row that the reader is about to choose. */
export function attachLiveList(parts: LiveParts): Disposer {
  const live = new LiveList(parts);
  return live.attach();
}

class LiveList {
  private readonly waiting = new Map<string, HTMLTableRowElement>();
  private readonly unseen = new Set<string>();
  private readonly queue = new Set<string>();
  private isWorking = false;

  constructor(private readonly parts: LiveParts) {}

  attach(): Disposer {
    const bag = new DisposerBag();
    const { parts } = this;
    bag.add(
      followStudies(parts.eventsUrl, {
        study: (uid) => this.notice(uid),
        state: (state) => this.showState(state),
        missed: () => this.offerReload(),
      }),
    );
    bag.add(listen(parts.newButton, "click", () => void this.takeIn()));
    bag.add(listen(parts.scroll, "pointerleave", () => this.insertWaiting()));
    return () => bag.dispose();
  }

  private notice(uid: string): void {
    this.queue.add(uid);
    if (!this.isWorking) void this.work();
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    try {
      for (const uid of this.queue) {
        this.queue.delete(uid);
        await this.refresh(uid);
      }
    } finally {
      this.isWorking = false;
    }
  }

  private async refresh(uid: string): Promise<void> {
    const { api, body, isLiveOrder } = this.parts;
    const old = rowOf(body, uid);
    if (old === null && !isLiveOrder) {
      this.unseen.add(uid);
      this.showButton();
      return;
    }
    try {
      const fresh = await api.row(uid);
      speakMoments(fresh);
      const current = rowOf(body, uid);
      if (current) replaceRow(current, fresh);
      else this.arrive(uid, fresh);
    } catch (error) {
      if (error instanceof RequestError && error.kind === "missing") old?.classList.add("study--gone");
      else if (error instanceof RequestError && error.kind === "session") this.showState("ended");
    }
  }

  private arrive(uid: string, row: HTMLTableRowElement): void {
    this.waiting.set(uid, row);
    if (this.isReaderAway()) this.insertWaiting();
    else this.showButton();
  }

  /** Rows move only while no pointer rests on the list and the list is at its top. */
  private isReaderAway(): boolean {
    const { scroll } = this.parts;
    return !scroll.matches(":hover") && scroll.scrollTop < 4;
  }

  private insertWaiting(): void {
    if (this.waiting.size === 0 || !this.isReaderAway()) return;
    this.insertAll();
  }

  private insertAll(): void {
    const { body, hasNext } = this.parts;
    const wasEmpty = studyRows(body).length === 0;
    for (const row of this.waiting.values()) insertRow(body, row, hasNext);
    this.waiting.clear();
    this.showButton();
    // The table of an empty list is hidden behind the text that says so.
    if (wasEmpty) void this.parts.reload();
  }

  private async takeIn(): Promise<void> {
    if (this.unseen.size > 0) {
      await this.parts.reload();
      this.unseen.clear();
      this.waiting.clear();
      this.showButton();
    } else {
      this.insertAll();
      this.parts.scroll.scrollTo({ top: 0 });
    }
  }

  private offerReload(): void {
    this.unseen.add("");
    this.showButton();
  }

  private showButton(): void {
    const { newButton } = this.parts;
    const count = this.waiting.size;
    newButton.hidden = count === 0 && this.unseen.size === 0;
    if (this.unseen.size > 0) newButton.textContent = t("Studies have changed: refresh the list");
    else newButton.textContent = tn("{count} new study", "{count} new studies", count);
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
