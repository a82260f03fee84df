import { RequestError } from "../api/client";
import { ShapeError } from "../api/fields";
import { Emitter } from "../core/emitter";
import { type HangingHost, hangStage } from "./hang";
import type { HangingProtocol } from "./protocol";

/** Which protocol hangs, and at which of its stages. */
export class Hanger {
  readonly changed = new Emitter<void>();
  private hung: HangingProtocol | null = null;
  private stage = 0;
  private hangings = 0;

  constructor(
    private readonly host: HangingHost,
    private offered: readonly HangingProtocol[],
    private readonly say: (problem: string) => void,
  ) {}

  /** The protocols that fit the study, the one to hang first. */
  get protocols(): readonly HangingProtocol[] {
    return this.offered;
  }

  get protocol(): HangingProtocol | null {
    return this.hung;
  }

  get stageIndex(): number {
    return this.stage;
  }

  /** Hang a protocol from its first stage, or another stage of it. */
  async hang(protocol: HangingProtocol, stageIndex = 0): Promise<void> {
    const stage = protocol.stages[stageIndex];
    if (!stage) return;
    this.hung = protocol;
    this.stage = stageIndex;
    this.hangings += 1;
    const hanging = this.hangings;
    this.changed.emit();
    try {
      await hangStage(this.host, stage, () => this.hangings === hanging);
    } catch (error) {
      if (!(error instanceof RequestError || error instanceof ShapeError)) throw error;
      this.say(`The prior did not come: ${error.message}`);
    }
    this.changed.emit();
  }

  /** The next stage, or the one before. */
  step(by: number): void {
    const next = this.stage + by;
    if (this.hung?.stages[next]) void this.hang(this.hung, next);
  }

  /** A protocol that was just saved from what is on the screen, and so hangs already. */
  adopt(protocol: HangingProtocol): void {
    this.offered = [protocol, ...this.offered.filter(({ id }) => id !== protocol.id)];
    this.hung = protocol;
    this.stage = Math.min(this.stage, protocol.stages.length - 1);
    this.changed.emit();
  }

  /** Offer a protocol that came from a file, or no longer one that was deleted. */
  offer(protocol: HangingProtocol): void {
    this.offered = [protocol, ...this.offered.filter(({ id }) => id !== protocol.id)];
    this.changed.emit();
  }

  withdraw(protocol: HangingProtocol): void {
    this.offered = this.offered.filter(({ id }) => id !== protocol.id);
    if (this.hung?.id === protocol.id) this.hung = null;
    this.changed.emit();
  }

  /** The stage as it was hung, whatever the reader has changed since. */
  again(): void {
    if (this.hung) void this.hang(this.hung, this.stage);
  }
}
