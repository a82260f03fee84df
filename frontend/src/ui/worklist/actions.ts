import type { Refusal, WorklistApi } from "../../api/worklist";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { element, required, setText } from "../dom";
import { askReason } from "./reason";
import { rowOf, uidOfRow } from "./rows";
import type { Selection } from "./selection";

export interface ActionParts {
  readonly api: WorklistApi;
  readonly bar: HTMLElement;
  readonly results: HTMLElement;
  readonly reason: HTMLDialogElement;
  readonly body: HTMLElement;
  readonly selection: Selection;
  /** Ask for the row of a study anew. */
  readonly refresh: (studyInstanceUid: string) => void;
}

/** What claims and gives back is for one study; everything else for all that are selected. */
const FOR_ONE = new Set(["claim", "release", "take-over"]);

/** The bar of actions on the selected studies. Each study is asked for by itself, and each refusal has its line. */
export function attachActions(parts: ActionParts): Disposer {
  const bag = new DisposerBag();
  bag.add(
    listen(parts.bar, "click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button[data-act]") : null;
      const action = button instanceof HTMLElement ? button.dataset.act : undefined;
      if (action === "clear") parts.selection.selectAll(false);
      else if (action) void start(parts, action, {});
    }),
  );
  bag.add(
    listen(parts.bar, "change", (event) => {
      const choice = event.target;
      if (!(choice instanceof HTMLSelectElement) || choice.value === "") return;
      const { value } = choice;
      choice.value = "";
      if (choice.dataset.act === "priority") void start(parts, "priority", { priority: Number(value) });
      else void start(parts, "assign", { reader: value === "-" ? "" : value });
    }),
  );
  return () => bag.dispose();
}

/** Show the bar for what is selected. */
export function showActions(bar: HTMLElement, rows: readonly HTMLTableRowElement[]): void {
  bar.hidden = rows.length === 0;
  setText(required("[data-part=selected]", bar), t("{count} selected", { count: rows.length }));
  const [row] = rows;
  const isRead = row?.dataset.status === "being_read";
  const isOwn = row?.dataset.isOwn === "true";
  const isFit: Record<string, boolean> = {
    claim: !isRead,
    release: isRead,
    "take-over": isRead && !isOwn,
  };
  for (const button of bar.querySelectorAll<HTMLButtonElement>("button[data-for=one]")) {
    button.hidden = rows.length !== 1 || isFit[button.dataset.act ?? ""] === false;
  }
  for (const link of bar.querySelectorAll<HTMLAnchorElement>("a[data-for=one]")) {
    link.hidden = rows.length !== 1;
    if (row !== undefined) link.href = (link.dataset.url ?? "").replace("0.0", uidOfRow(row));
  }
}

async function start(parts: ActionParts, action: string, body: object): Promise<void> {
  const rows = parts.selection.rows();
  const uids = rows.map(uidOfRow);
  if (uids.length === 0) return;
  const reason = await reasonFor(parts, action, rows[0]);
  if (reason === null) return;
  const asked = { ...body, reason };
  const refused: readonly Refusal[] = FOR_ONE.has(action)
    ? await actOnOne(parts.api, uids[0] ?? "", action, asked)
    : await parts.api.actOnMany(uids, action, asked).catch((error) => uids.map((uid) => refusal(uid, error)));
  showResults(parts, uids.length - refused.length, refused);
  if (refused.length === 0) parts.selection.selectAll(false);
  for (const uid of uids) parts.refresh(uid);
}

async function actOnOne(api: WorklistApi, uid: string, action: string, body: object): Promise<Refusal[]> {
  try {
    await api.act(uid, action, body);
    return [];
  } catch (error) {
    return [refusal(uid, error)];
  }
}

/** A colleague's study is taken or put back for a reason only. @returns null where the user has thought better of it. */
async function reasonFor(
  parts: ActionParts,
  action: string,
  row: HTMLTableRowElement | undefined,
): Promise<string | null> {
  const isOthers = row?.dataset.isOwn !== "true";
  if (action === "take-over") return askReason(parts.reason, t("Take over from a colleague"));
  if (action === "release" && isOthers) return askReason(parts.reason, t("Put back for a colleague"));
  return "";
}

function refusal(studyInstanceUid: string, error: unknown): Refusal {
  return { studyInstanceUid, reason: error instanceof Error ? error.message : String(error) };
}

function showResults({ results, body }: ActionParts, done: number, refused: readonly Refusal[]): void {
  const nameOf = (uid: string) =>
    rowOf(body, uid)?.querySelector(".cell--patient")?.textContent?.trim() ?? uid;
  const lines = refused.map(({ studyInstanceUid, reason }) =>
    element("li", {}, `${nameOf(studyInstanceUid)}: ${reason}`),
  );
  results.hidden = refused.length === 0;
  results.replaceChildren(
    element("p", {}, t("{done} done, {refused} refused:", { done, refused: refused.length })),
    element("ul", {}, ...lines),
  );
}
