import { RequestError } from "../api/client";
import { ShapeError } from "../api/fields";
import { Emitter } from "../core/emitter";
import { t } from "../core/i18n";
import { type HangingHost, hangScreen } from "./hang";
import type { HangingProtocol } from "./protocol";
import { StageMemory } from "./stageMemory";

/** Which protocol hangs, and at which of its stages. */
export class Hanger {
  readonly changed = new Emitter<void>();
  private hung: HangingProtocol | null = null;
  private stage = 0;
  private hangings = 0;
  private readonly memory = new StageMemory();

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

  /** Hang a protocol from its first stage, or another stage of it; what the reader had changed in it is there again. */
  async hang(protocol: HangingProtocol, stageIndex = 0): Promise<void> {
    const stage = protocol.stages[stageIndex];
    if (!stage) return;
    const { grid, sync } = this.host;
    if (this.hung) this.memory.keep(this.stageName(), grid.viewports, sync.links);
    this.hung = protocol;
    this.stage = stageIndex;
    this.hangings += 1;
    const hanging = this.hangings;
    const name = this.stageName();
    this.memory.start(stage.link);
    this.changed.emit();
    try {
      await hangScreen(this.host, {
        screen: stage,
        links: this.memory.linksOf(name) ?? stage.link,
        isAsked: () => this.hangings === hanging,
        hung: (index, viewport) => {
          this.memory.noteHung(viewport);
          this.memory.bringBack(name, index, viewport);
        },
        fused: (index, viewport) => this.memory.noteFused(name, index, viewport),
      });
    } catch (error) {
      if (!(error instanceof RequestError || error instanceof ShapeError)) throw error;
      this.say(t("The prior did not come: {reason}", { reason: error.message }));
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
    this.memory.clear();
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

  /** A protocol that got another name or other criteria. */
  exchange(protocol: HangingProtocol): void {
    this.offered = this.offered.map((one) => (one.id === protocol.id ? protocol : one));
    if (this.hung?.id === protocol.id) this.hung = protocol;
    this.changed.emit();
  }

  withdraw(protocol: HangingProtocol): void {
    this.offered = this.offered.filter(({ id }) => id !== protocol.id);
    if (this.hung?.id === protocol.id) this.hung = null;
    this.changed.emit();
  }

  /** The stage as its protocol says, whatever the reader has changed since. */
  again(): void {
    if (!this.hung) return;
    const { hung, stage } = this;
    this.memory.forget(this.stageName());
    this.hung = null;
    void this.hang(hung, stage);
  }

  private stageName(): string {
    return `${this.hung?.id} ${this.stage}`;
  }
}
