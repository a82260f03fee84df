import {
  ANNOTATION_KINDS,
  type FramePlace,
  type KeyImage,
  type PlanePlace,
  type StoredAnnotation,
  type StudyAnnotations,
} from "../dicom/annotation";
import type { RegionStatistics } from "../dicom/regionStatistics";
import { type ImagePoint, imagePoint } from "../geometry/points";
import { csrfToken, request, retryAfterSeconds } from "./client";
import {
  asFields,
  type Fields,
  readFlag,
  readList,
  readNumber,
  readNumberOrNull,
  readNumbersOrNull,
  readText,
  readTextOrEmpty,
  readWord,
  ShapeError,
} from "./fields";

/** The server kept it, or somebody else was faster; null: somebody deleted it. */
export type SaveAnswer =
  | { readonly kind: "saved"; readonly annotation: StoredAnnotation }
  | { readonly kind: "conflict"; readonly current: StoredAnnotation | null };

export type RemoveAnswer =
  | { readonly kind: "removed" }
  | { readonly kind: "conflict"; readonly current: StoredAnnotation | null };

/** An instance that the server made of what is marked. */
export interface Evidence {
  readonly modality: string;
  readonly description: string;
}

/** What was made; `detail` says what was left out, or why there is nothing new. */
export interface StoredEvidence {
  readonly created: readonly Evidence[];
  readonly detail: string;
}

const PATIENCE_MS = 20_000;
const EVIDENCE_ATTEMPTS = 10;
const STATISTICS_ATTEMPTS = 40;
/** Browsers refuse to keep more than 64 KiB alive, together. */
const MOST_KEPT_ALIVE = 20_000;

function studyUrl(studyInstanceUid: string): string {
  return `/viewer/studies/${studyInstanceUid}`;
}

export async function fetchAnnotations(studyInstanceUid: string): Promise<StudyAnnotations> {
  // The page asks by itself, also each time that somebody else has marked something: it keeps no session alive.
  const headers = { "X-Background": "1" };
  const response = await request(`${studyUrl(studyInstanceUid)}/annotations.json`, { headers });
  return parseAnnotations(await response.json(), studyInstanceUid);
}

export async function saveAnnotation(annotation: StoredAnnotation): Promise<SaveAnswer> {
  const { studyInstanceUid, uid, kind, points, text, lengthMm, revision, plane } = annotation;
  const response = await send("PUT", `${studyUrl(studyInstanceUid)}/annotations/${uid}`, {
    kind,
    series_instance_uid: annotation.seriesInstanceUid,
    sop_instance_uid: plane ? "" : annotation.sopInstanceUid,
    frame_number: plane ? 1 : annotation.frameNumber,
    points: points.map(({ x, y }) => [x, y]),
    text,
    length_mm: lengthMm,
    plane: plane && planeBody(plane),
    revision,
  });
  const body = asFields(await response.json(), "annotation");
  if (response.status === 409) return { kind: "conflict", current: parseCurrent(body, studyInstanceUid) };
  return { kind: "saved", annotation: parseAnnotation(body, studyInstanceUid) };
}

export async function removeAnnotation(
  studyInstanceUid: string,
  uid: string,
  revision: number,
): Promise<RemoveAnswer> {
  const url = `${studyUrl(studyInstanceUid)}/annotations/${uid}?revision=${revision}`;
  const response = await send("DELETE", url);
  if (response.status !== 409) return { kind: "removed" };
  const body = asFields(await response.json(), "conflict");
  return { kind: "conflict", current: parseCurrent(body, studyInstanceUid) };
}

export async function markKeyImage(place: FramePlace, isMarked: boolean): Promise<void> {
  const { studyInstanceUid, sopInstanceUid, frameNumber } = place;
  const url = `${studyUrl(studyInstanceUid)}/key-images/${sopInstanceUid}/${frameNumber}`;
  await send(isMarked ? "PUT" : "DELETE", url);
}

/** Have what is marked stored as DICOM instances, asking again while workers compute numbers for them. */
export async function storeEvidence(studyInstanceUid: string): Promise<StoredEvidence> {
  const url = `${studyUrl(studyInstanceUid)}/evidence`;
  let response = await send("POST", url);
  for (let attempt = 1; response.status === 202 && attempt < EVIDENCE_ATTEMPTS; attempt += 1) {
    const seconds = retryAfterSeconds(response);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    response = await send("POST", url);
  }
  const body = asFields(await response.json(), "evidence");
  const created = readList(body, "created").map((one) => {
    const fields = asFields(one, "instance");
    return { modality: readText(fields, "modality"), description: readTextOrEmpty(fields, "description") };
  });
  return { created, detail: readTextOrEmpty(body, "detail") };
}

/** The statistics of a region as the server computes them from the stored file; null while it goes on computing. */
export async function fetchStatistics(
  region: StoredAnnotation,
): Promise<(RegionStatistics & { readonly unit: string }) | null> {
  const url = statisticsUrl(region);
  for (let attempt = 0; attempt < STATISTICS_ATTEMPTS; attempt += 1) {
    const response = await request(url);
    if (response.status !== 202) return parseStatistics(await response.json());
    const seconds = retryAfterSeconds(response);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
  return null;
}

function statisticsUrl({ plane, studyInstanceUid, uid, revision, ...region }: StoredAnnotation): string {
  if (plane) return `${studyUrl(studyInstanceUid)}/annotations/${uid}/statistics.json?revision=${revision}`;
  const { kind, points, sopInstanceUid, frameNumber } = region;
  const query = new URLSearchParams({ kind, points: points.map(({ x, y }) => `${x},${y}`).join(";") });
  return `/viewer/statistics/${sopInstanceUid}/${frameNumber}.json?${query}`;
}

async function send(method: "PUT" | "DELETE" | "POST", url: string, body?: object): Promise<Response> {
  const headers: Record<string, string> = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  const text = body ? JSON.stringify(body) : "";
  return request(
    url,
    {
      method,
      headers,
      signal: AbortSignal.timeout(PATIENCE_MS),
      // A change that is on its way arrives although the page is left.
      keepalive: text.length < MOST_KEPT_ALIVE,
      ...(body ? { body: text } : {}),
    },
    [409],
  );
}

export function parseAnnotations(body: unknown, studyInstanceUid: string): StudyAnnotations {
  const fields = asFields(body, "annotations");
  const all = (name: string) =>
    readList(fields, name).map((one) => parseAnnotation(asFields(one, "annotation"), studyInstanceUid));
  return {
    annotations: all("annotations"),
    keyImages: readList(fields, "key_images").map((one) =>
      parseKeyImage(asFields(one, "key image"), studyInstanceUid),
    ),
    readOnly: all("read_only"),
  };
}

function parseCurrent(body: Fields, studyInstanceUid: string): StoredAnnotation | null {
  return body.current == null ? null : parseAnnotation(asFields(body.current, "current"), studyInstanceUid);
}

function parseAnnotation(fields: Fields, studyInstanceUid: string): StoredAnnotation {
  const source = fields.source == null ? null : asFields(fields.source, "source");
  const plane = fields.plane == null ? null : parsePlane(asFields(fields.plane, "plane"));
  const seriesInstanceUid = readText(fields, "series_instance_uid");
  return {
    uid: readText(fields, "annotation_uid"),
    kind: readWord(fields, "kind", ANNOTATION_KINDS),
    studyInstanceUid,
    seriesInstanceUid,
    // The image that a mark on a plane names in the archive does not show it.
    sopInstanceUid: plane ? `${seriesInstanceUid}/plane` : readText(fields, "sop_instance_uid"),
    frameNumber: readNumber(fields, "frame_number"),
    plane,
    points: readList(fields, "points").map(parsePoint),
    text: readTextOrEmpty(fields, "text"),
    lengthMm: readNumberOrNull(fields, "length_mm"),
    revision: readNumber(fields, "revision"),
    author: readTextOrEmpty(fields, "author"),
    changedAt: readTextOrEmpty(fields, "changed_at"),
    mayEdit: readFlag(fields, "may_edit"),
    source: source && {
      sopInstanceUid: readText(source, "sop_instance_uid"),
      label: readTextOrEmpty(source, "label"),
    },
  };
}

function parsePlane(fields: Fields): PlanePlace {
  const [down = 1, across = 1] = readNumbersOrNull(fields, "spacing_mm", 2) ?? [];
  return {
    position: readNumbersOrNull(fields, "position", 3) ?? [],
    orientation: readNumbersOrNull(fields, "orientation", 6) ?? [],
    spacingMm: [down, across],
    rows: readNumber(fields, "rows"),
    columns: readNumber(fields, "columns"),
    thicknessMm: readNumberOrNull(fields, "thickness_mm"),
    projection: readTextOrEmpty(fields, "projection") || null,
    group: readNumberOrNull(fields, "group"),
  };
}

function planeBody(plane: PlanePlace): unknown {
  const { position, orientation, spacingMm, rows, columns, thicknessMm, projection, group } = plane;
  return {
    position,
    orientation,
    spacing_mm: spacingMm,
    rows,
    columns,
    thickness_mm: thicknessMm,
    // What is not known is left out, as it was before.
    ...(projection === null && thicknessMm !== null ? {} : { projection }),
    ...(group === null ? {} : { group }),
  };
}

function parseKeyImage(fields: Fields, studyInstanceUid: string): KeyImage {
  return {
    studyInstanceUid,
    sopInstanceUid: readText(fields, "sop_instance_uid"),
    frameNumber: readNumber(fields, "frame_number"),
    author: readTextOrEmpty(fields, "author"),
    changedAt: readTextOrEmpty(fields, "changed_at"),
  };
}

function parsePoint(value: unknown): ImagePoint {
  const [x, y] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof x !== "number" || typeof y !== "number") throw new ShapeError("a point is not two numbers");
  return imagePoint(x, y);
}

function parseStatistics(body: unknown): RegionStatistics & { readonly unit: string } {
  const fields = asFields(body, "statistics");
  return {
    count: readNumber(fields, "count"),
    mean: readNumberOrNull(fields, "mean"),
    standardDeviation: readNumberOrNull(fields, "standard_deviation"),
    minimum: readNumberOrNull(fields, "minimum"),
    maximum: readNumberOrNull(fields, "maximum"),
    unit: readTextOrEmpty(fields, "unit"),
  };
}
