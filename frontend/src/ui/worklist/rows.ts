import { localDate, spokenMoment } from "../../dicom/moment";
import { compareOrders, orderOf } from "./order";

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

/** Whether the list that the row was asked for holds it. */
export function isInList(row: HTMLElement): boolean {
  return row.dataset.isHere !== "false";
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

/** Replace a row's content and keep its focus, its selection and its expanded series. */
export function replaceRow(old: HTMLTableRowElement, fresh: HTMLTableRowElement): void {
  const hadFocus = document.activeElement === old;
  fresh.tabIndex = old.tabIndex;
  if (seriesRowOf(old)) {
    fresh.classList.add("study--expanded");
    fresh.querySelector("[data-action=expand]")?.setAttribute("aria-expanded", "true");
  }
  if (old.classList.contains("study--selected")) markSelected(fresh, true);
  old.replaceWith(fresh);
  if (hadFocus) fresh.focus({ preventScroll: true });
}

export function markSelected(row: HTMLTableRowElement, isSelected: boolean): void {
  row.classList.toggle("study--selected", isSelected);
  const box = row.querySelector<HTMLInputElement>("input[data-action=select]");
  if (box) box.checked = isSelected;
}

export function removeRow(row: HTMLTableRowElement): void {
  seriesRowOf(row)?.remove();
  row.remove();
}

/** The row before which another has its place; null where it comes after all of them. */
export function successorOf(
  body: HTMLElement,
  row: HTMLTableRowElement,
  isDescending: boolean,
): HTMLTableRowElement | null {
  const order = orderOf(row);
  if (order === null) return null;
  const comesAfter = (other: HTMLTableRowElement) => {
    const place = orderOf(other);
    return other !== row && place !== null && compareOrders(order, place, isDescending) < 0;
  };
  return studyRows(body).find(comesAfter) ?? null;
}

/** Put a row where its order has it, with its series. */
export function placeRow(body: HTMLElement, row: HTMLTableRowElement, isDescending: boolean): void {
  const series = seriesRowOf(row);
  const successor = successorOf(body, row, isDescending);
  if (successor) successor.before(row);
  else body.append(row);
  if (series) row.after(series);
}

/** Whether a row stands where its order has it. */
export function isInPlace(body: HTMLElement, row: HTMLTableRowElement, isDescending: boolean): boolean {
  const order = orderOf(row);
  const rows = studyRows(body);
  const index = rows.indexOf(row);
  const fits = (before: HTMLElement | undefined, after: HTMLElement | undefined) => {
    const [one, other] = [before && orderOf(before), after && orderOf(after)];
    return !one || !other || compareOrders(one, other, isDescending) <= 0;
  };
  return order === null || (fits(rows[index - 1], row) && fits(row, rows[index + 1]));
}
