import { isAbort, RequestError } from "../api/client";
import { Emitter } from "../core/emitter";
import { t } from "../core/i18n";

/** A tile that somebody needs. The lower the priority's number, the sooner it comes. */
export interface TileWant {
  readonly url: string;
  readonly kind: "values" | "picture";
  readonly priority: number;
}

/** What one attempt gave: the tile is in the cache, or the server asked to come back. */
export type LoadOutcome = { readonly ready: true } | { readonly ready: false; readonly retrySeconds: number };

export type LoadTile = (want: TileWant, signal: AbortSignal) => Promise<LoadOutcome>;

export interface TileFailure {
  readonly url: string;
  readonly error: RequestError;
}

/** Wants below this number are on the screen; the others are loaded ahead. */
export const URGENT_BELOW = 10;

const CONCURRENCY = 6;
/** Loading ahead leaves connections free for what the reader looks at. */
const CONCURRENCY_AHEAD = 4;
const ATTEMPTS_PENDING = 120;
const ATTEMPTS_FAILING = 4;

interface Job {
  want: TileWant;
  controller: AbortController | null;
  notBefore: number;
  pending: number;
  failing: number;
}

/**
 * Loads tiles: few at a time, the most urgent first, and only while somebody wants them.
 *
 * Each client states everything it wants; a new statement replaces its last one. What nobody wants any more is
 * cancelled, also in flight.
 */
export class TileQueue {
  readonly loaded = new Emitter<string>();
  readonly failed = new Emitter<TileFailure>();
  private readonly failures = new Map<string, RequestError>();
  private readonly clients = new Map<object, readonly TileWant[]>();
  private readonly jobs = new Map<string, Job>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly load: LoadTile,
    private readonly isReady: (url: string) => boolean,
    private readonly jitter: () => number = Math.random,
  ) {}

  /** Replace what a client wants. Tiles that are there or have failed for good are left out. */
  want(client: object, wants: readonly TileWant[]): void {
    if (wants.length === 0) this.clients.delete(client);
    else this.clients.set(client, wants);
    this.reconcile();
  }

  failure(url: string): RequestError | null {
    return this.failures.get(url) ?? null;
  }

  /** Forget failures, so that the next statement of wants tries again. */
  forgetFailures(): void {
    this.failures.clear();
  }

  private reconcile(): void {
    const wanted = new Map<string, TileWant>();
    for (const wants of this.clients.values()) {
      for (const want of wants) {
        const known = wanted.get(want.url);
        if (!known || want.priority < known.priority) wanted.set(want.url, want);
      }
    }
    for (const [url, job] of this.jobs) {
      if (wanted.has(url)) continue;
      job.controller?.abort();
      this.jobs.delete(url);
    }
    for (const [url, want] of wanted) {
      const job = this.jobs.get(url);
      if (job) job.want = want;
      else if (!this.isReady(url) && !this.failures.has(url)) {
        this.jobs.set(url, { want, controller: null, notBefore: 0, pending: 0, failing: 0 });
      }
    }
    this.pump();
  }

  private pump(): void {
    const now = Date.now();
    let running = 0;
    const waiting: Job[] = [];
    let earliest = Number.POSITIVE_INFINITY;
    for (const job of this.jobs.values()) {
      if (job.controller) running += 1;
      else if (job.notBefore <= now) waiting.push(job);
      else earliest = Math.min(earliest, job.notBefore);
    }
    waiting.sort((one, other) => one.want.priority - other.want.priority);
    for (const job of waiting) {
      if (running >= (job.want.priority < URGENT_BELOW ? CONCURRENCY : CONCURRENCY_AHEAD)) break;
      running += 1;
      void this.run(job);
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = Number.isFinite(earliest) ? setTimeout(() => this.pump(), earliest - now + 1) : null;
  }

  private async run(job: Job): Promise<void> {
    const controller = new AbortController();
    job.controller = controller;
    const { url } = job.want;
    try {
      const outcome = await this.load(job.want, controller.signal);
      if (outcome.ready) {
        if (this.jobs.get(url) === job) this.jobs.delete(url);
        this.loaded.emit(url);
      } else {
        this.postpone(job, outcome.retrySeconds);
      }
    } catch (error) {
      if (!isAbort(error)) this.retryOrFail(job, asRequestError(error));
    } finally {
      job.controller = null;
      this.pump();
    }
  }

  /** The server is rendering: ask again a little later than it said, the more often asked the later. */
  private postpone(job: Job, retrySeconds: number): void {
    job.pending += 1;
    const seconds = Math.min(10, retrySeconds * (1 + 0.1 * job.pending)) * (1 + 0.25 * this.jitter());
    job.notBefore = Date.now() + seconds * 1000;
    if (job.pending >= ATTEMPTS_PENDING) {
      this.giveUp(job, new RequestError("server", t("The server did not finish this image in time.")));
    }
  }

  private retryOrFail(job: Job, error: RequestError): void {
    job.failing += 1;
    const transient = error.kind === "network" || error.kind === "server";
    if (transient && job.failing < ATTEMPTS_FAILING) {
      job.notBefore = Date.now() + 500 * 2 ** job.failing * (1 + 0.25 * this.jitter());
      return;
    }
    this.giveUp(job, error);
  }

  private giveUp(job: Job, error: RequestError): void {
    const { url } = job.want;
    this.jobs.delete(url);
    this.failures.set(url, error);
    this.failed.emit({ url, error });
  }
}

function asRequestError(error: unknown): RequestError {
  return error instanceof RequestError
    ? error
    : new RequestError("unshowable", t("This image cannot be read."));
}
