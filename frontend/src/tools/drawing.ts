import { planePlaceOf } from "../annotations/planeMarks";
import type { Annotation, AnnotationStore } from "../annotations/store";
import { clamp } from "../core/numbers";
import type { AnnotationContent, AnnotationKind } from "../dicom/annotation";
import type { StudyImage } from "../dicom/types";
import { screenToImage } from "../geometry/camera";
import { type ImagePoint, imagePoint, type ScreenPoint } from "../geometry/points";
import type { Viewport } from "../viewport/viewport";

/** What the tools that draw need from the page. */
export interface DrawingHost {
  readonly store: AnnotationStore;
  /** The last point was placed. `keepsTool` tells that the reader wants to draw another. */
  readonly finished: (annotation: Annotation, viewport: Viewport, keepsTool: boolean) => void;
}

/** A press that moves less than this (CSS pixels) is a click. */
export const CLICK_REACH = 4;

/** Annotations belong to the picture that is seen, so none starts while another image is awaited. */
export function paintedImage(viewport: Viewport): StudyImage | null {
  const painted = viewport.painted;
  if (!painted || painted.quality === "none" || painted.awaitedIndex !== null) return null;
  return painted.image;
}

export function pointOn(viewport: Viewport, image: StudyImage, at: ScreenPoint): ImagePoint {
  const matrix = viewport.painted?.matrix;
  return matrix ? within(image, screenToImage(matrix, at)) : imagePoint(0, 0);
}

export function within(image: StudyImage, point: ImagePoint): ImagePoint {
  // The last pixel reaches up to, but does not include, the outer edge.
  return imagePoint(clamp(point.x, 0, image.columns - 1e-3), clamp(point.y, 0, image.rows - 1e-3));
}

/** A new annotation of a kind on the painted image. */
export function emptyContent(
  kind: AnnotationKind,
  viewport: Viewport,
  image: StudyImage,
  points: readonly ImagePoint[],
): AnnotationContent {
  const stack = viewport.painted?.stack;
  return {
    kind,
    points,
    text: "",
    lengthMm: null,
    studyInstanceUid: stack?.study.studyInstanceUid ?? "",
    seriesInstanceUid: stack?.series.seriesInstanceUid ?? "",
    sopInstanceUid: image.sopInstanceUid,
    frameNumber: image.frameNumber,
    plane: planePlaceOf(image),
  };
}
