import { isTrueSize } from "../geometry/trueSize";
import { wordsOf } from "../viewport/likeness";
import type { OpenStudies } from "../viewport/openStudies";
import type { Split } from "../viewport/splits";
import type { Viewport } from "../viewport/viewport";
import { hungFusionOf } from "./fusing";
import { relevantPriors } from "./hang";
import type { HungViewport, Screen, SeriesSelector } from "./protocol";
import { lateralityOf, type Picture, picturesOf, planeName, selectPicture } from "./selecting";

/** What is on the screen, as far as it can hang another study of the same kind. */
export interface Example {
  readonly split: Split;
  readonly viewports: readonly Viewport[];
  readonly studies: OpenStudies;
  /** Of the monitor that it is on; null where that was not measured, and nothing is known to be in true size. */
  readonly mmPerDevicePixel: number | null;
}

/** What hangs what is on the screen. */
export function screenOf({ split, viewports, studies, mmPerDevicePixel }: Example): Screen {
  const used = new Map<string, Set<Picture>>();
  return {
    layout: split.name,
    rows: split.rows,
    columns: split.columns,
    viewports: viewports.map((viewport) => {
      const hung = hungOf(viewport, studies, used);
      return { ...hung, fit: fitOf(viewport, hung, mmPerDevicePixel) };
    }),
  };
}

const EMPTY: HungViewport = {
  study: 0,
  series: { modality: "", words: [], plane: "", laterality: "", viewPositions: [], position: 1 },
  window: null,
  fit: "fit",
  chestWall: "",
  cine: false,
  fusion: null,
};

function hungOf(viewport: Viewport, studies: OpenStudies, used: Map<string, Set<Picture>>): HungViewport {
  const { stack, imageIndex, choice } = viewport;
  if (stack === null) return EMPTY;
  const uid = stack.study.studyInstanceUid;
  const prior = relevantPriors(studies).findIndex(({ studyInstanceUid }) => studyInstanceUid === uid);
  const taken = used.get(uid) ?? new Set<Picture>();
  used.set(uid, taken);
  const pictures = picturesOf(studies.stacks.filter(({ study }) => study.studyInstanceUid === uid));
  const series = selectorOf({ stack, imageIndex }, pictures, taken);
  const isBreast = stack.series.modality === "MG" && series.laterality !== "";
  const window = choice.kind === "window" ? choice.window : null;
  return {
    study: uid === studies.current.study.studyInstanceUid ? 0 : Math.max(1, prior + 1),
    series,
    window: window && { center: window.windowCenter, width: window.windowWidth },
    fit: "fit",
    chestWall: isBreast ? (series.laterality === "R" ? "right" : "left") : "",
    cine: false,
    fusion: viewport.fusion && hungFusionOf(viewport.fusion),
  };
}

/** How large a picture is meant to be. */
function fitOf({ image, camera }: Viewport, { chestWall }: HungViewport, mm: number | null) {
  const { scale } = camera;
  if (scale !== null && image !== null && isTrueSize(image, scale, mm)) return "true_size";
  if (chestWall !== "") return "same_size";
  return scale === 1 ? "one_to_one" : "fit";
}

/** The words and places that find this picture again. */
function selectorOf(picture: Picture, pictures: readonly Picture[], taken: Set<Picture>): SeriesSelector {
  const { series } = picture.stack;
  const image = series.images[picture.imageIndex];
  const own = pictures.find(
    ({ stack, imageIndex }) =>
      stack.series.seriesInstanceUid === series.seriesInstanceUid &&
      (pictures.filter((one) => one.stack === stack).length === 1 || imageIndex === picture.imageIndex),
  );
  const isProjection = own !== undefined && pictures.filter(({ stack }) => stack === own.stack).length > 1;
  const view = image?.viewPosition ?? "";
  const base = {
    modality: series.modality,
    words: [...wordsOf(series.seriesDescription)].slice(0, 12),
    plane: image && !isProjection ? planeName(image) : "",
    laterality:
      image && ["L", "R", "B"].includes(lateralityOf(series, image)) ? lateralityOf(series, image) : "",
    viewPositions: view ? [view] : [],
  };
  const positions = Array.from({ length: 20 }, (_, index) => index + 1);
  const position =
    positions.find((at) => selectPicture({ ...base, position: at }, pictures, taken) === own) ?? 1;
  if (own) taken.add(own);
  return { ...base, position };
}
