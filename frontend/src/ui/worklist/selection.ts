import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { markSelected, studyRows, uidOfRow } from "./rows";

/** Which studies of the page are selected; the rows themselves say it, so that it lasts while they are replaced. */
export class Selection {
  constructor(
    private readonly body: HTMLElement,
    private readonly all: HTMLInputElement,
    private readonly changed: (rows: readonly HTMLTableRowElement[]) => void,
  ) {}

  attach(): Disposer {
    const bag = new DisposerBag();
    bag.add(
      listen(this.body, "change", (event) => {
        const box = event.target instanceof HTMLInputElement ? event.target : null;
        const row = box?.closest<HTMLTableRowElement>("tr.study");
        if (!box || !row) return;
        markSelected(row, box.checked);
        this.tell();
      }),
    );
    bag.add(listen(this.all, "change", () => this.selectAll(this.all.checked)));
    return () => bag.dispose();
  }

  rows(): HTMLTableRowElement[] {
    return studyRows(this.body).filter((row) => row.classList.contains("study--selected"));
  }

  uids(): string[] {
    return this.rows().map(uidOfRow);
  }

  toggle(row: HTMLTableRowElement): void {
    markSelected(row, !row.classList.contains("study--selected"));
    this.tell();
  }

  selectAll(isSelected: boolean): void {
    for (const row of studyRows(this.body)) markSelected(row, isSelected);
    this.tell();
  }

  private tell(): void {
    const rows = this.rows();
    this.all.checked = rows.length > 0 && rows.length === studyRows(this.body).length;
    this.all.indeterminate = rows.length > 0 && !this.all.checked;
    this.changed(rows);
  }
}
