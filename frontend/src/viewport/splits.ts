import { t } from "../core/i18n";
import { clamp } from "../core/numbers";

export const MOST_ROWS = 4;
export const MOST_COLUMNS = 5;

/** Where one viewport lies in the tracks of a split; all numbers count tracks. */
export interface Cell {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
}

/** A division of the reading area: the weights of its rows and columns, and a cell for each viewport. */
export interface Split {
  readonly name: string;
  readonly label: string;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly cells: readonly Cell[];
}

/** A line between tracks that the reader can move, as far as no viewport lies across it. */
export interface Divider {
  /** Whether it stands upright and so moves between columns. */
  readonly axis: "columns" | "rows";
  /** The track before it. */
  readonly track: number;
  /** The first and the last track along its length. */
  readonly from: number;
  readonly to: number;
}

const LEAST_SHARE = 0.1;

/** Equal viewports in rows and columns, such as "2x3". */
export function gridSplit(rows: number, columns: number): Split {
  const cells = Array.from({ length: rows * columns }, (_, index) =>
    cell(Math.floor(index / columns), index % columns),
  );
  const label = rows * columns === 1 ? t("One picture") : t("{rows} rows of {columns}", { rows, columns });
  return { name: `${rows}x${columns}`, label, rows: ones(rows), columns: ones(columns), cells };
}

/** One large viewport with small ones beside or below it. */
export const NAMED_SPLITS: readonly Split[] = [
  {
    name: "1+2",
    label: t("One large, two small beside it"),
    rows: [1, 1],
    columns: [2, 1],
    cells: [cell(0, 0, 2, 1), cell(0, 1), cell(1, 1)],
  },
  {
    name: "1+3",
    label: t("One large, three small beside it"),
    rows: [1, 1, 1],
    columns: [3, 1],
    cells: [cell(0, 0, 3, 1), cell(0, 1), cell(1, 1), cell(2, 1)],
  },
  {
    name: "2+2",
    label: t("Two large, two small beside them"),
    rows: [1, 1],
    columns: [2, 2, 1],
    cells: [cell(0, 0, 2, 1), cell(0, 1, 2, 1), cell(0, 2), cell(1, 2)],
  },
  {
    name: "1/2",
    label: t("One large, two small below it"),
    rows: [2, 1],
    columns: [1, 1],
    cells: [cell(0, 0, 1, 2), cell(1, 0), cell(1, 1)],
  },
  {
    name: "1/3",
    label: t("One large, three small below it"),
    rows: [3, 1],
    columns: [1, 1, 1],
    cells: [cell(0, 0, 1, 3), cell(1, 0), cell(1, 1), cell(1, 2)],
  },
];

/** The split of a name, or null: the name may come from a stored protocol of another release. */
export function splitNamed(name: string): Split | null {
  const named = NAMED_SPLITS.find((split) => split.name === name);
  if (named) return named;
  const [, rows = 0, columns = 0] = (/^([1-9])x([1-9])$/.exec(name) ?? []).map(Number);
  if (rows < 1 || columns < 1 || rows > MOST_ROWS || columns > MOST_COLUMNS) return null;
  return gridSplit(rows, columns);
}

/** The lines that can be moved, one for each track boundary that no cell crosses along its whole length. */
export function dividersOf(split: Split): readonly Divider[] {
  return [...along(split, "columns"), ...along(split, "rows")];
}

/**
 * The split with a boundary between two tracks moved.
 *
 * @param delta how far, as a share of the whole width or height.
 */
export function movedDivider(split: Split, { axis, track }: Divider, delta: number): Split {
  const weights = split[axis];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const [before = 0, after = 0] = [weights[track], weights[track + 1]];
  const least = Math.min(LEAST_SHARE * total, before, after);
  const moved = clamp(before + delta * total, least, before + after - least);
  const next = weights.map((weight, index) => {
    if (index === track) return moved;
    return index === track + 1 ? before + after - moved : weight;
  });
  return { ...split, [axis]: next };
}

/** Where a track boundary lies, as a share of the whole. */
export function boundaryShare(weights: readonly number[], track: number): number {
  const sum = (list: readonly number[]) => list.reduce((total, weight) => total + weight, 0);
  return sum(weights.slice(0, track + 1)) / sum(weights);
}

function along(split: Split, axis: "columns" | "rows"): Divider[] {
  const isUpright = axis === "columns";
  const length = isUpright ? split.rows.length : split.columns.length;
  const dividers: Divider[] = [];
  for (let track = 0; track < split[axis].length - 1; track += 1) {
    let from: number | null = null;
    for (let place = 0; place <= length; place += 1) {
      const isFree = place < length && !split.cells.some((one) => crosses(one, isUpright, track, place));
      if (isFree) from ??= place;
      else if (from !== null) {
        dividers.push({ axis, track, from, to: place - 1 });
        from = null;
      }
    }
  }
  return dividers;
}

function crosses(one: Cell, isUpright: boolean, track: number, place: number): boolean {
  const [start, span] = isUpright ? [one.column, one.columnSpan] : [one.row, one.rowSpan];
  const [otherStart, otherSpan] = isUpright ? [one.row, one.rowSpan] : [one.column, one.columnSpan];
  const liesThere = place >= otherStart && place < otherStart + otherSpan;
  return liesThere && start <= track && start + span > track + 1;
}

function cell(row: number, column: number, rowSpan = 1, columnSpan = 1): Cell {
  return { row, column, rowSpan, columnSpan };
}

function ones(count: number): number[] {
  return Array.from({ length: count }, () => 1);
}
