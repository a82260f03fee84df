import { type Disposer, DisposerBag } from "../core/disposable";
import type { PairChannel } from "../core/pairChannel";
import type { ViewportGrid } from "./layout";
import { type OtherWindow, Teller, type Told } from "./otherWindow";
import type { LocatedPoint, ShownImages } from "./shownImages";
import type { Links, Synchronizer } from "./synchronizer";
import type { ViewportChange } from "./viewport";

/** What two windows tell each other about their pictures. */
export type StepMessage =
  | { readonly kind: "views"; readonly told: Told }
  | { readonly kind: "links"; readonly links: Links }
  | { readonly kind: "led"; readonly place: number; readonly change: ViewportChange }
  | { readonly kind: "linked-here" }
  | { readonly kind: "point"; readonly located: LocatedPoint | null };

/** What is kept in step. */
export interface StepHost {
  readonly grid: ViewportGrid;
  readonly sync: Synchronizer;
  readonly shown: ShownImages;
  readonly other: OtherWindow;
}

/** Keeps the pictures of two windows in step: links, lines where they cut each other, and the place pointed at. */
export class WindowsInStep {
  private readonly bag = new DisposerBag();
  private readonly teller = new Teller();
  private links: Links;
  private located: LocatedPoint | null;

  constructor(
    private readonly host: StepHost,
    private readonly channel: Pick<PairChannel<StepMessage>, "send">,
  ) {
    const { grid, sync, shown, other } = host;
    this.links = sync.links;
    this.located = shown.locatedPoint;
    const tell = () => this.tell();
    this.bag.add(grid.changed.subscribe(tell));
    this.bag.add(attachToEach(grid, tell));
    this.bag.add(sync.changed.subscribe(() => this.tellLinks()));
    this.bag.add(
      sync.led.subscribe(({ viewport, change }) => {
        this.tellLinks();
        this.tell();
        channel.send({ kind: "led", place: this.views.indexOf(viewport), change });
      }),
    );
    this.bag.add(
      sync.linkedHere.subscribe(() => {
        this.tell();
        channel.send({ kind: "linked-here" });
      }),
    );
    this.bag.add(shown.changed.subscribe(() => this.tellPoint()));
    this.bag.add(
      other.changed.subscribe(() => {
        shown.setOthers(other.images);
        sync.setOthers(other.views);
      }),
    );
    this.bag.add(() => other.clear());
  }

  dispose(): void {
    this.bag.dispose();
  }

  /** The other window has come: tell it everything. The first window says what is linked. */
  meet(isFirst: boolean): void {
    this.teller.startAgain();
    this.tell();
    if (isFirst) this.channel.send({ kind: "links", links: this.host.sync.links });
  }

  receive(message: StepMessage): void {
    const { sync, shown, other } = this.host;
    if (message.kind === "views") other.take(message.told);
    else if (message.kind === "links") {
      this.links = message.links;
      sync.takeLinks(message.links);
    } else if (message.kind === "led") {
      const driver = other.views[message.place];
      if (driver) sync.followOther(driver, message.change);
    } else if (message.kind === "linked-here") sync.rememberHere();
    else {
      this.located = message.located;
      shown.setLocatedPoint(message.located);
      if (message.located) sync.showPoint(message.located.frameOfReferenceUid, message.located.point);
    }
  }

  private get views() {
    return this.host.grid.visible.filter(({ stack }) => stack !== null);
  }

  private tell(): void {
    const patients = this.host.grid.visible.flatMap(({ study }) => study?.patient ?? []);
    const told = this.teller.tell(this.views, patients);
    if (told) this.channel.send({ kind: "views", told });
  }

  private tellLinks(): void {
    const { links } = this.host.sync;
    if (links === this.links) return;
    this.links = links;
    this.channel.send({ kind: "links", links });
  }

  private tellPoint(): void {
    const located = this.host.shown.locatedPoint;
    if (located === this.located) return;
    this.located = located;
    this.channel.send({ kind: "point", located });
  }
}

/** Also for viewports that are made later; all is undone together. */
function attachToEach(grid: ViewportGrid, tell: () => void): Disposer {
  const bag = new DisposerBag();
  bag.add(grid.attach((viewport) => bag.add(viewport.paintedChanged.subscribe(tell))));
  return () => bag.dispose();
}
