import type { ImagePoint } from "../geometry/points";

export const ANNOTATION_KINDS = [
  "length",
  "bidirectional",
  "angle",
  "cobb",
  "ellipse",
  "rectangle",
  "circle",
  "polygon",
  "freehand",
  "probe",
  "arrow",
  "text",
  "calibration",
  "spine_label",
] as const;
export type AnnotationKind = (typeof ANNOTATION_KINDS)[number];

/** One frame of an image, within its study. */
export interface FramePlace {
  readonly studyInstanceUid: string;
  readonly sopInstanceUid: string;
  /** 1-based. */
  readonly frameNumber: number;
}

/** The plane through a volume that a mark was drawn on: its points are pixels of this plane (PS3.3 C.7.6.2). */
export interface PlanePlace {
  readonly position: readonly number[];
  readonly orientation: readonly number[];
  readonly spacingMm: readonly [number, number];
  readonly rows: number;
  readonly columns: number;
  /** Of a slab; null for a thin plane. */
  readonly thicknessMm: number | null;
  /** How the values of a slab became one: max, min or mean. Null for a thin plane, and where that was not noted. */
  readonly projection: string | null;
  /** Which of several images at each position; null where that was not noted. */
  readonly group: number | null;
}

/** What somebody drew: image points in the order that the kind gives them. */
export interface AnnotationContent extends FramePlace {
  readonly kind: AnnotationKind;
  readonly seriesInstanceUid: string;
  readonly points: readonly ImagePoint[];
  readonly text: string;
  /** Of a calibration line: how long it is in truth. */
  readonly lengthMm: number | null;
  /** Null for a mark on an image as stored. */
  readonly plane: PlanePlace | null;
}

/** An annotation as the server keeps it. */
export interface StoredAnnotation extends AnnotationContent {
  readonly uid: string;
  /** 0 until it is kept for the first time. */
  readonly revision: number;
  readonly author: string;
  readonly changedAt: string;
  readonly mayEdit: boolean;
  /** The instance that it was read from; null for those that the server keeps itself. */
  readonly source: { readonly sopInstanceUid: string; readonly label: string } | null;
}

export interface KeyImage extends FramePlace {
  readonly author: string;
  readonly changedAt: string;
}

/** Everything that readers drew and marked on a study. */
export interface StudyAnnotations {
  readonly annotations: readonly StoredAnnotation[];
  readonly keyImages: readonly KeyImage[];
  readonly readOnly: readonly StoredAnnotation[];
}

/** Names a frame as imageKey does. */
export function frameKey({ sopInstanceUid, frameNumber }: FramePlace): string {
  return `${sopInstanceUid}/${frameNumber}`;
}

/** Tell whether two annotations say the same. */
export function isSameContent(one: AnnotationContent, other: AnnotationContent): boolean {
  return (
    one.kind === other.kind &&
    isSamePlace(one, other) &&
    one.text === other.text &&
    one.lengthMm === other.lengthMm &&
    one.points.length === other.points.length &&
    one.points.every((point, index) => {
      const twin = other.points[index];
      return twin !== undefined && point.x === twin.x && point.y === twin.y;
    })
  );
}

/** The same image, or the same plane through the same series. */
function isSamePlace(one: AnnotationContent, other: AnnotationContent): boolean {
  if (!one.plane || !other.plane) return !one.plane && !other.plane && frameKey(one) === frameKey(other);
  return one.seriesInstanceUid === other.seriesInstanceUid && isSamePlane(one.plane, other.plane);
}

/** Tell whether two planes lie at the same place and are made in the same way. */
export function isSamePlane(one: PlanePlace, other: PlanePlace): boolean {
  return JSON.stringify(written(one)) === JSON.stringify(written(other));
}

function written({ position, orientation, spacingMm, thicknessMm, projection, group }: PlanePlace): unknown {
  return [position, orientation, spacingMm, thicknessMm, projection, group];
}

/** A UID of our own under the root for random ones (PS3.5 B.2). Works without a secure context, too. */
export function newUid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `2.25.${BigInt(`0x${digits}`)}`;
}
