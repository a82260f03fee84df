import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { seriesRowOf, studyRows } from "./rows";

export interface ListActions {
  readonly body: HTMLElement;
  readonly expand: (row: HTMLTableRowElement, open: boolean) => void;
  readonly search: HTMLInputElement;
  readonly turnPage: (direction: "next" | "previous") => void;
  readonly select: (row: HTMLTableRowElement) => void;
  readonly selectAll: (isSelected: boolean) => void;
  readonly look: (row: HTMLTableRowElement) => void;
  readonly timeline: (row: HTMLTableRowElement) => void;
  /** @returns whether there was a quick look to close. */
  readonly closeLook: () => boolean;
  readonly toActions: () => void;
  readonly openList: (place: number) => void;
  readonly takeIn: () => void;
  readonly toOverdueStat: () => void;
  readonly showKeys: () => void;
}

const TYPING = "input:not([type=checkbox]), select, textarea, dialog";

/** Move through the list, open and expand by keys; click chooses, double click opens, a tap opens. */
export function attachListNavigation(actions: ListActions): Disposer {
  const bag = new DisposerBag();
  const { body } = actions;
  choose(studyRows(body)[0] ?? null, false);
  bag.add(listen<KeyboardEvent>(document, "keydown", (event) => onKey(event, actions)));
  bag.add(
    listen<FocusEvent>(body, "focusin", (event) => {
      const row = closestStudy(event.target);
      if (row !== null) makeCurrent(body, row);
    }),
  );
  bag.add(
    listen<PointerEvent>(body, "click", (event) => {
      const row = closestStudy(event.target);
      if (row === null) return;
      if (event.target instanceof Element && event.target.closest("[data-action=expand]")) {
        actions.expand(row, seriesRowOf(row) === null);
        return;
      }
      if (
        event.target instanceof Element &&
        event.target.closest("a, input, .cell--select, [data-action=look]")
      )
        return;
      if (event.pointerType === "touch") openStudy(row);
      else choose(row, true);
    }),
  );
  bag.add(
    listen<MouseEvent>(body, "dblclick", (event) => {
      const row = closestStudy(event.target);
      if (row && !(event.target instanceof Element && event.target.closest("button, a, input")))
        openStudy(row);
    }),
  );
  return () => bag.dispose();
}

function onKey(event: KeyboardEvent, actions: ListActions): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target instanceof Element && event.target.closest(TYPING)) {
    if (event.key === "Escape" && event.target === actions.search) focusCurrent(actions.body);
    return;
  }
  const action = KEYS[event.key] ?? listKey(event.key);
  if (!action) return;
  const isControl = event.target instanceof Element && event.target.closest("a, button, summary") !== null;
  if (isControl && event.key === "Enter") return;
  event.preventDefault();
  action(actions);
}

const KEYS: Readonly<Record<string, (actions: ListActions) => void>> = {
  ArrowDown: ({ body }) => step(body, 1),
  j: ({ body }) => step(body, 1),
  ArrowUp: ({ body }) => step(body, -1),
  k: ({ body }) => step(body, -1),
  PageDown: ({ body }) => step(body, 10),
  PageUp: ({ body }) => step(body, -10),
  Home: ({ body }) => step(body, Number.NEGATIVE_INFINITY),
  End: ({ body }) => step(body, Number.POSITIVE_INFINITY),
  Enter: ({ body }) => withCurrent(body, openStudy),
  ArrowRight: ({ body, expand }) => withCurrent(body, (row) => expand(row, true)),
  ArrowLeft: ({ body, expand }) => withCurrent(body, (row) => expand(row, false)),
  x: ({ body, select }) => withCurrent(body, select),
  X: ({ selectAll }) => selectAll(true),
  Escape: ({ closeLook, selectAll }) => {
    if (!closeLook()) selectAll(false);
  },
  q: ({ body, look }) => withCurrent(body, look),
  t: ({ body, timeline }) => withCurrent(body, timeline),
  a: ({ toActions }) => toActions(),
  r: ({ takeIn }) => takeIn(),
  o: ({ toOverdueStat }) => toOverdueStat(),
  "?": ({ showKeys }) => showKeys(),
  n: ({ turnPage }) => turnPage("next"),
  p: ({ turnPage }) => turnPage("previous"),
  "/": ({ search }) => {
    search.focus();
    search.select();
  },
};

/** The digits open the lists by their place. */
function listKey(key: string): ((actions: ListActions) => void) | undefined {
  return /^[1-9]$/.test(key) ? ({ openList }) => openList(Number(key)) : undefined;
}

function step(body: HTMLElement, steps: number): void {
  const rows = studyRows(body);
  const current = rows.findIndex((row) => row.tabIndex === 0);
  const focused = rows[current] !== undefined && rows[current] === document.activeElement;
  const start = focused || Number.isFinite(steps) === false ? current : current - Math.sign(steps);
  const next = Math.min(rows.length - 1, Math.max(0, start + steps));
  choose(rows[next] ?? null, true);
}

function withCurrent(body: HTMLElement, act: (row: HTMLTableRowElement) => void): void {
  const row = body.querySelector<HTMLTableRowElement>('tr.study[tabindex="0"]');
  if (row) act(row);
}

function focusCurrent(body: HTMLElement): void {
  withCurrent(body, (row) => row.focus());
}

/** One row at a time takes part in the tab order. */
function makeCurrent(body: HTMLElement, row: HTMLTableRowElement): void {
  for (const other of body.querySelectorAll<HTMLElement>('tr.study[tabindex="0"]')) other.tabIndex = -1;
  row.tabIndex = 0;
}

function choose(row: HTMLTableRowElement | null, focus: boolean): void {
  if (row === null || row.parentElement === null) return;
  makeCurrent(row.parentElement, row);
  if (!focus) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function openStudy(row: HTMLTableRowElement): void {
  const url = row.dataset.viewerUrl;
  if (url) location.assign(url);
}

function closestStudy(target: EventTarget | null): HTMLTableRowElement | null {
  return target instanceof Element ? target.closest<HTMLTableRowElement>("tr.study") : null;
}
