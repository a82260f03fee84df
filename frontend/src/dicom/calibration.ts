import { formatNumber } from "../core/numbers";
import type { ImagePoint } from "../geometry/points";
import type { StudyImage } from "./types";

/** A length with the unit that the file justifies (PS3.3 10.7.1.3). */
export interface MeasuredLength {
  readonly value: number;
  readonly unit: "mm" | "µm" | "mm (detector)" | "px";
}

/** Pixels below this size, in mm, are those of a microscope, which measures in micrometres up to a millimetre. */
const MICROSCOPIC_MM = 0.02;

/** Distance between two image points. Without a known spacing it is in pixels and says so. */
export function measureLength(image: StudyImage, from: ImagePoint, to: ImagePoint): MeasuredLength {
  const columns = to.x - from.x;
  const rows = to.y - from.y;
  const spacing = image.pixelSpacingMm;
  if (spacing === null || image.spacingSource === "none") {
    return { value: Math.hypot(columns, rows), unit: "px" };
  }
  const [rowSpacing, columnSpacing] = spacing;
  const value = Math.hypot(columns * columnSpacing, rows * rowSpacing);
  if (image.spacingSource === "patient" && rowSpacing < MICROSCOPIC_MM && value < 1) {
    return { value: value * 1000, unit: "µm" };
  }
  return {
    value,
    unit: image.spacingSource === "detector" ? "mm (detector)" : "mm",
  };
}

/**
 * The angle in degrees at `vertex`, or null when a side has no length.
 *
 * Sides are measured in the shape of the pixel: an angle on pixels that are not square would be wrong.
 */
export function measureAngle(
  image: StudyImage,
  from: ImagePoint,
  vertex: ImagePoint,
  to: ImagePoint,
): number | null {
  const aspect = pixelAspect(image);
  const first = { x: from.x - vertex.x, y: (from.y - vertex.y) * aspect };
  const second = { x: to.x - vertex.x, y: (to.y - vertex.y) * aspect };
  const lengths = Math.hypot(first.x, first.y) * Math.hypot(second.x, second.y);
  if (lengths === 0) return null;
  const cosine = (first.x * second.x + first.y * second.y) / lengths;
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}

/**
 * Height of a pixel divided by its width.
 *
 * Spacing of the patient or the detector decides, then the Pixel Aspect Ratio. Ultrasound regions calibrate
 * measurements only: their axes may be time or velocity and must not stretch the picture.
 */
export function pixelAspect(image: StudyImage): number {
  const calibrated = image.spacingSource === "patient" || image.spacingSource === "detector";
  const pair = calibrated && image.pixelSpacingMm !== null ? image.pixelSpacingMm : image.pixelAspectRatio;
  const aspect = pair[0] / pair[1];
  return Number.isFinite(aspect) && aspect > 0 ? aspect : 1;
}

export function formatLength(length: MeasuredLength): string {
  return `${formatNumber(length.value, length.unit === "px" ? 0 : 1)} ${length.unit}`;
}

export function formatAngle(degrees: number | null): string {
  return degrees === null ? "" : `${degrees.toFixed(1)}°`;
}
