import { Emitter } from "./emitter";
import type { PairPlace } from "./windowPair";

/** Raised when the messages change, so that windows of two releases do not talk to each other. */
const VERSION = 1;
/** So long a window waits for another one that has its place already. */
const CLAIM_MS = 100;

/** What each window tells of itself when they meet. */
export interface Introduction {
  readonly reader: string;
  readonly study: string;
  readonly readingList: readonly string[];
}

type Envelope<Message> = { readonly from: string; readonly screen: 1 | 2 } & (
  | { readonly kind: "hello" | "welcome"; readonly introduction: Introduction }
  | { readonly kind: "claim" }
  | { readonly kind: "taken"; readonly to: string }
  | { readonly kind: "bye" }
  | { readonly kind: "message"; readonly message: Message }
);

/** Talks to the other window of a pair, and knows whether it is there. */
export class PairChannel<Message> {
  readonly received = new Emitter<Message>();
  readonly met = new Emitter<Introduction>();
  readonly parted = new Emitter<void>();
  /** Another window has this window's place: this one is a copy of it. */
  readonly taken = new Emitter<void>();
  private readonly self = crypto.getRandomValues(new Uint32Array(4)).join(".");
  private channel: BroadcastChannel | null = null;
  private other = "";
  private claim: ReturnType<typeof setTimeout> | undefined;

  /** @param introduce what to tell of this window, asked for at each meeting. */
  constructor(
    readonly place: PairPlace,
    private readonly introduce: () => Introduction,
  ) {}

  get isConnected(): boolean {
    return this.other !== "";
  }

  open(): void {
    this.channel?.close();
    this.channel = new BroadcastChannel(`viewer-${VERSION}-${this.place.pair}`);
    this.channel.onmessage = ({ data }: MessageEvent<Envelope<Message>>) => this.receive(data);
    this.post({ kind: "claim" });
    this.claim = setTimeout(() => this.post({ kind: "hello", introduction: this.introduce() }), CLAIM_MS);
  }

  send(message: Message): void {
    if (this.isConnected) this.post({ kind: "message", message });
  }

  close(): void {
    clearTimeout(this.claim);
    this.post({ kind: "bye" });
    this.channel?.close();
    this.channel = null;
    this.part();
  }

  private post(content: Record<string, unknown>): void {
    this.channel?.postMessage({ ...content, from: this.self, screen: this.place.screen });
  }

  private receive(envelope: Envelope<Message>): void {
    const { from, screen } = envelope;
    if (envelope.kind === "taken") {
      if (envelope.to === this.self) this.giveUp();
      return;
    }
    if (screen === this.place.screen) {
      if (envelope.kind === "claim") this.post({ kind: "taken", to: from });
      return;
    }
    if (envelope.kind === "message") this.received.emit(envelope.message);
    else if (envelope.kind === "bye") this.part(from);
    else if (envelope.kind !== "claim" && envelope.introduction.reader === this.introduce().reader) {
      const isNew = from !== this.other;
      this.other = from;
      if (envelope.kind === "hello") this.post({ kind: "welcome", introduction: this.introduce() });
      if (isNew) this.met.emit(envelope.introduction);
    }
  }

  private giveUp(): void {
    clearTimeout(this.claim);
    this.taken.emit();
  }

  /** The page before may say goodbye after the next one has said hello. */
  private part(from = this.other): void {
    if (!this.isConnected || from !== this.other) return;
    this.other = "";
    this.parted.emit();
  }
}
