import { RequestError } from "../api/client";
import { ShapeError } from "../api/fields";
import { Emitter } from "../core/emitter";
import { t } from "../core/i18n";
import type { Links } from "../viewport/synchronizer";
import { type HangingHost, hangScreen } from "./hang";
import type { HangingProtocol, Screen } from "./protocol";
import { StageMemory } from "./stageMemory";

/** A stage of a protocol. */
export interface HungStage {
  readonly protocol: HangingProtocol;
  readonly stageIndex: number;
}

/** Which protocol hangs, and at which of its stages. */
export class Hanger {
  readonly changed = new Emitter<void>();
  /** The reader had a stage hung here: a second window hangs its own screen of it. */
  readonly chosen = new Emitter<HungStage>();
  /** Which screen of a stage hangs in this window. */
  screenNumber: 1 | 2 = 1;
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
    this.chosen.emit({ protocol, stageIndex });
    await this.show(protocol, stageIndex);
  }

  /** What was chosen in the other window; nothing changes where it hangs already. */
  follow({ protocol, stageIndex }: HungStage): void {
    const isHung = this.hung?.id === protocol.id && this.stage === stageIndex;
    if (!isHung) void this.show(protocol, stageIndex);
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

  private async show(protocol: HangingProtocol, stageIndex: number): Promise<void> {
    const stage = protocol.stages[stageIndex];
    if (!stage) return;
    const { grid, sync } = this.host;
    if (this.hung) this.memory.keep(this.stageName(), grid.viewports, sync.links);
    this.hung = protocol;
    this.stage = stageIndex;
    const name = this.stageName();
    this.changed.emit();
    const screen = this.screenNumber === 1 ? stage : stage.secondScreen;
    if (screen) await this.hangScreen(name, screen, stage.link);
    this.changed.emit();
  }

  private async hangScreen(name: string, screen: Screen, links: Links): Promise<void> {
    this.hangings += 1;
    const hanging = this.hangings;
    this.memory.start(links);
    try {
      await hangScreen(this.host, {
        screen,
        links: this.memory.linksOf(name) ?? links,
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
  }

  private stageName(): string {
    return `${this.hung?.id} ${this.stage}`;
  }
}
