import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { Emitter } from "../core/emitter";
import { type Introduction, PairChannel } from "../core/pairChannel";
import { keepReadingList, keptReadingList } from "../core/readingList";
import { forgetPair, keptPlace, newPair, type PairPlace } from "../core/windowPair";
import { screenOf } from "../hanging/example";
import type { HungStage } from "../hanging/hanger";
import type { Screen } from "../hanging/protocol";
import { type StepMessage, WindowsInStep } from "../viewport/windowsInStep";
import { showSeriesOf } from "./beside";
import { leaveNow } from "./leaving";
import { pixelOfThisMonitor } from "./trueSize";
import type { ViewerContext } from "./viewerContext";

const STUDY_PAGE = /^\/viewer\/studies\/([0-9.]+)\/$/;
const ANSWER_MS = 500;
const SAVED_MS = 3000;

/** A series that is put into the active picture of the other window. */
export interface SentSeries {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly imageIndex: number;
}

type PairMessage =
  | StepMessage
  | { readonly kind: "study"; readonly studyInstanceUid: string }
  | { readonly kind: "series"; readonly sent: SentSeries }
  | { readonly kind: "hung"; readonly hung: HungStage }
  | { readonly kind: "describe" }
  | { readonly kind: "described"; readonly screen: Screen }
  | { readonly kind: "looked"; readonly keys: readonly string[] }
  | { readonly kind: "close" };

/** Two windows of one reader on one study: what is chosen in one reaches the other. */
export class Pairing {
  readonly changed = new Emitter<void>();
  private readonly described = new Emitter<Screen>();
  private readonly reader: string;
  private bag = new DisposerBag();
  private channel: PairChannel<PairMessage> | null = null;
  private step: WindowsInStep | null = null;
  /** The study that this window shows or is about to go to. */
  private study: string;

  constructor(private readonly context: ViewerContext) {
    const { dataset } = context.page;
    this.reader = dataset.reader ?? "";
    this.study = dataset.studyInstanceUid ?? "";
    const place = keptPlace(sessionStorage, window.name, this.reader);
    if (place) this.join(place);
  }

  dispose(): void {
    this.bag.dispose();
  }

  get isConnected(): boolean {
    return this.channel?.isConnected ?? false;
  }

  get isSecond(): boolean {
    return this.channel?.place.screen === 2;
  }

  /** This window as the first of a pair, a new one where there is none. */
  asFirst(): PairPlace {
    if (!this.channel) this.join(newPair(sessionStorage, this.reader));
    return (this.channel as PairChannel<PairMessage>).place;
  }

  closeOther(): void {
    this.channel?.send({ kind: "close" });
  }

  sendSeries(sent: SentSeries): void {
    this.channel?.send({ kind: "series", sent });
  }

  /** What hangs in the other window; null where there is none. */
  describeOther(): Promise<Screen | null> {
    if (!this.isConnected) return Promise.resolve(null);
    return new Promise((resolve) => {
      const settle = (screen: Screen | null) => {
        clearTimeout(timer);
        stop();
        resolve(screen);
      };
      const timer = setTimeout(() => settle(null), ANSWER_MS);
      const stop = this.described.subscribe(settle);
      this.channel?.send({ kind: "describe" });
    });
  }

  private join(place: PairPlace): void {
    const { context } = this;
    const { grid, sync, shown, other, hanger, lookedAt } = context;
    const channel = new PairChannel<PairMessage>(place, () => this.introduction());
    this.channel = channel;
    this.step = new WindowsInStep({ grid, sync, shown, other }, channel);
    this.bag.add(() => this.step?.dispose());
    this.bag.add(channel.met.subscribe((introduction) => this.meet(introduction)));
    this.bag.add(channel.received.subscribe((message) => this.receive(message)));
    this.bag.add(
      channel.parted.subscribe(() => {
        other.clear();
        this.changed.emit();
      }),
    );
    this.bag.add(channel.taken.subscribe(() => this.standAlone()));
    this.bag.add(hanger.chosen.subscribe((hung) => channel.send({ kind: "hung", hung })));
    this.bag.add(lookedAt.added.subscribe((key) => channel.send({ kind: "looked", keys: [key] })));
    this.bag.add(
      listen<CustomEvent<string>>(context.page, "viewer:left", ({ detail }) => this.leaveFor(detail)),
    );
    this.bag.add(openWhileShown(channel));
    hanger.screenNumber = place.screen;
  }

  /** This window goes to another study now; the other one goes along. */
  private leaveFor(url: string): void {
    const studyInstanceUid = STUDY_PAGE.exec(new URL(url, location.href).pathname)?.[1];
    if (!studyInstanceUid || studyInstanceUid === this.study) return;
    this.study = studyInstanceUid;
    this.channel?.send({ kind: "study", studyInstanceUid });
  }

  private introduction(): Introduction {
    return { reader: this.reader, study: this.study, readingList: keptReadingList(sessionStorage).uids };
  }

  /** The first window decides which study is read; the list that it comes from is the same in both. */
  private meet({ study, readingList }: Introduction): void {
    const { hanger, lookedAt } = this.context;
    this.changed.emit();
    this.channel?.send({ kind: "looked", keys: lookedAt.keys });
    if (this.isSecond) {
      keepReadingList(readingList, sessionStorage);
      if (study !== this.study) {
        void this.goTo(study);
        return;
      }
    } else if (hanger.protocol) {
      const hung = { protocol: hanger.protocol, stageIndex: hanger.stageIndex };
      this.channel?.send({ kind: "hung", hung });
    }
    this.step?.meet(!this.isSecond);
  }

  private receive(message: PairMessage): void {
    const { context } = this;
    if (message.kind === "study") void this.goTo(message.studyInstanceUid);
    else if (message.kind === "series") void showSeriesOf(context, message.sent, context.grid.active);
    else if (message.kind === "hung") context.hanger.follow(message.hung);
    else if (message.kind === "describe")
      this.channel?.send({ kind: "described", screen: screenHere(context) });
    else if (message.kind === "described") this.described.emit(message.screen);
    else if (message.kind === "looked") context.lookedAt.take(message.keys);
    else if (message.kind === "close") window.close();
    else this.step?.receive(message);
  }

  /** What is not saved yet is saved first. */
  private async goTo(studyInstanceUid: string): Promise<void> {
    const { saving, page } = this.context;
    const before = this.study;
    if (studyInstanceUid === before) return;
    this.study = studyInstanceUid;
    saving.retry();
    const latest = Date.now() + SAVED_MS;
    while (saving.hasUnsaved && Date.now() < latest) await new Promise((resolve) => setTimeout(resolve, 100));
    leaveNow(page, location.pathname.replace(before, studyInstanceUid));
  }

  /** This window is a copy of one of the pair. */
  private standAlone(): void {
    this.bag.dispose();
    this.channel = null;
    this.step = null;
    if (window.name !== "") window.name = "";
    forgetPair(sessionStorage);
    this.context.hanger.screenNumber = 1;
    this.changed.emit();
  }
}

/** What hangs in this window, also while one of its pictures is shown alone. */
export function screenHere({ grid, studies }: ViewerContext): Screen {
  const viewports = grid.viewports.slice(0, grid.shape.cells.length);
  return screenOf({ split: grid.shape, viewports, studies, mmPerDevicePixel: pixelOfThisMonitor() });
}

/** A page that the browser keeps in memory is not there for the other window. */
function openWhileShown(channel: PairChannel<PairMessage>): Disposer {
  const bag = new DisposerBag();
  channel.open();
  bag.add(() => channel.close());
  bag.add(listen(window, "pagehide", () => channel.close()));
  bag.add(
    listen<PageTransitionEvent>(window, "pageshow", (event) => {
      if (event.persisted) channel.open();
    }),
  );
  return () => bag.dispose();
}
