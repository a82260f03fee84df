import type { Camera } from "../../geometry/camera";
import { splitNamed } from "../../viewport/splits";
import type { VoiChoice } from "../../viewport/voi";
import type { ViewerContext } from "../viewerContext";

/** One viewport as it was left. */
interface KeptCell {
  readonly series: string | null;
  readonly study: string;
  readonly imageIndex: number;
  readonly camera: Camera;
  readonly choice: VoiChoice;
  readonly invert: boolean;
}

interface KeptLayout {
  readonly layout: string;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly cells: readonly KeptCell[];
}

/** What is on the screen, to be there again when the reader comes back to a study that was laid aside. */
export function keepLayout({ grid }: ViewerContext): KeptLayout {
  const { name, rows, columns } = grid.shape;
  return {
    layout: name,
    rows,
    columns,
    cells: grid.visible.map(({ stack, imageIndex, camera, choice, invert }) => ({
      series: stack?.series.seriesInstanceUid ?? null,
      study: stack?.study.studyInstanceUid ?? "",
      imageIndex,
      camera,
      choice,
      invert,
    })),
  };
}

/** Put back what was on the screen; series that are gone leave their viewport as it is. */
export async function restoreLayout(context: ViewerContext, kept: unknown): Promise<void> {
  if (!isKept(kept)) return;
  const { grid, studies } = context;
  const split = splitNamed(kept.layout);
  if (split === null) return;
  const isWeighted = kept.rows.length === split.rows.length && kept.columns.length === split.columns.length;
  grid.setSplit(isWeighted ? { ...split, rows: kept.rows, columns: kept.columns } : split);
  const viewports = grid.visible;
  for (const [index, cell] of kept.cells.entries()) {
    const viewport = viewports[index];
    if (!viewport || cell.series === null) continue;
    if (studies.manifest(cell.study) === null) await studies.open(cell.study).catch(() => undefined);
    const stack = studies.stack(cell.series);
    if (stack === null) continue;
    viewport.setStack(stack, cell.imageIndex);
    viewport.setChoice(cell.choice);
    viewport.setInvert(cell.invert);
    viewport.setCamera(cell.camera);
  }
}

function isKept(value: unknown): value is KeptLayout {
  return typeof value === "object" && value !== null && Array.isArray((value as { cells?: unknown }).cells);
}
