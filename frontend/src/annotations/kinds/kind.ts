import type { PixelScale } from "../../dicom/calibration";
import type { RegionStatistics } from "../../dicom/regionStatistics";
import type { StudyImage } from "../../dicom/types";
import type { ImagePoint } from "../../geometry/points";
import type { Annotation } from "../store";

/** A line in image coordinates. */
export interface Stroke {
  readonly points: readonly ImagePoint[];
  readonly isClosed: boolean;
  /** The first point carries an arrow's head. */
  readonly hasHead?: boolean;
}

/** What a measurement reads of the pixels. */
export interface PixelValues {
  /** The modality value under a point; null outside the frame, in padding or while it is not loaded. */
  readonly valueAt: (point: ImagePoint) => number | null;
  /** "loading" while tiles are on the way, null where the image has no values. */
  readonly statistics: (annotation: Annotation) => RegionStatistics | "loading" | null;
}

/** Another image on the same pixels, laid in colours over the first. */
export interface LaidOver {
  readonly image: StudyImage;
  readonly valueAt: PixelValues["valueAt"];
}

/** What describing needs to know. */
export interface Surroundings {
  readonly image: StudyImage;
  readonly scale: PixelScale;
  readonly values: PixelValues;
  readonly over: LaidOver | null;
}

/** How the reader places it: points one after the other, corners until closed, or a line drawn in one go. */
export type Gesture = "points" | "corners" | "trace";

/** Everything that one kind of annotation has of its own. */
export interface Kind {
  readonly label: string;
  readonly gesture: Gesture;
  /** How many points the reader places; corners and traces have any number. */
  readonly placed: number;
  /** What is asked when it is drawn. */
  readonly asks?: "text" | "length";
  /** A point that is marked by itself: a cross that leaves the pixel free, or a dot. */
  readonly marker?: "cross" | "dot";
  /** Whether each point can be taken hold of. */
  readonly hasHandles: boolean;
  /** Stored points of those that the reader placed so far. `aspect` is height of a pixel by its width. */
  readonly build: (placed: readonly ImagePoint[], aspect: number) => readonly ImagePoint[];
  readonly strokes: (points: readonly ImagePoint[], aspect: number) => readonly Stroke[];
  readonly moveHandle: (
    points: readonly ImagePoint[],
    index: number,
    to: ImagePoint,
    aspect: number,
  ) => readonly ImagePoint[];
  /** What it measures, as lines of text; nothing until it is whole. */
  readonly describe: (annotation: Annotation, around: Surroundings) => readonly string[];
}

export function asPlaced(placed: readonly ImagePoint[]): readonly ImagePoint[] {
  return placed;
}

export function replaced(
  points: readonly ImagePoint[],
  index: number,
  to: ImagePoint,
): readonly ImagePoint[] {
  return points.map((known, place) => (place === index ? to : known));
}

/** One open line through the points. */
export function asLine(points: readonly ImagePoint[]): readonly Stroke[] {
  return [{ points, isClosed: false }];
}

export function asOutline(points: readonly ImagePoint[]): readonly Stroke[] {
  return [{ points, isClosed: true }];
}
