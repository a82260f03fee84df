import type { Series, Study, StudyImage } from "../dicom/types";

/** A series in a viewport, with the study that it came from: identity is read from here and nowhere else. */
export interface Stack {
  readonly study: Study;
  readonly series: Series;
  /** How many images are loaded ahead at most, where each costs the server much. */
  readonly mostAhead?: number;
}

export function imageAt(stack: Stack | null, index: number): StudyImage | null {
  return stack?.series.images[index] ?? null;
}

/** Uptake is read dark on white; everything else as its file says. */
export function opensInverted(stack: Stack | null): boolean {
  return stack?.series.modality === "PT";
}
