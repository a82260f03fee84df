import { RequestError, request } from "../api/client";
import { ShapeError } from "../api/fields";
import { parseManifest } from "../api/manifest";
import { t } from "../core/i18n";
import type { StudyManifest } from "../dicom/types";
import { mostAlike } from "../viewport/likeness";
import type { Viewport } from "../viewport/viewport";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

/** Fetch what another study has to show. Its opening goes on record like that of any study. */
export async function fetchStudy(studyInstanceUid: string): Promise<StudyManifest> {
  const response = await request(`/viewer/studies/${studyInstanceUid}/manifest.json?images_only=1`, {
    headers: { Accept: "application/json" },
  });
  return withImages(parseManifest(await response.json()));
}

/** Series of objects without pixels are listed by name, they cannot fill a viewport. */
export function withImages(manifest: StudyManifest): StudyManifest {
  return { ...manifest, series: manifest.series.filter((series) => series.images.length > 0) };
}

/**
 * Show another study beside what the reader looks at, with the series that is most like it.
 *
 * @param target where; by default the next viewport, for which the layout grows where there is only one.
 */
export async function showBeside(
  context: ViewerContext,
  studyInstanceUid: string,
  target?: Viewport,
): Promise<void> {
  const { grid, studies } = context;
  try {
    const manifest = await studies.open(studyInstanceUid);
    const like = grid.active.stack?.series ?? context.manifest.series[0];
    const series = like ? mostAlike(like, manifest.series) : manifest.series[0];
    if (!series) {
      showMessage(context.page, t("That study has no images to show."));
      return;
    }
    const viewport = target ?? nextViewport(context);
    const leader = grid.active;
    viewport.setStack(studies.stack(series.seriesInstanceUid));
    if (viewport !== leader) context.sync.joinIn(viewport);
    context.changed.emit();
  } catch (error) {
    if (!(error instanceof RequestError || error instanceof ShapeError)) throw error;
    showMessage(context.page, error.message);
  }
}

/** Show a series of a study that may not be open here yet. */
export async function showSeriesOf(
  context: ViewerContext,
  series: {
    readonly studyInstanceUid: string;
    readonly seriesInstanceUid: string;
    readonly imageIndex: number;
  },
  viewport: Viewport,
): Promise<void> {
  const { studies } = context;
  try {
    await studies.open(series.studyInstanceUid);
    const stack = studies.stack(series.seriesInstanceUid);
    if (stack === null) return;
    viewport.setStack(stack, series.imageIndex);
    context.sync.joinIn(viewport);
    context.changed.emit();
  } catch (error) {
    if (!(error instanceof RequestError || error instanceof ShapeError)) throw error;
    showMessage(context.page, error.message);
  }
}

/** Another viewport than the active one, an empty one first; the layout grows where there is only one. */
export function nextViewport({ grid }: ViewerContext): Viewport {
  if (grid.visible.length < 2) {
    const isWide = window.matchMedia("(min-width: 48rem)").matches;
    grid.setLayout(isWide ? "1x2" : "2x1");
  }
  const { visible, active } = grid;
  const index = visible.indexOf(active);
  const others = [...visible.slice(index + 1), ...visible.slice(0, index)];
  return others.find(({ study }) => study === null) ?? (others[0] as Viewport);
}
