import { WorklistApi } from "../../api/worklist";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { keepReadingList } from "../../core/readingList";
import { required } from "../dom";
import { followOverdueStat } from "../overdueStat";
import { rememberLook } from "../preferences";
import { attachActions, showActions } from "./actions";
import { attachClocks } from "./clock";
import { attachDialogs } from "./dialogs";
import { LiveList } from "./live";
import { attachListNavigation } from "./navigation";
import { QuickLook } from "./quickLook";
import { speakMoments, studyRows, uidOfRow } from "./rows";
import { Selection } from "./selection";
import { SeriesViews } from "./series";
import { TabCounts } from "./tabs";

/** Bring the server's list to life. Without this script the list still searches, sorts, turns pages and opens. */
export function openWorklist(page: HTMLElement): Disposer {
  const bag = new DisposerBag();
  const part = <E extends HTMLElement>(name: string) => required<E>(`[data-part=${name}]`, page);
  const api = apiOf(page);
  const overdueStat = part<HTMLAnchorElement>("overdue-stat");
  const [body, bar, tabs] = [part("rows"), part("bulk"), part("tabs")];
  const series = new SeriesViews(api, part("peek"));
  const look = new QuickLook(api, part("quick-look"), body);
  const counts = new TabCounts(tabs, api);
  const live = new LiveList({
    api,
    eventsUrl: page.dataset.eventsUrl ?? "",
    body,
    scroll: part("scroll"),
    newButton: part<HTMLButtonElement>("new"),
    status: part("live"),
    isFirst: page.dataset.isFirst === "true",
    isDescending: page.dataset.isDescending === "true",
    sort: page.dataset.sort ?? "",
    hasNext: page.dataset.hasNext === "true",
    reload: () => reloadList(page, api),
    changed: () => counts.refresh(),
  });
  const all = required<HTMLInputElement>("[data-action=select-all]", page);
  const selection = new Selection(body, all, (rows) => showActions(bar, rows));
  speakMoments(body);
  bag.add(series.attachPeek(body));
  bag.add(look.attach());
  bag.add(listen(page, "click", (event) => openLook(event, look, selection)));
  bag.add(
    attachListNavigation({
      body,
      search: part<HTMLInputElement>("search"),
      expand: (row, open) => series.expand(row, open),
      turnPage: (direction) => page.querySelector<HTMLAnchorElement>(`[data-page=${direction}]`)?.click(),
      select: (row) => {
        row.focus({ preventScroll: true });
        selection.toggle(row);
      },
      selectAll: (isSelected) => selection.selectAll(isSelected),
      look: (row) => look.toggle(row),
      timeline: (row) => void look.openTimeline(row),
      closeLook: () => look.close(),
      toActions: () => bar.querySelector<HTMLElement>("button:not([hidden]), select")?.focus(),
      openList: (place) => tabs.querySelectorAll<HTMLAnchorElement>("a")[place - 1]?.click(),
      takeIn: () => void live.takeIn(),
      toOverdueStat: () => {
        if (!overdueStat.hidden) overdueStat.click();
      },
      showKeys: () => required<HTMLDialogElement>("[data-dialog=keys]", page).showModal(),
    }),
  );
  bag.add(live.attach());
  bag.add(selection.attach());
  bag.add(
    attachActions({
      api,
      bar,
      results: part("results"),
      reason: required<HTMLDialogElement>("[data-dialog=reason]", page),
      body,
      selection,
      refresh: (uid) => live.refresh(uid),
    }),
  );
  bag.add(attachDialogs(page, api));
  bag.add(attachClocks(body));
  bag.add(
    followOverdueStat(overdueStat, {
      url: page.dataset.overdueStatUrl ?? "",
      eventsUrl: page.dataset.eventsUrl ?? "",
    }),
  );
  bag.add(listen(window, "pagehide", () => keepReadingList(studyRows(body).map(uidOfRow), sessionStorage)));
  bag.add(attachFilters(part<HTMLFormElement>("filters")));
  bag.add(listen(required("[data-action=toggle-density]", page), "click", toggleDensity));
  counts.refresh();
  return () => bag.dispose();
}

/** The quick look by its buttons: that of a row, or those for the study that is selected. */
function openLook(event: Event, look: QuickLook, selection: Selection): void {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-action]") : null;
  const row = button?.closest<HTMLTableRowElement>("tr.study") ?? selection.rows()[0];
  if (row === undefined) return;
  if (button?.dataset.action === "look") look.toggle(row);
  if (button?.dataset.action === "timeline") void look.openTimeline(row);
}

function apiOf({ dataset }: HTMLElement): WorklistApi {
  return new WorklistApi({
    row: dataset.rowUrl ?? "",
    series: dataset.seriesUrl ?? "",
    quickLook: dataset.quickLookUrl ?? "",
    reading: dataset.readingUrl ?? "",
    readingOfMany: dataset.readingOfManyUrl ?? "",
    counts: dataset.countsUrl ?? "",
    lists: dataset.listsUrl ?? "",
    settings: dataset.settingsUrl ?? "",
  });
}

/** Choosing a filter searches at once; typed fields wait for Enter. */
function attachFilters(form: HTMLFormElement): Disposer {
  return listen(form, "change", (event) => {
    const field = event.target;
    if (field instanceof HTMLSelectElement) form.requestSubmit();
    if (!(field instanceof HTMLInputElement)) return;
    if (field.type === "checkbox") form.requestSubmit();
    if (field.type === "radio" && field.value !== "range") {
      for (const date of form.querySelectorAll<HTMLInputElement>("input[type=date]")) date.value = "";
      form.requestSubmit();
    }
  });
}

function toggleDensity(): void {
  const isDense = document.documentElement.dataset.density !== "comfortable";
  rememberLook("density", isDense ? "comfortable" : "dense");
}

/** Take the rows, the count and the pages of the same address anew. */
async function reloadList(page: HTMLElement, api: WorklistApi): Promise<void> {
  const fresh = await api.page();
  for (const name of ["rows", "count", "pager"]) {
    const from = fresh.querySelector(`[data-part=${name}]`);
    const to = page.querySelector(`[data-part=${name}]`);
    if (from && to)
      to.replaceChildren(...[...from.childNodes].map((node) => document.importNode(node, true)));
  }
  const body = required<HTMLElement>("[data-part=rows]", page);
  speakMoments(body);
  const isEmpty = body.childElementCount === 0;
  required<HTMLElement>("[data-part=table]", page).hidden = isEmpty;
  const empty = page.querySelector<HTMLElement>("[data-part=empty]");
  if (empty) empty.hidden = !isEmpty;
}
