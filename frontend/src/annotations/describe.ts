import { pixelScale } from "../dicom/calibration";
import type { StudyImage } from "../dicom/types";
import { KINDS } from "./kinds/table";
import type { LiveValues } from "./liveValues";
import type { Annotation, AnnotationStore } from "./store";

/** What an annotation says beside its mark: its words first, then what it measures. */
export function describeAnnotation(
  annotation: Annotation,
  image: StudyImage,
  store: AnnotationStore,
  values: LiveValues,
  over: StudyImage | null = null,
): readonly string[] {
  const line = store.calibrationLine(annotation.sopInstanceUid);
  const measured = KINDS[annotation.kind].describe(annotation, {
    image,
    scale: pixelScale(image, annotation.points, line),
    values: {
      valueAt: (point) => values.valueAt(image, point),
      statistics: (one) => values.statistics(image, one),
    },
    over: over && { image: over, valueAt: (point) => values.valueAt(over, point) },
  });
  return [...annotation.text.split("\n").filter(Boolean), ...measured];
}
