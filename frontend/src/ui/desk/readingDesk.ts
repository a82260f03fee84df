import { RequestError } from "../../api/client";
import { type DeskAction, type ReadingDesk, ReadingDeskApi } from "../../api/readingDesk";
import { followStudies } from "../../api/studyEvents";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import type { Command } from "../command";
import { required } from "../dom";
import { beforeLeaving, leaveNow, leaveTo } from "../leaving";
import { showMessage } from "../message";
import { followOverdueStat } from "../overdueStat";
import type { ViewerContext } from "../viewerContext";
import { DeskBar } from "./deskBar";
import { keepLayout, restoreLayout } from "./keptLayout";

/** How often the server hears that the reader still has the study before him; it waits for twenty minutes. */
const STILL_READING_MS = 60_000;
const SAID_OF = {
  claim: () => t("The study is yours to read."),
  release: () => t("The study is back in the list."),
  suspend: () => t("Laid aside for you; it is under “Mine”."),
};

/** What the keys do; the bar does the same with buttons. */
export function deskCommands(page: HTMLElement): Command[] {
  const asked = (id: string, label: string, key: string): Command => ({
    id,
    label,
    group: "page",
    keys: key ? [key] : [],
    run: () => page.dispatchEvent(new CustomEvent("viewer:desk", { detail: id })),
  });
  return [
    asked("read-study", t("Read this study"), ""),
    asked("final-and-next", t("Final, and the next study to read"), "Ctrl+Enter"),
    asked("next-to-read", t("Next study to read"), "Ctrl+Shift+ArrowRight"),
    asked("lay-aside", t("Lay the study aside"), ""),
    asked("order-and-notes", t("Order and notes"), "Ctrl+i"),
    asked("to-overdue-stat", t("To the overdue STAT studies"), "Ctrl+Shift+ArrowUp"),
  ];
}

/** Show where the study stands on its way to the report, and let its reader move it on. */
export function attachReadingDesk(page: HTMLElement, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  const desk = new Desk(page, context);
  bag.add(listen<CustomEvent<string>>(page, "viewer:desk", (event) => void desk.command(event.detail)));
  bag.add(
    followStudies(page.dataset.eventsUrl ?? "", {
      study: (uid) => {
        if (uid === page.dataset.studyInstanceUid) void desk.refresh();
      },
      state: () => undefined,
      missed: () => void desk.refresh(),
    }),
  );
  bag.add(
    followOverdueStat(desk.overdueStat, {
      url: page.dataset.overdueStatUrl ?? "",
      eventsUrl: page.dataset.eventsUrl ?? "",
    }),
  );
  bag.add(
    listen(desk.overdueStat, "click", (event) => {
      event.preventDefault();
      desk.goToOverdueStat();
    }),
  );
  const heartbeat = window.setInterval(() => void desk.stillReading(), STILL_READING_MS);
  const clock = window.setInterval(() => desk.tick(), STILL_READING_MS / 4);
  bag.add(() => clearInterval(heartbeat));
  bag.add(() => clearInterval(clock));
  void desk.open();
  return () => bag.dispose();
}

class Desk {
  private readonly api: ReadingDeskApi;
  private readonly bar: DeskBar;
  private now: ReadingDesk | null = null;

  constructor(
    private readonly page: HTMLElement,
    private readonly context: ViewerContext,
  ) {
    const { readingUrl = "", nextUrl = "" } = page.dataset;
    this.api = new ReadingDeskApi(readingUrl, nextUrl);
    this.bar = new DeskBar(required<HTMLElement>("[data-part=desk]", page), {
      act: (action, reason) => void this.act(action, reason),
      next: () => this.goToNext(),
    });
  }

  get overdueStat(): HTMLAnchorElement {
    return this.bar.overdueStat;
  }

  /** Go to the list of what nobody has begun; the reader may first be shown what was not looked at. */
  goToOverdueStat(): void {
    if (!this.overdueStat.hidden) leaveTo(this.page, this.overdueStat.href);
  }

  async open(): Promise<void> {
    await this.refresh();
    if (this.now?.isOwn && this.now.isSuspended) await this.comeBack();
  }

  async refresh(): Promise<void> {
    try {
      const before = this.now;
      this.now = await this.api.desk();
      this.bar.show(this.now);
      if (before?.isOwn && this.now && !this.now.isOwn && this.now.claimedBy) {
        showMessage(this.page, t("{name} has taken the study over.", { name: this.now.claimedBy }));
      }
    } catch (error) {
      if (error instanceof RequestError && error.kind === "missing") {
        this.now = null;
        this.bar.showEnded();
      }
      // Else the bar keeps what it shows; the next notice or press asks again.
    }
  }

  async command(id: string): Promise<void> {
    if (id === "order-and-notes") this.bar.toggleNotes();
    else if (id === "to-overdue-stat") this.goToOverdueStat();
    else if (id === "read-study") await this.act("claim");
    else if (id === "lay-aside") await this.act("suspend");
    else if (id === "next-to-read") this.goToNext();
    // What was final gets an addendum; that is no routine and has no key.
    else if (id === "final-and-next") this.goToNext("final");
  }

  async stillReading(): Promise<void> {
    if (!this.now?.isOwn || this.now.isSuspended || document.hidden) return;
    try {
      if (!(await this.api.stillReading())) await this.refresh();
    } catch {
      // Twenty of these may be lost before the study goes back to the list.
    }
  }

  tick(): void {
    this.bar.tick();
  }

  /** @returns whether it was done. */
  async act(action: DeskAction, reason = ""): Promise<boolean> {
    try {
      const layout = action === "suspend" ? { layout: keepLayout(this.context) } : {};
      await this.api.act(action, { reason, ...layout });
      const said = SAID_OF[action as keyof typeof SAID_OF];
      if (said) showMessage(this.page, said());
      await this.refresh();
      return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      showMessage(this.page, error.message);
      await this.refresh();
      return false;
    }
  }

  private async comeBack(): Promise<void> {
    const layout = this.now?.layout;
    if (await this.act("claim")) await restoreLayout(this.context, layout);
  }

  /** First show what was not looked at; then finish this study where that is wished, claim the next and open it. */
  private goToNext(finish?: DeskAction): void {
    beforeLeaving(this.page, () => void this.claimNext(finish));
  }

  private async claimNext(finish?: DeskAction): Promise<void> {
    if (finish && !(await this.act(finish))) return;
    try {
      const url = await this.api.claimNext(this.page.dataset.studyInstanceUid ?? "");
      if (url === null) showMessage(this.page, t("Nothing is left to read."));
      else leaveNow(this.page, url);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      showMessage(this.page, error.message);
    }
  }
}
