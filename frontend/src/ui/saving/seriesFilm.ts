import { startFilm } from "../../api/films";
import { t } from "../../core/i18n";
import type { Viewport } from "../../viewport/viewport";
import { showMessage } from "../message";
import type { ViewerContext } from "../viewerContext";
import { FilmDialog, type FilmOptions, type FilmSettings, type FilmSource } from "./filmDialog";
import { recordFilm } from "./recordFilm";
import { viewportShots } from "./shots";

/** Ask how the series of the active picture shall become a film, and have it made. */
export function filmOfSeries(context: ViewerContext): void {
  const { cine, grid, page } = context;
  const viewport = grid.active;
  const series = viewport.stack?.series;
  if (!series || viewport.image === null) {
    showMessage(page, t("There is no picture to save."));
  } else if (series.images.length < 2) {
    showMessage(page, t("The series has one image: save it as a picture."));
  } else {
    const count = series.images.length;
    const isPlaying = cine.viewport === viewport;
    const rate = isPlaying ? cine.imagesPerSecond : series.frameTimeMs ? 1000 / series.frameTimeMs : 10;
    const range = isPlaying ? cine.range : ([0, count - 1] as const);
    cine.stop();
    new FilmDialog({
      page,
      title: t("Save this series as a film"),
      sources: sourcesOf(viewport),
      count,
      range,
      framesPerSecond: rate,
      showsOverlays: viewport.showsMarks,
    }).open();
  }
}

/** What the server can make is exact and whole; what only the page puts together is recorded from it. */
function sourcesOf(viewport: Viewport): FilmOptions["sources"] {
  const asShown: FilmSource = {
    label: t("The picture as on the screen"),
    hint: t(
      "Every image is shown here once and taken as it is: zoom, marks, regions, fused series and the words around it. Leave this page in sight until it is done.",
    ),
    offersOverlays: false,
    make: (settings, signal, tell) => {
      const shots = viewportShots(viewport, signal);
      if (shots === null) throw new Error("The viewport is empty.");
      return recordFilm(shots, settings, signal, tell);
    },
  };
  if (viewport.image?.tileUrl != null || isTable(viewport)) return [asShown];
  const asStored: FilmSource = {
    label: t("The whole images as they are stored"),
    hint: t(
      "Window, colours, turns and mirroring are as on the screen, and the whole image is shown. Your marks, regions and fused series are not in it. What is burnt into the pixels stays.",
    ),
    offersOverlays: true,
    make: (settings) => storedFilm(viewport, settings),
  };
  const isComposed = viewport.fusion !== null || viewport.regions.size > 0;
  return isComposed ? [asShown, asStored] : [asStored, asShown];
}

/** Whether the greys come from the look-up table of a presentation state, which the server does not put into films. */
function isTable({ painted, choice }: Viewport): boolean {
  return painted?.voi?.kind === "table" && choice.kind !== "file";
}

async function storedFilm(viewport: Viewport, settings: FilmSettings): ReturnType<typeof startFilm> {
  const { stack, painted, choice, invert, palette, camera } = viewport;
  if (stack === null || painted === null) throw new Error("The viewport is empty.");
  const isGrey = painted.image.kind === "grey";
  // Where the file gives each image a window of its own, the film has each in its own.
  const isOfFile = choice.kind === "file" && painted.image.voi.length > 0;
  const window = isGrey && painted.voi?.kind === "window" ? painted.voi.window : null;
  return startFilm(stack.study.studyInstanceUid, {
    seriesInstanceUid: stack.series.seriesInstanceUid,
    format: settings.format,
    first: settings.first + 1,
    last: settings.last + 1,
    framesPerSecond: settings.framesPerSecond,
    window: isOfFile ? null : window,
    voiIndex: isGrey && isOfFile && choice.kind === "file" ? choice.index : null,
    isInverted: invert,
    palette: palette?.name ?? "",
    orientation: camera.orientation,
    hasOverlays: settings.hasOverlays,
    hasIdentity: settings.hasIdentity,
  });
}
