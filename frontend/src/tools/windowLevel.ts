import { exactWindow } from "../dicom/suv";
import type { VoiWindow } from "../dicom/types";
import type { GreyTables } from "../render/greyTables";
import type { Viewport } from "../viewport/viewport";
import { draggedWindow, windowLikeTable } from "../viewport/voi";
import { dragging, type Tool } from "./tool";

/** Drag: sideways changes the width, up and down the centre. */
export function windowLevelTool(tables: GreyTables): Tool {
  return {
    name: "window",
    cursor: "default",
    start(viewport, from) {
      const shown = currentWindow(viewport, tables);
      const image = viewport.image;
      if (shown === null || image?.packing == null) return null;
      const hasSuv = image.suvFactor !== null;
      const start = hasSuv ? exactWindow(shown) : shown;
      const isInteger = !hasSuv && Number.isInteger(image.packing.scale);
      return dragging((point) => {
        const delta = { x: (point.x - from.x) / viewport.ratio, y: (point.y - from.y) / viewport.ratio };
        const window = draggedWindow(start, delta, isInteger);
        viewport.setChoice({ kind: "window", label: "", window });
      });
    },
  };
}

/** The window on the screen; for a lookup table the window that comes nearest. */
function currentWindow(viewport: Viewport, tables: GreyTables): VoiWindow | null {
  const voi = viewport.painted?.voi ?? null;
  if (voi === null) return null;
  if (voi.kind === "window") return voi.window;
  const table = tables.table(voi.url);
  const packing = viewport.image?.packing;
  return table && packing ? windowLikeTable(table, packing) : null;
}
