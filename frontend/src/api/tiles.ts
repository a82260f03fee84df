import type { StudyImage, VoiFunction, VoiWindow } from "../dicom/types";
import type { TileIndex } from "../geometry/tiles";

/** What an 8-bit tile is rendered with; nothing means the image's default. */
export interface PreviewView {
  readonly voiIndex: number | null;
  readonly window: VoiWindow | null;
  readonly invert: boolean;
  /** Name of the palette, or "". */
  readonly palette: string;
}

export const DEFAULT_PREVIEW: PreviewView = { voiIndex: null, window: null, invert: false, palette: "" };

function tilePath(image: StudyImage, tile: TileIndex): string {
  if (image.tileUrl !== null) {
    const { level, column, row } = tile;
    return image.tileUrl.replace("{level}/{column}/{row}", `${level}/${column}/${row}`);
  }
  return `/viewer/tiles/${image.sopInstanceUid}/${image.frameNumber}/${tile.level}/${tile.column}/${tile.row}.png`;
}

/** Packed 16-bit values of a grey image. */
export function valueTileUrl(image: StudyImage, tile: TileIndex): string {
  return withQuery(tilePath(image, tile), "depth=16");
}

/** A rendered 8-bit tile: previews, and every tile of a colour image. */
export function renderedTileUrl(
  image: StudyImage,
  tile: TileIndex,
  view: PreviewView = DEFAULT_PREVIEW,
): string {
  const query = new URLSearchParams();
  if (view.window !== null) {
    query.set("wc", String(view.window.windowCenter));
    query.set("ww", String(view.window.windowWidth));
    if (view.window.voiFunction !== "LINEAR") query.set("fn", view.window.voiFunction);
  } else if (view.voiIndex !== null && view.voiIndex > 0) {
    query.set("voi", String(view.voiIndex));
  }
  if (view.invert) query.set("invert", "1");
  if (view.palette !== "") query.set("colours", view.palette);
  return withQuery(tilePath(image, tile), query.toString());
}

function withQuery(path: string, query: string): string {
  if (query === "") return path;
  return `${path}${path.includes("?") ? "&" : "?"}${query}`;
}

const VOI_FUNCTIONS: readonly VoiFunction[] = ["LINEAR", "LINEAR_EXACT", "SIGMOID"];

/** The window that the server shows without being asked, from the X-Default-Window header of a grey tile. */
export function parseDefaultWindow(header: string | null): VoiWindow | null {
  const [center = "", width = "", name = "LINEAR"] = (header ?? "").trim().split(/\s+/);
  const windowCenter = Number.parseFloat(center);
  const windowWidth = Number.parseFloat(width);
  const voiFunction = VOI_FUNCTIONS.find((candidate) => candidate === name);
  if (!Number.isFinite(windowCenter) || !Number.isFinite(windowWidth) || voiFunction === undefined)
    return null;
  return { windowCenter, windowWidth, voiFunction };
}
