import { OUTCOMES, type Outcome } from "../../api/upload";
import { numberText, t } from "../../core/i18n";
import { element } from "../dom";
import type { UploadItem, UploadQueue } from "./queue";

/** One line of the list: a file's outcome, or a failure that kept it from having one. */
export interface ResultLine {
  readonly file: string;
  readonly outcome: Outcome | "failed" | "sending" | "waiting";
  readonly reason: string;
}

export type ResultFilter = ResultLine["outcome"] | "all";

const LABELS: Readonly<Record<ResultLine["outcome"], string>> = {
  stored: t("Stored"),
  duplicate: t("Already here"),
  conflict: t("Conflict"),
  rejected: t("Rejected"),
  failed: t("Not sent"),
  sending: t("Sending"),
  waiting: t("Waiting"),
};

const BADGES: Readonly<Record<ResultLine["outcome"], string>> = {
  stored: "badge badge--success",
  duplicate: "badge",
  conflict: "badge badge--warning",
  rejected: "badge badge--danger",
  failed: "badge badge--danger",
  sending: "badge badge--accent",
  waiting: "badge",
};

/** Rows beyond this number slow the page and help nobody; the filters bring the others up. */
const SHOWN_ROWS = 400;

export function linesOf(item: UploadItem): readonly ResultLine[] {
  if (item.state === "done") {
    return item.results.map(({ file, outcome, reason }) => ({ file: placeOf(file, item), outcome, reason }));
  }
  if (item.state === "sending") return [{ file: item.path, outcome: "sending", reason: percentOf(item) }];
  if (item.state === "waiting") return [{ file: item.path, outcome: "waiting", reason: "" }];
  return [{ file: item.path, outcome: "failed", reason: item.reason }];
}

/** A member of a ZIP archive is named below it, for two archives may hold the same names. */
function placeOf(file: string, item: UploadItem): string {
  return file === "" || file === item.path ? item.path : `${item.path}/${file}`;
}

function percentOf(item: UploadItem): string {
  if (item.sentBytes >= item.file.size) return t("Waiting for the server");
  return `${Math.floor((100 * item.sentBytes) / Math.max(1, item.file.size))} %`;
}

/** The lines that a filter lets through, those that need attention first. */
export function filteredLines(queue: UploadQueue, filter: ResultFilter): ResultLine[] {
  const order: readonly ResultLine["outcome"][] = ["failed", "conflict", "rejected", "sending"];
  const rank = (line: ResultLine) => (order.indexOf(line.outcome) + order.length + 1) % (order.length + 1);
  return queue.items
    .flatMap(linesOf)
    .filter((line) => filter === "all" || line.outcome === filter)
    .sort((one, other) => rank(one) - rank(other));
}

export function fillRows(rows: HTMLElement, more: HTMLElement, lines: readonly ResultLine[]): void {
  rows.replaceChildren(
    ...lines
      .slice(0, SHOWN_ROWS)
      .map((line) =>
        element(
          "tr",
          {},
          element("td", {}, line.file),
          element("td", {}, element("span", { class: BADGES[line.outcome] }, LABELS[line.outcome])),
          element("td", {}, line.reason),
        ),
      ),
  );
  more.hidden = lines.length <= SHOWN_ROWS;
  more.textContent = t("and {count} more", { count: lines.length - SHOWN_ROWS });
}

/** The filters that have something to show, with their counts. */
export function filterButtons(
  queue: UploadQueue,
  current: ResultFilter,
  choose: (filter: ResultFilter) => void,
): HTMLButtonElement[] {
  const lines = queue.items.flatMap(linesOf);
  const kinds: readonly ResultLine["outcome"][] = [...OUTCOMES, "failed"];
  const counts = kinds.map((kind) => [kind, lines.filter((line) => line.outcome === kind).length] as const);
  const button = (filter: ResultFilter, label: string, count: number) => {
    const node = element(
      "button",
      { type: "button", class: "button", "aria-pressed": String(filter === current) },
      `${label} ${numberText(count)}`,
    );
    node.addEventListener("click", () => choose(filter));
    return node;
  };
  return [
    button("all", t("All"), lines.length),
    ...counts.filter(([, count]) => count > 0).map(([kind, count]) => button(kind, LABELS[kind], count)),
  ];
}
