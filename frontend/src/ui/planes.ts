import { centreOf } from "../annotations/planeMarks";
import type { Annotation } from "../annotations/store";
import { RequestError, request } from "../api/client";
import { type Planes, parseVolume, volumeUrl } from "../api/volume";
import { t } from "../core/i18n";
import type { Series, StudyImage } from "../dicom/types";
import { PlaneSet } from "../viewport/planeSet";
import { rotatingViews } from "../viewport/rotatingView";
import type { Stack } from "../viewport/stack";
import { type Links, UNLINKED } from "../viewport/synchronizer";
import { FILE_DEFAULT } from "../viewport/voi";
import type { Command } from "./command";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

/** What the planes of each series can be made of, as far as it was asked for. */
const groupsOf = new Map<string, readonly string[]>();

/** What went in step before the planes came. */
const linksBefore = new WeakMap<PlaneSet, Links>();

/** What the fourth picture showed before, by the views that came into its place. */
const shownBefore = new WeakMap<readonly StudyImage[], { readonly stack: Stack; readonly index: number }>();

/** Three planes through the series of the active viewport, and back to its images. */
export function planesCommand(): Command {
  return {
    id: "planes",
    label: t("Axial, coronal and sagittal planes, and back"),
    group: "layout",
    keys: ["Shift+5"],
    icon: "planes",
    run: (context) => void (isReformatted(context) ? leavePlanes(context) : showPlanes(context)),
    isOn: isReformatted,
  };
}

function isReformatted({ grid }: ViewerContext): boolean {
  return Boolean(grid.active.image?.plane);
}

/** Show three planes through the series of the active viewport, and its image beside them. */
export async function showPlanes(context: ViewerContext): Promise<void> {
  const { grid } = context;
  const source = grid.active;
  const { stack, imageIndex, fusion } = source;
  const choice = source.choice.kind === "presentation" ? FILE_DEFAULT : source.choice;
  if (stack === null) return;
  const volume = await fetchVolume(context, stack.series, 0);
  if (volume === null || source.stack !== stack) return;
  context.cine.stop();
  grid.setLayout("2x2");
  volume.planes.forEach((plane, place) => {
    const viewport = grid.viewports[place];
    viewport?.setStack(
      { study: stack.study, series: { ...stack.series, images: plane.images } },
      plane.firstIndex,
    );
    viewport?.setChoice(choice);
    viewport?.setFusion(fusion);
  });
  const original = grid.viewports[3];
  original?.setStack(stack, imageIndex);
  original?.setChoice(choice);
  original?.setFusion(fusion);
  context.planeSet?.dispose();
  const planeSet = new PlaneSet(volume, grid.viewports.slice(0, 3), context.shown);
  planeSet.changed.subscribe(() => context.changed.emit());
  context.planeSet = planeSet;
  // The crosshair links the planes; what scrolled together before does so again afterwards.
  linksBefore.set(planeSet, context.sync.links);
  context.sync.setLinks(UNLINKED);
  const first = grid.viewports[0];
  if (first) grid.activate(first);
  if (volume.findings.length > 0) showMessage(context.page, volume.findings.join(" "));
  context.changed.emit();
}

/** Show the plane that a mark was drawn on, in planes through its series. */
export async function showPlaneMark(context: ViewerContext, annotation: Annotation): Promise<void> {
  const { grid, studies } = context;
  const { plane, seriesInstanceUid } = annotation;
  const stack = studies.stack(seriesInstanceUid);
  const [like] = stack?.series.images ?? [];
  const centre = like && centreOf(annotation, like);
  if (!stack || !plane || !centre) return;
  const isThere = (grid.visible[0]?.stack?.series.seriesInstanceUid ?? "") === seriesInstanceUid;
  if (!isThere || !context.planeSet || !grid.visible.some(({ image }) => image?.plane)) {
    grid.active.setStack(stack);
    await showPlanes(context);
  }
  const viewport = context.planeSet?.goTo(centre, plane);
  if (viewport) grid.activate(viewport);
}

/** The planes straight again, through the middle of the volume. */
export function resetPlanesCommand(): Command {
  return {
    id: "reset-planes",
    label: t("Planes straight again, through the middle"),
    group: "layout",
    keys: ["Shift+u"],
    run: ({ planeSet }) => planeSet?.reset(),
  };
}

/** The volume of the planes from all sides in the fourth picture, and its images again. */
export function rotatingCommand(): Command {
  return {
    id: "rotating-mip",
    label: t("Rotating MIP beside the planes, and back"),
    group: "layout",
    keys: ["Shift+v"],
    run: switchRotating,
    isOn: isRotating,
  };
}

export function isRotating({ grid }: ViewerContext): boolean {
  return shownBefore.has(grid.viewports[3]?.stack?.series.images ?? []);
}

function switchRotating(context: ViewerContext): void {
  const { grid, planeSet } = context;
  const viewport = grid.viewports[3];
  const shown = viewport?.stack;
  if (!planeSet || !viewport || !shown) return;
  const { choice } = viewport;
  const before = shownBefore.get(shown.series.images);
  context.cine.stop();
  if (before) viewport.setStack(before.stack, before.index);
  else {
    const images = rotatingViews(planeSet.planes);
    shownBefore.set(images, { stack: shown, index: viewport.imageIndex });
    const { study, series } = shown;
    viewport.setStack({ study, series: { ...series, frameTimeMs: null, images } });
  }
  viewport.setChoice(choice);
  grid.activate(viewport);
  context.changed.emit();
}

function leavePlanes(context: ViewerContext): void {
  const { grid, studies } = context;
  const before = context.planeSet && linksBefore.get(context.planeSet);
  context.planeSet?.dispose();
  context.planeSet = null;
  const index = context.seriesIndexOf();
  grid.setLayout("1x1");
  const [first, ...others] = grid.viewports;
  if (first) grid.activate(first);
  for (const viewport of others) viewport.setStack(null);
  context.showSeries(Math.max(0, Math.min(index, studies.stacks.length - 1)));
  if (before) context.sync.setLinks(before);
}

/** What the planes of a series can be made of, where several images lie at each position. */
export function groupLabels(seriesInstanceUid: string): readonly string[] {
  return groupsOf.get(seriesInstanceUid) ?? [];
}

/** The planes of other images at the same positions. */
export async function showGroup(context: ViewerContext, series: Series, group: number): Promise<void> {
  const { planeSet } = context;
  const volume = await fetchVolume(context, series, group);
  if (volume !== null && planeSet === context.planeSet) planeSet?.setVolume(volume);
}

async function fetchVolume(context: ViewerContext, series: Series, group: number): Promise<Planes | null> {
  try {
    const response = await request(volumeUrl(series.seriesInstanceUid, group));
    const volume = parseVolume(await response.json(), series);
    if (volume.kind === "planes") {
      groupsOf.set(series.seriesInstanceUid, volume.groups);
      return volume;
    }
    showMessage(context.page, volume.problem);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showMessage(context.page, error.message);
  }
  return null;
}
