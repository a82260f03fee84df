import { isAbort, RequestError } from "../../api/client";
import type { Outcome, UploadResult } from "../../api/upload";
import { Emitter } from "../../core/emitter";
import { t } from "../../core/i18n";
import type { ChosenFile } from "./collect";

export type ItemState = "waiting" | "sending" | "done" | "failed" | "stopped";

/** One chosen file on its way. */
export interface UploadItem {
  readonly path: string;
  readonly file: File;
  state: ItemState;
  sentBytes: number;
  results: readonly UploadResult[];
  reason: string;
}

export interface Totals {
  readonly files: number;
  readonly finished: number;
  readonly failed: number;
  readonly bytes: number;
  readonly sentBytes: number;
  /** Counts of outcomes; a ZIP archive counts each of its members. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

export type Send = (
  item: UploadItem,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
) => Promise<readonly UploadResult[]>;

const CONCURRENCY = 3;
/** HTTP 507 Insufficient Storage. */
const NO_ROOM = 507;

/** Sends files, a few at a time. A failure stays with its file and can be tried again. */
export class UploadQueue {
  readonly changed = new Emitter<void>();
  /** The session has ended: nothing more can be sent until the user logs in. */
  readonly ended = new Emitter<void>();
  /** The archive has no room: every further file would fail like this one. */
  readonly full = new Emitter<string>();
  readonly items: UploadItem[] = [];
  private running = 0;
  private next = 0;
  private abort = new AbortController();

  constructor(private readonly send: Send) {}

  get isBusy(): boolean {
    return this.running > 0 || this.items.some((item) => item.state === "waiting");
  }

  add(chosen: ChosenFile): void {
    const { path, file } = chosen;
    this.items.push({ path, file, state: "waiting", sentBytes: 0, results: [], reason: "" });
    this.pump();
  }

  retryFailed(): void {
    for (const item of this.items) {
      if (item.state === "failed" || item.state === "stopped")
        Object.assign(item, { state: "waiting", reason: "" });
    }
    this.next = 0;
    this.pump();
  }

  /** Keep what is stored and send nothing more. */
  stop(): void {
    for (const item of this.items) if (item.state === "waiting") this.finish(item, "stopped", t("Stopped."));
    this.abort.abort();
    this.abort = new AbortController();
    this.changed.emit();
  }

  clear(): void {
    if (this.isBusy) return;
    this.items.splice(0);
    this.next = 0;
    this.changed.emit();
  }

  totals(): Totals {
    const outcomes = { stored: 0, duplicate: 0, conflict: 0, rejected: 0 };
    let [finished, failed, bytes, sentBytes] = [0, 0, 0, 0];
    for (const item of this.items) {
      bytes += item.file.size;
      sentBytes += item.state === "done" ? item.file.size : Math.min(item.sentBytes, item.file.size);
      if (item.state === "done") finished += 1;
      if (item.state === "failed" || item.state === "stopped") failed += 1;
      for (const result of item.results) outcomes[result.outcome] += 1;
    }
    return { files: this.items.length, finished, failed, bytes, sentBytes, outcomes };
  }

  private pump(): void {
    while (this.running < CONCURRENCY) {
      const item = this.takeWaiting();
      if (item === null) break;
      void this.run(item);
    }
    this.changed.emit();
  }

  private takeWaiting(): UploadItem | null {
    for (; this.next < this.items.length; this.next += 1) {
      const item = this.items[this.next];
      if (item?.state === "waiting") return item;
    }
    return null;
  }

  private async run(item: UploadItem): Promise<void> {
    item.state = "sending";
    this.running += 1;
    const { signal } = this.abort;
    try {
      const progress = (sentBytes: number) => {
        item.sentBytes = sentBytes;
        this.changed.emit();
      };
      item.results = await this.send(item, progress, signal);
      this.finish(item, "done", "");
    } catch (error) {
      if (isAbort(error)) this.finish(item, "stopped", t("Stopped."));
      else this.fail(item, error);
    } finally {
      this.running -= 1;
      this.pump();
    }
  }

  private fail(item: UploadItem, error: unknown): void {
    this.finish(item, "failed", error instanceof Error ? error.message : t("The file could not be sent."));
    if (error instanceof RequestError && error.kind === "session") {
      this.stop();
      this.ended.emit();
    } else if (error instanceof RequestError && error.status === NO_ROOM) {
      this.stop();
      this.full.emit(error.message);
    }
  }

  private finish(item: UploadItem, state: ItemState, reason: string): void {
    item.state = state;
    item.reason = reason;
    if (state !== "done") item.sentBytes = 0;
  }
}
