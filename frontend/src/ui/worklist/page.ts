import { WorklistApi } from "../../api/worklist";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { keepReadingList } from "../../core/readingList";
import { required } from "../dom";
import { rememberLook } from "../preferences";
import { attachLiveList } from "./live";
import { attachListNavigation } from "./navigation";
import { speakMoments, studyRows } from "./rows";
import { SeriesViews } from "./series";

/** Bring the server's list to life. Without this script the list still searches, sorts, turns pages and opens. */
export function openWorklist(page: HTMLElement): Disposer {
  const bag = new DisposerBag();
  const part = <E extends HTMLElement>(name: string) => required<E>(`[data-part=${name}]`, page);
  const { eventsUrl = "", rowUrl = "", seriesUrl = "", isLiveOrder, hasNext } = page.dataset;
  const api = new WorklistApi(rowUrl, seriesUrl);
  const body = part("rows");
  const series = new SeriesViews(api, part("peek"));
  speakMoments(body);
  bag.add(series.attachPeek(body));
  bag.add(
    attachListNavigation({
      body,
      search: part<HTMLInputElement>("search"),
      expand: (row, open) => series.expand(row, open),
      turnPage: (direction) => page.querySelector<HTMLAnchorElement>(`[data-page=${direction}]`)?.click(),
    }),
  );
  bag.add(
    attachLiveList({
      api,
      eventsUrl,
      body,
      scroll: part("scroll"),
      newButton: part<HTMLButtonElement>("new"),
      status: part("live"),
      isLiveOrder: isLiveOrder === "true",
      hasNext: hasNext === "true",
      reload: () => reloadList(page, api),
    }),
  );
  bag.add(listen(window, "pagehide", () => keepReadingList(uidsOf(body), sessionStorage)));
  bag.add(attachFilters(part<HTMLFormElement>("filters")));
  bag.add(listen(required("[data-action=toggle-density]", page), "click", toggleDensity));
  return () => bag.dispose();
}

/** The studies in the order in which they stand. */
function uidsOf(body: HTMLElement): string[] {
  return studyRows(body).flatMap(({ dataset }) => dataset.studyInstanceUid ?? []);
}

/** Choosing a filter searches at once; typed fields wait for Enter. */
function attachFilters(form: HTMLFormElement): Disposer {
  return listen(form, "change", (event) => {
    const field = event.target;
    if (field instanceof HTMLSelectElement) form.requestSubmit();
    if (!(field instanceof HTMLInputElement)) return;
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
