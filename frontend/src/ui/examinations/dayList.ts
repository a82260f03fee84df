import { request } from "../../api/client";
import { followStudies, type LiveState } from "../../api/studyEvents";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { required } from "../dom";

/** Keeps the rows of a day up to date, and the filters working without a press on their button. */
export function attachDayList(main: HTMLElement): Disposer {
  const bag = new DisposerBag();
  const list = new DayList(main);
  bag.add(
    followStudies(main.dataset.eventsUrl ?? "", {
      study: (uid) => list.notice(uid),
      state: (state) => list.showState(state),
      missed: () => location.reload(),
    }),
  );
  const filters = required<HTMLFormElement>("[data-part=filters]", main);
  bag.add(listen(filters, "change", (event) => submitWhenChosen(filters, event)));
  return () => bag.dispose();
}

/** A date that is typed is one after each digit: it is asked for when the reader pauses. */
const TYPING_MS = 1_000;
let typing = 0;

function submitWhenChosen(filters: HTMLFormElement, { target }: Event): void {
  window.clearTimeout(typing);
  const isTyped = target instanceof HTMLInputElement && target.type === "date";
  if (isTyped) typing = window.setTimeout(() => filters.requestSubmit(), TYPING_MS);
  else filters.requestSubmit();
}

/** A UID that has no row in this list is not asked for again within this time: an arriving CT tells of each image. */
const ELSEWHERE_MS = 20_000;

class DayList {
  private readonly body: HTMLElement;
  private readonly queue = new Set<string>();
  private readonly elsewhere = new Map<string, number>();
  private isWorking = false;

  constructor(private readonly main: HTMLElement) {
    this.body = required<HTMLElement>("[data-part=rows]", main);
  }

  notice(uid: string): void {
    const asked = this.elsewhere.get(uid);
    if (asked !== undefined && performance.now() - asked < ELSEWHERE_MS) return;
    this.queue.add(uid);
    if (!this.isWorking) void this.work();
  }

  showState(state: LiveState): void {
    const words = {
      live: t("Live"),
      lost: t("Connection lost, trying again"),
      ended: t("No more updates: reload the page"),
    };
    const live = required<HTMLElement>("[data-part=live]", this.main);
    live.dataset.state = state === "live" ? "live" : "lost";
    live.textContent = words[state];
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    try {
      for (const uid of this.queue) {
        this.queue.delete(uid);
        await this.refresh(uid);
      }
    } finally {
      this.isWorking = false;
    }
  }

  private async refresh(uid: string): Promise<void> {
    const rows = await this.rows(uid);
    if (rows === null) return;
    const gone = this.rowsOf(uid).filter((old) => !rows.some((row) => row.dataset.step === old.dataset.step));
    for (const row of gone) if (!isInUse(row)) row.remove();
    if (rows.length === 0) this.elsewhere.set(uid, performance.now());
    else this.elsewhere.delete(uid);
    for (const row of rows) this.put(row);
  }

  private rowsOf(uid: string): HTMLTableRowElement[] {
    return [...this.body.querySelectorAll<HTMLTableRowElement>(`tr[data-uids~="${CSS.escape(uid)}"]`)];
  }

  private async rows(uid: string): Promise<HTMLTableRowElement[] | null> {
    const url = (this.main.dataset.rowsUrl ?? "").replace("/0.0/", `/${encodeURIComponent(uid)}/`);
    try {
      const response = await request(url, { headers: { Accept: "text/html" } });
      const html = `<table><tbody>${await response.text()}</tbody></table>`;
      return [
        ...new DOMParser().parseFromString(html, "text/html").querySelectorAll<HTMLTableRowElement>("tr"),
      ];
    } catch {
      // The next notice, or the page's own reload, brings the row.
      return null;
    }
  }

  /** Replace the row of a step where it stands; a new step takes its place by time. */
  private put(fresh: HTMLTableRowElement): void {
    const row = document.importNode(fresh, true);
    for (const next of row.querySelectorAll<HTMLInputElement>("input[name=next]")) {
      next.value = `${location.pathname}${location.search}#${row.id}`;
    }
    const old = this.body.querySelector<HTMLTableRowElement>(`tr[data-step="${row.dataset.step}"]`);
    if (old !== null) {
      if (isInUse(old)) return;
      old.replaceWith(row);
    } else {
      const later = [...this.body.querySelectorAll<HTMLTableRowElement>("tr")].find(
        (one) => timeOf(one) > timeOf(row),
      );
      this.body.insertBefore(row, later ?? null);
      required<HTMLElement>("[data-part=table]", this.main).hidden = false;
      this.main.querySelector("[data-part=empty]")?.remove();
    }
    row.classList.add("examination--changed");
  }
}

/** A menu that somebody has opened, or a reason being typed, is not taken away. */
function isInUse(row: HTMLElement): boolean {
  return row.contains(document.activeElement) || row.querySelector("details[open]") !== null;
}

function timeOf(row: HTMLTableRowElement): string {
  return row.cells[0]?.textContent?.trim() ?? "";
}
