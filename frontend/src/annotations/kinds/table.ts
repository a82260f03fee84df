import type { AnnotationKind } from "../../dicom/annotation";
import { angle, cobb } from "./angles";
import type { Kind } from "./kind";
import { arrow, bidirectional, calibration, length } from "./lines";
import { probe, spineLabel, text } from "./points";
import { circle, ellipse, freehand, polygon, rectangle } from "./regions";

/** All that is known of each kind. Another kind is another entry. */
export const KINDS: Readonly<Record<AnnotationKind, Kind>> = {
  length,
  bidirectional,
  angle,
  cobb,
  ellipse,
  rectangle,
  circle,
  polygon,
  freehand,
  probe,
  arrow,
  text,
  calibration,
  spine_label: spineLabel,
};
