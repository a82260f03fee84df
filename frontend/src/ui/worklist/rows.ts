import { localDate, spokenMoment } from "../../dicom/moment";

/** The study rows of the table body, without the rows that hold series. */
export function studyRows(body: HTMLElement): HTMLTableRowElement[] {
  return [...body.querySelectorAll<HTMLTableRowElement>("tr.study")];
}

export function rowOf(body: HTMLElement, studyInstanceUid: string): HTMLTableRowElement | null {
  return body.querySelector(`tr.study[data-study-instance-uid="${CSS.escape(studyInstanceUid)}"]`);
}

export function uidOfRow(row: HTMLElement): string {
  return row.dataset.studyInstanceUid ?? "";
}

/** The row of series below a study, when it is expanded. */
export function seriesRowOf(row: HTMLElement): HTMLElement | null {
  const next = row.nextElementSibling;
  return next instanceof HTMLElement && next.classList.contains("series-row") ? next : null;
}

/** Say today and yesterday where a date is one. */
export function speakMoments(root: ParentNode): void {
  const today = localDate(new Date());
  for (const time of root.querySelectorAll("time")) {
    time.textContent = spokenMoment(time.dateTime, today);
    time.title = time.dateTime.replace("T", " ");
  }
}

function momentOf(row: HTMLElement): string {
  return row.querySelector("time")?.dateTime ?? "";
}

/** Replace a row's content and keep its focus and its expanded series. */
export function replaceRow(old: HTMLTableRowElement, fresh: HTMLTableRowElement): void {
  const hadFocus = document.activeElement === old;
  fresh.tabIndex = old.tabIndex;
  if (seriesRowOf(old)) {
    fresh.classList.add("study--expanded");
    fresh.querySelector("[data-action=expand]")?.setAttribute("aria-expanded", "true");
  }
  old.replaceWith(fresh);
  if (hadFocus) fresh.focus({ preventScroll: true });
}

/**
 * Put a new row where the newest-first order has it.
 *
 * @returns false when it belongs to a later page.
 */
export function insertRow(body: HTMLElement, row: HTMLTableRowElement, hasNext: boolean): boolean {
  const moment = momentOf(row);
  const before = studyRows(body).find((other) => momentOf(other) <= moment);
  if (!before && hasNext) return false;
  row.classList.add("study--arrived");
  if (before) before.before(row);
  else body.append(row);
  return true;
}
