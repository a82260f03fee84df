import { formatNumber, formatValue } from "../core/numbers";
import { formatAngle, formatLength, measureAngle, measureLength } from "../dicom/calibration";
import type { StudyImage } from "../dicom/types";
import type { ImagePoint } from "../geometry/points";
import type { Annotation } from "./schema";

/** Reads the modality value under a point; null outside the frame, in padding or while not loaded. */
export type ValueAt = (point: ImagePoint) => number | null;

/** Another image on the same pixels, laid in colours over the first. */
export interface LaidOver {
  readonly image: StudyImage;
  readonly valueAt: ValueAt;
}

/** What a measurement says beside its handles. */
export function describeAnnotation(
  annotation: Annotation,
  image: StudyImage,
  valueAt: ValueAt,
  over: LaidOver | null = null,
): string {
  const [first, second, third] = annotation.points;
  if (annotation.kind === "probe") return first ? describeBoth(first, image, valueAt, over) : "";
  if (annotation.kind === "length") {
    return first && second ? formatLength(measureLength(image, first, second)) : "";
  }
  return first && second && third ? formatAngle(measureAngle(image, first, second, third)) : "";
}

function describeBoth(point: ImagePoint, image: StudyImage, valueAt: ValueAt, over: LaidOver | null): string {
  const below = describeProbe(point, image, valueAt);
  const value = over?.valueAt(point) ?? null;
  if (over === null || value === null) return below;
  const { suvFactor, valueUnits } = over.image;
  const uptake =
    suvFactor === null ? `${formatValue(value)} ${valueUnits}` : `SUV ${formatNumber(value * suvFactor, 2)}`;
  return `${uptake.trim()}  ${below}`;
}

function describeProbe(point: ImagePoint, image: StudyImage, valueAt: ValueAt): string {
  const value = valueAt(point);
  const place = `${Math.floor(point.x) + 1}, ${Math.floor(point.y) + 1}`;
  if (value === null) return place;
  if (image.valueUnits.startsWith("SUV")) return `${image.valueUnits} ${formatNumber(value, 2)}  (${place})`;
  const measured = `${formatValue(value)}${image.valueUnits ? ` ${image.valueUnits}` : ""}`;
  if (image.suvFactor === null) return `${measured}  (${place})`;
  return `SUV ${formatNumber(value * image.suvFactor, 2)}  (${measured}, ${place})`;
}
