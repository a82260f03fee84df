import type { Camera } from "../../geometry/camera";
import { splitNamed } from "../../viewport/splits";
import type { Viewport } from "../../viewport/viewport";
import type { VoiChoice } from "../../viewport/voi";
import { showPlanes } from "../planes";
import type { ViewerContext } from "../viewerContext";

/** One viewport as it was left. */
interface KeptCell {
  readonly series: string | null;
  readonly study: string;
  readonly imageIndex: number;
  /** It showed a plane through the volume of the series, and `imageIndex` counts planes. */
  readonly isPlane: boolean;
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
    cells: grid.visible.map(({ stack, image, imageIndex, camera, choice, invert }) => ({
      series: stack?.series.seriesInstanceUid ?? null,
      study: stack?.study.studyInstanceUid ?? "",
      imageIndex,
      isPlane: Boolean(image?.plane),
      camera,
      choice,
      invert,
    })),
  };
}

/** Put back what was on the screen; series that are gone leave their viewport as it is. */
export async function restoreLayout(context: ViewerContext, kept: unknown): Promise<void> {
  if (!isKept(kept)) return;
  const { grid } = context;
  const split = splitNamed(kept.layout);
  if (split === null) return;
  const isWeighted = kept.rows.length === split.rows.length && kept.columns.length === split.columns.length;
  grid.setSplit(isWeighted ? { ...split, rows: kept.rows, columns: kept.columns } : split);
  await restorePlanes(context, kept);
  const viewports = grid.visible;
  for (const [index, cell] of kept.cells.entries()) {
    const viewport = viewports[index];
    if (!viewport || cell.series === null) continue;
    if (cell.isPlane) viewport.setImageIndex(cell.imageIndex);
    else if (!(await restoreStack(context, viewport, cell))) continue;
    viewport.setChoice(cell.choice);
    viewport.setInvert(cell.invert);
    viewport.setCamera(cell.camera);
  }
}

/** Make the planes again of which some viewports showed one; they stand straight. */
async function restorePlanes(context: ViewerContext, { cells }: KeptLayout): Promise<void> {
  const cell = cells.find(({ isPlane }) => isPlane);
  if (!cell || !(await restoreStack(context, context.grid.active, { ...cell, imageIndex: 0 }))) return;
  await showPlanes(context);
}

/** @returns whether the series is still there. */
async function restoreStack(
  { studies }: ViewerContext,
  viewport: Viewport,
  { study, series, imageIndex }: KeptCell,
): Promise<boolean> {
  if (studies.manifest(study) === null) await studies.open(study).catch(() => undefined);
  const stack = studies.stack(series ?? "");
  if (stack === null) return false;
  viewport.setStack(stack, imageIndex);
  return true;
}

function isKept(value: unknown): value is KeptLayout {
  return typeof value === "object" && value !== null && Array.isArray((value as { cells?: unknown }).cells);
}
