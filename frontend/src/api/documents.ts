import {
  type ContentItem,
  DOCUMENT_KINDS,
  type DocumentReference,
  type OtherObject,
  type StructuredReport,
  type Verification,
} from "../dicom/documents";
import type {
  SampleChunk,
  Waveform,
  WaveformAnnotation,
  WaveformChannel,
  WaveformGroup,
} from "../dicom/waveform";
import { request, retryAfterSeconds } from "./client";
import {
  asFields,
  type Fields,
  readFlag,
  readList,
  readNumber,
  readNumberOrNull,
  readPairOrNull,
  readText,
  readTextOrEmpty,
  readWord,
  ShapeError,
} from "./fields";

const HEADER_NUMBERS = 4;

export function parseOther(fields: Fields): OtherObject {
  return {
    sopInstanceUid: readText(fields, "sop_instance_uid"),
    modality: readTextOrEmpty(fields, "modality"),
    description: readTextOrEmpty(fields, "description"),
    kind: readWord(fields, "kind", DOCUMENT_KINDS),
    title: readTextOrEmpty(fields, "title"),
    sentence: readTextOrEmpty(fields, "sentence"),
    seriesNumber: readNumberOrNull(fields, "series_number"),
    instanceNumber: readNumberOrNull(fields, "instance_number"),
    fileUrl: readTextOrEmpty(fields, "file_url"),
  };
}

/** @throws RequestError, ShapeError where it cannot be had. */
export async function fetchReport(sopInstanceUid: string, signal: AbortSignal): Promise<StructuredReport> {
  return parseReport(await (await fetchPart(sopInstanceUid, "report.json", signal)).json());
}

/** @throws RequestError, ShapeError where it cannot be had. */
export async function fetchWaveform(sopInstanceUid: string, signal: AbortSignal): Promise<Waveform> {
  return parseWaveform(await (await fetchPart(sopInstanceUid, "waveform.json", signal)).json());
}

/** @throws RequestError, ShapeError where it cannot be had. */
export async function fetchSamples(
  sopInstanceUid: string,
  groupIndex: number,
  chunkIndex: number,
  signal: AbortSignal,
): Promise<SampleChunk> {
  const name = `waveform/${groupIndex + 1}/${chunkIndex}.bin`;
  return parseSamples(await (await fetchPart(sopInstanceUid, name, signal)).arrayBuffer());
}

/** @throws RequestError where it cannot be had. */
export async function fetchPdf(sopInstanceUid: string, signal: AbortSignal): Promise<ArrayBuffer> {
  return (await fetchPart(sopInstanceUid, "document.pdf", signal)).arrayBuffer();
}

/** A part of a document, once a worker has read it. */
async function fetchPart(sopInstanceUid: string, name: string, signal: AbortSignal): Promise<Response> {
  for (;;) {
    const response = await request(`/viewer/documents/${sopInstanceUid}/${name}`, { signal });
    if (response.status !== 202) return response;
    await new Promise((resolve) => setTimeout(resolve, retryAfterSeconds(response) * 1000));
    signal.throwIfAborted();
  }
}

export function parseReport(body: unknown): StructuredReport {
  const fields = asFields(body, "report");
  const text = (name: string) => readTextOrEmpty(fields, name);
  return {
    title: text("title"),
    completion: text("completion"),
    completionDescription: text("completion_description"),
    verification: text("verification"),
    preliminary: text("preliminary"),
    verifiedBy: readList(fields, "verified_by").map(parseVerification),
    authors: readList(fields, "authors").map(String),
    language: text("language"),
    created: text("created"),
    institution: text("institution"),
    manufacturer: text("manufacturer"),
    isSuperseding: readFlag(fields, "is_superseding"),
    items: readList(fields, "items").map(parseItem),
    omitted: readNumber(fields, "omitted"),
  };
}

function parseVerification(body: unknown): Verification {
  const fields = asFields(body, "verification");
  return {
    observer: readTextOrEmpty(fields, "observer"),
    organization: readTextOrEmpty(fields, "organization"),
    moment: readTextOrEmpty(fields, "moment"),
  };
}

function parseItem(body: unknown): ContentItem {
  const fields = asFields(body, "content item");
  return {
    kind: readWord(fields, "kind", ["heading", "value", "text", "reference"]),
    name: readTextOrEmpty(fields, "name"),
    value: readTextOrEmpty(fields, "value"),
    qualifiers: readList(fields, "qualifiers").map(String),
    references: readList(fields, "references").map(parseReference),
    isContext: readFlag(fields, "is_context"),
    children: readList(fields, "children").map(parseItem),
  };
}

function parseReference(body: unknown): DocumentReference {
  const fields = asFields(body, "reference");
  return {
    sopInstanceUid: readText(fields, "sop_instance_uid"),
    frameNumbers: readList(fields, "frame_numbers").map(Number),
  };
}

export function parseWaveform(body: unknown): Waveform {
  const fields = asFields(body, "waveform");
  return {
    chunkSamples: readNumber(fields, "chunk_samples"),
    groups: readList(fields, "groups").map(parseGroup),
    annotations: readList(fields, "annotations").map(parseAnnotation),
  };
}

function parseGroup(body: unknown): WaveformGroup {
  const fields = asFields(body, "group");
  return {
    label: readTextOrEmpty(fields, "label"),
    originality: readTextOrEmpty(fields, "originality"),
    samplingHz: readNumber(fields, "sampling_hz"),
    samples: readNumber(fields, "samples"),
    channels: readList(fields, "channels").map(parseChannel),
    problem: readTextOrEmpty(fields, "problem"),
  };
}

function parseChannel(body: unknown): WaveformChannel {
  const fields = asFields(body, "channel");
  return {
    label: readText(fields, "label"),
    lead: readTextOrEmpty(fields, "lead"),
    unit: readTextOrEmpty(fields, "unit"),
    scale: readNumber(fields, "scale"),
    offset: readNumber(fields, "offset"),
    lowHz: readNumberOrNull(fields, "low_hz"),
    highHz: readNumberOrNull(fields, "high_hz"),
    notchHz: readNumberOrNull(fields, "notch_hz"),
    skewS: readNumber(fields, "skew_s"),
  };
}

function parseAnnotation(body: unknown): WaveformAnnotation {
  const fields = asFields(body, "annotation");
  return {
    channels: readList(fields, "channels").map((pair) => {
      const numbers = readPairOrNull({ pair }, "pair");
      if (numbers === null) throw new ShapeError("a channel is missing");
      return numbers;
    }),
    name: readTextOrEmpty(fields, "name"),
    value: readTextOrEmpty(fields, "value"),
    positionsS: readList(fields, "positions_s").map(Number),
    isInterval: readFlag(fields, "is_interval"),
  };
}

/** Four numbers lead: bytes of a sample, channels, samples of each channel, zero; then the samples by channel. */
export function parseSamples(body: ArrayBuffer): SampleChunk {
  const headerBytes = HEADER_NUMBERS * 4;
  if (body.byteLength < headerBytes) throw new ShapeError("samples have no header");
  const [bytes = 0, channels = 0, samples = 0] = new Uint32Array(body, 0, HEADER_NUMBERS);
  const isWhole = body.byteLength === headerBytes + bytes * channels * samples;
  if (!isWhole || (bytes !== 2 && bytes !== 4)) throw new ShapeError("samples are cut off");
  const numbers = bytes === 2 ? new Int16Array(body, headerBytes) : new Int32Array(body, headerBytes);
  return { channels, samples, numbers };
}
