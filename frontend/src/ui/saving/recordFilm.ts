import { recordExport } from "../../api/exports";
import {
  type FilmFormat,
  type FilmProgress,
  MOST_PX,
  type Recording,
  sendPicture,
  startRecording,
} from "../../api/films";
import type { ScreenSize } from "../../geometry/camera";
import type { Shots } from "./shots";

export interface Take {
  readonly format: FilmFormat;
  /** Indexes of the first and the last picture. */
  readonly first: number;
  readonly last: number;
  readonly framesPerSecond: number;
  readonly hasIdentity: boolean;
}

/**
 * Show one picture after the other and send each to the server, which makes the film of them.
 *
 * The export is on record at the server before the first picture leaves.
 *
 * @param tell is called with how many pictures have been sent.
 * @throws RequestError where a picture cannot be shown, or the film not be made.
 */
export async function recordFilm(
  shots: Shots,
  take: Take,
  signal: AbortSignal,
  tell: (sent: number) => void,
): Promise<FilmProgress> {
  const { first, last, hasIdentity, format, framesPerSecond } = take;
  const { study, otherStudyInstanceUid: other } = shots;
  try {
    await shots.show(first);
    const size = filmSize(shots.picture(hasIdentity), format);
    if (other && other !== study.studyInstanceUid) await recordExport(other, "film", hasIdentity);
    const wanted: Recording = {
      seriesInstanceUid: shots.seriesInstanceUid,
      shows: shots.shows,
      format,
      frames: last - first + 1,
      framesPerSecond,
      columns: size.width,
      rows: size.height,
      hasIdentity,
    };
    const film = await startRecording(study.studyInstanceUid, wanted);
    for (let index = first; index <= last; index += 1) {
      tell(index - first);
      await shots.show(index);
      signal.throwIfAborted();
      await sendPicture(film.picturesUrl, index - first, await png(shots.picture(hasIdentity), size));
    }
    return film;
  } finally {
    shots.restore();
  }
}

/** As large as the screen has it and the film may be; even, as video needs it. */
export function filmSize({ width, height }: ScreenSize, format: FilmFormat): ScreenSize {
  const factor = Math.min(1, MOST_PX[format] / Math.max(width, height));
  const even = (side: number) => Math.max(16, 2 * Math.floor((side * factor) / 2));
  return { width: even(width), height: even(height) };
}

function png(picture: HTMLCanvasElement, size: ScreenSize): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = size.width;
  canvas.height = size.height;
  const context = canvas.getContext("2d", { alpha: false });
  if (context === null) throw new Error("This browser has no 2D canvas.");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, size.width, size.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("No file of a canvas."))), "image/png");
  });
}
