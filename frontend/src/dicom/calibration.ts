import { numberText, t } from "../core/i18n";
import { formatNumber } from "../core/numbers";
import type { ImagePoint } from "../geometry/points";
import type { StudyImage } from "./types";
import { type RegionAxes, regionAround } from "./ultrasound";

/** What a length is worth: mm of a pixel down and across, and the unit in honest words; pixels without a spacing. */
export interface PixelScale {
  readonly spacingMm: readonly [number, number] | null;
  readonly unit: string;
  /** Of a region of an ultrasound image that has no lengths, such as a spectrum: only its axes measure. */
  readonly axes?: RegionAxes;
}

/** A line of known length that a reader drew on the image. */
export interface CalibrationLine {
  readonly from: ImagePoint;
  readonly to: ImagePoint;
  readonly lengthMm: number;
}

const PIXELS: PixelScale = { spacingMm: null, unit: "px" };
const OUTSIDE: PixelScale = { spacingMm: null, unit: t("px, not within one region") };

/**
 * The scale that holds for some points of an image.
 *
 * A line drawn by a reader wins over the file. A spacing at the detector is named as such, and so is one that the file
 * corrected by an estimated magnification. In an ultrasound image a scale holds within the region that has it, for
 * points that all lie in that region; a region over time or velocity has axes and no spacing (PS3.3 10.7.1.3, C.8.5.5).
 */
export function pixelScale(
  image: StudyImage,
  points: readonly ImagePoint[],
  line: CalibrationLine | null = null,
): PixelScale {
  const region = regionAround(image, points);
  // A line of known length says nothing of time and velocity.
  if (region?.pixelSpacingMm === null) return { ...PIXELS, axes: region };
  if (line !== null) return calibratedScale(image, line);
  if (region) return { spacingMm: region.pixelSpacingMm, unit: "mm" };
  if (image.ultrasoundRegions.length > 0) return OUTSIDE;
  const spacingMm = image.pixelSpacingMm;
  if (spacingMm === null || image.spacingSource === "none") return PIXELS;
  if (image.spacingSource === "patient") return { spacingMm, unit: "mm" };
  if (image.magnification > 1) {
    return {
      spacingMm,
      unit: t("mm (est. magn. {factor})", { factor: formatNumber(image.magnification, 2) }),
    };
  }
  return { spacingMm, unit: t("mm at detector") };
}

function calibratedScale(image: StudyImage, { from, to, lengthMm }: CalibrationLine): PixelScale {
  const aspect = pixelAspect(image);
  const across = lengthMm / Math.hypot(to.x - from.x, (to.y - from.y) * aspect);
  if (!Number.isFinite(across)) return PIXELS;
  return { spacingMm: [across * aspect, across], unit: t("mm calibrated") };
}

/** Distance between two image points, in the unit of the scale. */
export function measureLength(scale: PixelScale, from: ImagePoint, to: ImagePoint): number {
  const [down, across] = scale.spacingMm ?? [1, 1];
  return Math.hypot((to.x - from.x) * across, (to.y - from.y) * down);
}

/** An area of pixels in the square of the scale's unit. */
export function measureArea(scale: PixelScale, areaPx: number): number {
  const [down, across] = scale.spacingMm ?? [1, 1];
  return areaPx * down * across;
}

/**
 * The angle in degrees at `vertex`, or null when a side has no length.
 *
 * Sides are measured in the shape of the pixel, `aspect` its height by its width: an angle on pixels that are not square
 * would be wrong.
 */
export function measureAngle(
  aspect: number,
  from: ImagePoint,
  vertex: ImagePoint,
  to: ImagePoint,
): number | null {
  return angleBetween(aspect, [vertex, from], [vertex, to]);
}

/** The angle between two lines, from 0 to 90 degrees, whichever way they were drawn; null when one has no length. */
export function measureCobb(
  aspect: number,
  first: readonly [ImagePoint, ImagePoint],
  second: readonly [ImagePoint, ImagePoint],
): number | null {
  const degrees = angleBetween(aspect, first, second);
  return degrees === null ? null : Math.min(degrees, 180 - degrees);
}

function angleBetween(
  aspect: number,
  [a, b]: readonly [ImagePoint, ImagePoint],
  [c, d]: readonly [ImagePoint, ImagePoint],
): number | null {
  const first = { x: b.x - a.x, y: (b.y - a.y) * aspect };
  const second = { x: d.x - c.x, y: (d.y - c.y) * aspect };
  const lengths = Math.hypot(first.x, first.y) * Math.hypot(second.x, second.y);
  if (lengths === 0) return null;
  const cosine = (first.x * second.x + first.y * second.y) / lengths;
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}

/** Height of a pixel divided by its width, as it is measured: in a region of an ultrasound image by the region. */
export function measuredAspect({ spacingMm }: PixelScale, image: StudyImage): number {
  return spacingMm === null ? pixelAspect(image) : spacingMm[0] / spacingMm[1];
}

/**
 * Height of a pixel divided by its width, as it is shown.
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

/** Pixels below this size, in mm, are those of a microscope, which measures in micrometres up to a millimetre. */
const MICROSCOPIC_MM = 0.02;

export function formatLength(value: number, scale: PixelScale): string {
  const { factor, unit } = readable(value, scale);
  return `${lengthDigits(value * factor, unit)} ${unit}`;
}

/** Two lengths across each other, the longer first. */
export function formatTwoLengths(one: number, other: number, scale: PixelScale): string {
  const [long, short] = [Math.max(one, other), Math.min(one, other)];
  const { factor, unit } = readable(long, scale);
  return `${lengthDigits(long * factor, unit)} × ${lengthDigits(short * factor, unit)} ${unit}`;
}

/** mm² become "mm² at detector", px become px². */
export function formatArea(value: number, scale: PixelScale): string {
  const { factor, unit } = readable(Math.sqrt(value), scale);
  const area = value * factor ** 2;
  const digits = unit.startsWith("px") || area >= 100 ? 0 : area >= 10 ? 1 : 2;
  return `${formatNumber(area, digits)} ${unit.replace(/^(mm|px|µm)/, "$1²")}`;
}

/** The unit that a length is read in best. */
function readable(length: number, { spacingMm, unit }: PixelScale): { factor: number; unit: string } {
  const isMicroscopic = unit === "mm" && spacingMm !== null && spacingMm[0] < MICROSCOPIC_MM;
  return isMicroscopic && length < 1 ? { factor: 1000, unit: "µm" } : { factor: 1, unit };
}

function lengthDigits(value: number, unit: string): string {
  return formatNumber(value, unit.startsWith("px") ? 0 : 1);
}

export function formatAngle(degrees: number | null): string {
  return degrees === null ? "" : `${numberText(degrees, 1)}°`;
}
