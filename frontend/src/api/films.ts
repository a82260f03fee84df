import type { VoiWindow } from "../dicom/types";
import type { Orientation } from "../geometry/orientation";
import { csrfToken, request } from "./client";
import { asFields, readFlag, readNumber, readText } from "./fields";

export type FilmFormat = "mp4" | "gif";
/** What a browser records. */
export type Recorded = "stack" | "planes" | "volume";

/** The bounds of the server. */
export const MOST_FRAMES: Readonly<Record<FilmFormat, number>> = { mp4: 600, gif: 150 };
/** How long the longer side may be. */
export const MOST_PX: Readonly<Record<FilmFormat, number>> = { mp4: 1280, gif: 640 };

/** A film of a series as the reader has it on the screen. */
export interface Film {
  readonly seriesInstanceUid: string;
  readonly format: FilmFormat;
  /** 1-based, inclusive. */
  readonly first: number;
  readonly last: number;
  readonly framesPerSecond: number;
  /** Null for the window of the file with this index. */
  readonly window: VoiWindow | null;
  readonly voiIndex: number | null;
  readonly isInverted: boolean;
  /** The name of a palette, or "". */
  readonly palette: string;
  readonly orientation: Orientation;
  readonly hasOverlays: boolean;
  readonly hasIdentity: boolean;
}

export interface FilmProgress {
  readonly progressUrl: string;
  readonly filmUrl: string;
  /** Where a browser that records it sends its pictures, by their index. */
  readonly picturesUrl: string;
  readonly fileName: string;
  readonly total: number;
  readonly done: number;
  readonly isReady: boolean;
  /** Why there will be none, or "". */
  readonly problem: string;
}

/** @throws RequestError where it cannot be made, with the reason. */
export async function startFilm(studyInstanceUid: string, film: Film): Promise<FilmProgress> {
  const { window, orientation } = film;
  const response = await request(`/viewer/studies/${studyInstanceUid}/films`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({
      series_instance_uid: film.seriesInstanceUid,
      format: film.format,
      first: film.first,
      last: film.last,
      frames_per_second: film.framesPerSecond,
      window: window && [window.windowCenter, window.windowWidth, window.voiFunction],
      voi_index: film.voiIndex,
      is_inverted: film.isInverted,
      palette: film.palette,
      orientation: [orientation.a, orientation.b, orientation.c, orientation.d],
      has_overlays: film.hasOverlays,
      has_identity: film.hasIdentity,
    }),
  });
  return parseProgress(await response.json());
}

/** A film whose pictures the browser makes. */
export interface Recording {
  readonly seriesInstanceUid: string;
  readonly shows: Recorded;
  readonly format: FilmFormat;
  readonly frames: number;
  readonly framesPerSecond: number;
  /** Of every picture; even. */
  readonly columns: number;
  readonly rows: number;
  readonly hasIdentity: boolean;
}

/** Announce a film that this browser records. @throws RequestError where it cannot be made, with the reason. */
export async function startRecording(studyInstanceUid: string, wanted: Recording): Promise<FilmProgress> {
  const response = await request(`/viewer/studies/${studyInstanceUid}/recordings`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({
      series_instance_uid: wanted.seriesInstanceUid,
      shows: wanted.shows,
      format: wanted.format,
      frames: wanted.frames,
      frames_per_second: wanted.framesPerSecond,
      columns: wanted.columns,
      rows: wanted.rows,
      has_identity: wanted.hasIdentity,
    }),
  });
  return parseProgress(await response.json());
}

/** Send a picture of an announced film, from 0 on; the last one sets the encoder going. */
export async function sendPicture(url: string, index: number, picture: Blob): Promise<void> {
  await request(`${url}${index}`, {
    method: "PUT",
    headers: { "Content-Type": "image/png", "X-CSRFToken": csrfToken() },
    body: picture,
  });
}

export async function fetchFilmProgress(url: string): Promise<FilmProgress> {
  return parseProgress(await (await request(url)).json());
}

function parseProgress(body: unknown): FilmProgress {
  const fields = asFields(body, "film");
  return {
    progressUrl: readText(fields, "progress_url"),
    filmUrl: readText(fields, "film_url"),
    picturesUrl: readText(fields, "pictures_url"),
    fileName: readText(fields, "file_name"),
    total: readNumber(fields, "total"),
    done: readNumber(fields, "done"),
    isReady: readFlag(fields, "is_ready"),
    problem: readText(fields, "problem"),
  };
}
