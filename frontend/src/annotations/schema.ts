import type { ImagePoint } from "../geometry/points";

/** A measurement on one frame. Points are image points, so it follows zoom, turn and mirror. */
export interface Annotation {
  readonly id: number;
  readonly kind: AnnotationKind;
  /** The frame it belongs to: SOP Instance UID and frame number. */
  readonly imageKey: string;
  readonly points: readonly ImagePoint[];
}

export type AnnotationKind = "length" | "angle" | "probe";

/** How many points finish a measurement. */
export const POINT_COUNT: Readonly<Record<AnnotationKind, number>> = { length: 2, angle: 3, probe: 1 };
