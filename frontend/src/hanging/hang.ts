import { mmPerDevicePixel, monitorName } from "../core/monitor";
import type { PatientStudy } from "../dicom/types";
import { FITTED } from "../geometry/camera";
import { trueSizeScale } from "../geometry/trueSize";
import type { Cine } from "../viewport/cine";
import type { FusionOffers } from "../viewport/fusionOffers";
import type { ViewportGrid } from "../viewport/layout";
import { mostAlike } from "../viewport/likeness";
import type { OpenStudies } from "../viewport/openStudies";
import { pictureShown } from "../viewport/pictureShown";
import { splitNamed } from "../viewport/splits";
import type { Links, Synchronizer } from "../viewport/synchronizer";
import type { Viewport } from "../viewport/viewport";
import { chestWallCamera, columnMm, commonScale } from "./breast";
import { fuse } from "./fusing";
import type { HungViewport, Screen } from "./protocol";
import { type Picture, picturesOf, selectPicture } from "./selecting";

/** A prior that only shares a region or a modality is listed, but not hung by itself. */
const RELEVANT = 0.6;

/** What a stage acts on. */
export interface HangingHost {
  readonly grid: ViewportGrid;
  readonly studies: OpenStudies;
  readonly sync: Synchronizer;
  readonly cine: Cine;
  readonly fusionOffers: FusionOffers;
}

/** What hangs, and who is told of it. */
export interface Hanging {
  readonly screen: Screen;
  readonly links: Links;
  /** Whether this is still what the reader wants when a prior comes late. */
  readonly isAsked: () => boolean;
  /** A viewport is as the protocol says; afterwards the same for what is laid over it. */
  readonly hung: (index: number, viewport: Viewport) => void;
  readonly fused: (index: number, viewport: Viewport) => void;
}

type Place = { readonly viewport: Viewport; readonly hung: HungViewport; readonly index: number };

/** The priors that protocols count, the most relevant first. */
export function relevantPriors(studies: OpenStudies): readonly PatientStudy[] {
  return studies.priors.filter(({ relevance }) => (relevance ?? 0) >= RELEVANT);
}

/** Hang a screen: the study's own series at once, those of priors when they have come. */
export async function hangScreen(host: HangingHost, hanging: Hanging): Promise<void> {
  const { grid, sync, cine, studies } = host;
  const { screen } = hanging;
  const split = splitNamed(screen.layout);
  if (split === null) return;
  cine.stop();
  const { rows, columns } = screen;
  const isWeighted = rows.length === split.rows.length && columns.length === split.columns.length;
  grid.setSplit(isWeighted ? { ...split, rows, columns } : split);
  const places = grid.visible.flatMap((viewport, index) => {
    const hung = screen.viewports[index];
    return hung ? [{ viewport, hung, index }] : [];
  });
  for (const viewport of grid.visible.slice(places.length)) viewport.setStack(null);
  sync.setLinks(hanging.links);
  const current = places.filter(({ hung }) => hung.study === 0);
  for (const { viewport, hung } of places) if (hung.study > 0) viewport.setStack(null);
  fill(current, picturesOf(studies.stacks.filter(({ study }) => study === studies.current.study)));
  arrange(current);
  for (const { index, viewport } of current) hanging.hung(index, viewport);
  const first = places[0]?.viewport;
  if (first) grid.activate(first);
  const playing = places.find(
    ({ viewport, hung }) => hung.cine && (viewport.stack?.series.images.length ?? 0) > 1,
  );
  if (playing?.viewport.stack?.series.frameTimeMs) cine.start(playing.viewport);
  await Promise.all([fuseThose(host, current, hanging), hangPriors(host, places, hanging)]);
}

async function fuseThose(host: HangingHost, places: readonly Place[], hanging: Hanging): Promise<void> {
  for (const { viewport, hung, index } of places) {
    if (hung.fusion === null) continue;
    await fuse(viewport, hung.fusion, host.fusionOffers);
    if (!hanging.isAsked()) return;
    hanging.fused(index, viewport);
  }
}

async function hangPriors(host: HangingHost, places: readonly Place[], hanging: Hanging): Promise<void> {
  const { studies, sync } = host;
  const priors = relevantPriors(studies);
  // The reader waits for the study's own image, not for what hangs beside it.
  await pictureShown(places.find(({ hung }) => hung.study === 0)?.viewport);
  for (const number of new Set(places.map(({ hung }) => hung.study).filter((study) => study > 0))) {
    const prior = priors[number - 1];
    if (!prior) continue;
    const { study } = await studies.open(prior.studyInstanceUid);
    if (!hanging.isAsked()) return;
    // What the reader has put into a place meanwhile stays there.
    const own = places.filter(({ hung, viewport }) => hung.study === number && viewport.stack === null);
    const stacks = studies.stacks.filter((stack) => stack.study === study);
    const like = places.find(({ hung }) => hung.study === 0)?.viewport.stack?.series;
    const best = like
      ? mostAlike(
          like,
          stacks.map(({ series }) => series),
        )
      : null;
    // What is most like the current series goes first among equals.
    const order = [...stacks].sort(
      (one, other) => Number(other.series === best) - Number(one.series === best),
    );
    fill(own, picturesOf(order));
    for (const { viewport } of own) sync.joinIn(viewport);
    const isArranged = own.some(({ hung }) => hung.fit !== "fit" || hung.chestWall !== "");
    if (isArranged) arrange(places);
    for (const { index, viewport } of isArranged ? places : own) hanging.hung(index, viewport);
    await fuseThose(host, own, hanging);
  }
}

/** Each viewport gets what its selector asks for; where nothing fits, what is left. */
function fill(places: readonly Place[], pictures: readonly Picture[]): void {
  const used = new Set<Picture>();
  const chosen = new Map<Place, Picture>();
  for (const place of places) {
    const picture = selectPicture(place.hung.series, pictures, used);
    if (picture === null) continue;
    used.add(picture);
    chosen.set(place, picture);
  }
  for (const place of places) {
    // A view of a breast stays empty rather than hold another: its place says which one it is.
    const isFree = place.hung.chestWall === "";
    const picture = chosen.get(place) ?? (isFree ? pictures.find((one) => !used.has(one)) : undefined);
    if (picture) used.add(picture);
    place.viewport.setStack(picture?.stack ?? null, picture?.imageIndex ?? 0);
    show(place);
  }
}

function show({ viewport, hung }: Place): void {
  if (hung.window === null) return;
  const window = {
    windowCenter: hung.window.center,
    windowWidth: hung.window.width,
    voiFunction: "LINEAR" as const,
  };
  viewport.setChoice({ kind: "window", label: "", window });
}

/** Sizes and edges depend on the viewports' sizes on the screen, which the new layout has only after it was laid out. */
function arrange(places: readonly Place[]): void {
  const shown = () =>
    places.flatMap(({ viewport, hung }) => {
      const { image } = viewport;
      viewport.measure();
      return image ? [{ viewport, hung, image, screen: viewport.screen }] : [];
    });
  const all = shown().filter(({ screen }) => screen.width > 0);
  const mm = mmPerDevicePixel(localStorage, monitorName(window.screen));
  // Where nobody measured the monitor, true size is one size for all of them.
  const isAlike = ({ fit }: HungViewport) => fit === "same_size" || (fit === "true_size" && mm === null);
  const alike = all.filter(({ hung }) => isAlike(hung));
  const perMm = alike.length > 0 ? commonScale(alike) : 1;
  for (const { viewport, hung, image, screen } of all) {
    if (hung.fit === "fit" && hung.chestWall === "") continue;
    const alone = commonScale([{ image, screen }]);
    const trueSize = hung.fit === "true_size" && mm !== null ? trueSizeScale(image, mm) : null;
    const sized = hung.fit === "one_to_one" ? 1 : (isAlike(hung) ? perMm : alone) * columnMm(image);
    const scale = trueSize ?? sized;
    viewport.setCamera(
      hung.chestWall === "" ? { ...FITTED, scale } : chestWallCamera(image, hung.chestWall, scale, screen),
    );
  }
}
