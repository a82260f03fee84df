import type { Series, Study, StudyImage } from "../dicom/types";

/** A series in a viewport, with the study that it came from: identity is read from here and nowhere else. */
export interface Stack {
  readonly study: Study;
  readonly series: Series;
}

export function imageAt(stack: Stack | null, index: number): StudyImage | null {
  return stack?.series.images[index] ?? null;
}
