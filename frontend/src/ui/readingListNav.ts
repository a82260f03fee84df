import { csrfToken, RequestError, request } from "../api/client";
import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { keptReadingList, type ListPlace, placeInList } from "../core/readingList";
import type { Command } from "./command";
import { element, icon } from "./dom";
import { withKeys } from "./keyboard";
import { leaveTo } from "./leaving";
import type { ViewerContext } from "./viewerContext";

/** Go to the study before or after this one in the worklist that the reader came from, by button or key. */
export function readingListCommands(page: HTMLElement): Command[] {
  const go = (
    id: string,
    label: string,
    key: string,
    target: (place: ListPlace) => string | null,
  ): Command => ({
    id,
    label,
    group: "page",
    keys: [key],
    run: () => {
      const place = placeOf(page);
      const uid = place && target(place);
      if (uid) leaveTo(page, addressOf(page, uid));
    },
  });
  return [
    go("previous-study", t("Study before in the worklist"), "Ctrl+ArrowLeft", ({ previous }) => previous),
    go("next-study", t("Next study of the worklist"), "Ctrl+ArrowRight", ({ next }) => next),
  ];
}

/** Show where the study stands in the list; once its first picture is there, have the next study rendered ahead. */
export function attachReadingList(root: HTMLElement, page: HTMLElement, context: ViewerContext): Disposer {
  const place = placeOf(page);
  if (place === null || place.count < 2) return () => undefined;
  const { keys } = context.preferences;
  root.replaceChildren(
    link(page, place.previous, "previous", withKeys(t("Study before"), keys, "previous-study")),
    element("span", { class: "reading-list__place" }, `${place.position} / ${place.count}`),
    link(page, place.next, "next", withKeys(t("Next study"), keys, "next-study")),
  );
  root.hidden = false;
  const bag = new DisposerBag();
  const { next } = place;
  if (next !== null) {
    const [first] = context.grid.viewports;
    const stop = first?.paintedChanged.subscribe((painted) => {
      if (painted?.quality !== "full") return;
      stop?.();
      void renderAhead(page, next);
    });
    if (stop) bag.add(stop);
  }
  // A page that comes back from the browser's memory still shows where it stands.
  bag.add(listen(window, "pageshow", () => root.removeAttribute("hidden")));
  return () => bag.dispose();
}

function placeOf(page: HTMLElement): ListPlace | null {
  return placeInList(keptReadingList(sessionStorage), page.dataset.studyInstanceUid ?? "");
}

function addressOf(page: HTMLElement, uid: string): string {
  return location.pathname.replace(page.dataset.studyInstanceUid ?? "", uid);
}

function link(page: HTMLElement, uid: string | null, direction: string, label: string): HTMLElement {
  const chevron = element("span", { class: `reading-list__${direction}` }, icon("chevron"));
  const properties = { class: "reading-list__link", title: label, "aria-label": label };
  if (uid === null) return element("span", { ...properties, "aria-disabled": "true", role: "link" }, chevron);
  return element("a", { ...properties, href: addressOf(page, uid) }, chevron);
}

async function renderAhead(page: HTMLElement, uid: string): Promise<void> {
  try {
    await request(`${addressOf(page, uid)}ahead/`, {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken(), "X-Background": "1" },
    });
  } catch (error) {
    // The next study then opens as any other does.
    if (!(error instanceof RequestError)) throw error;
  }
}
