export type LiveState = "live" | "lost" | "ended";

export type Notice = Readonly<Record<string, unknown>>;

/** What a stream tells; it crosses from a worker to its pages as it is. */
export type Told =
  | { readonly kind: "study" | "marks"; readonly studyInstanceUid: string; readonly notice: Notice }
  | { readonly kind: "state"; readonly state: LiveState }
  /** The connection is back after changes may have been missed. */
  | { readonly kind: "missed" };

/** What a page says to the worker: which studies it has open, or that it listens no longer. */
export type NoticeWish =
  | { readonly url: string; readonly follow: readonly string[] }
  | { readonly leave: true };

/** A reconnect within this time is the server's ordinary renewal and not worth a word. */
const GRACE_MS = 6_000;
/** Pages open and change their studies in bursts. */
const GATHER_MS = 100;

/**
 * The server's notices of changed studies, and of marks on the studies that are open. The browser reconnects by itself.
 *
 * It runs in a worker that all pages share, or in a page, and knows neither.
 */
export class NoticeStream {
  private source: EventSource | null = null;
  private studies = "";
  private graceTimer: ReturnType<typeof setTimeout> | undefined;
  private gatherTimer: ReturnType<typeof setTimeout> | undefined;
  private wasLost = false;
  private lastState: LiveState | null = null;

  constructor(
    private readonly url: string,
    private readonly tell: (told: Told) => void,
  ) {}

  /** Null until it is known. */
  get state(): LiveState | null {
    return this.lastState;
  }

  /** Listen, to marks on these studies too. The stream before goes on until the next one is there. */
  follow(studyInstanceUids: Iterable<string>): void {
    const studies = new URLSearchParams(
      [...studyInstanceUids].sort().map((uid) => ["study", uid]),
    ).toString();
    if (this.source !== null && studies === this.studies) return;
    this.studies = studies;
    clearTimeout(this.gatherTimer);
    this.gatherTimer = setTimeout(() => this.connect(), this.source === null ? 0 : GATHER_MS);
  }

  /** Give the connection back. */
  close(): void {
    clearTimeout(this.gatherTimer);
    clearTimeout(this.graceTimer);
    this.graceTimer = undefined;
    this.source?.close();
    this.source = null;
    this.lastState = null;
  }

  private connect(): void {
    const before = this.source;
    const source = new EventSource(this.studies ? `${this.url}?${this.studies}` : this.url);
    this.source = source;
    source.addEventListener("connected", () => {
      before?.close();
      this.opened();
    });
    source.addEventListener("interrupted", () => this.lost());
    source.onerror = () => {
      before?.close();
      if (source === this.source) this.failed(source);
    };
    for (const kind of ["study", "marks"] as const) {
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        const notice = noticeOf(data);
        const uid = notice.study_instance_uid;
        if (typeof uid === "string") this.tell({ kind, studyInstanceUid: uid, notice });
      });
    }
  }

  private opened(): void {
    clearTimeout(this.graceTimer);
    this.graceTimer = undefined;
    this.enter("live");
    if (this.wasLost) this.tell({ kind: "missed" });
    this.wasLost = false;
  }

  private failed(source: EventSource): void {
    if (source.readyState === EventSource.CLOSED) this.lost();
    else this.graceTimer ??= setTimeout(() => this.lost(), GRACE_MS);
  }

  private lost(): void {
    this.wasLost = true;
    this.enter(this.source?.readyState === EventSource.CLOSED ? "ended" : "lost");
  }

  private enter(state: LiveState): void {
    this.lastState = state;
    this.tell({ kind: "state", state });
  }
}

function noticeOf(data: string): Notice {
  try {
    return (JSON.parse(data) as Notice | null) ?? {};
  } catch {
    return {};
  }
}
