import type { StudyImage } from "../dicom/types";

/** ISO/IEC 7810 ID-1: every bank card. */
export const CARD_MM = { width: 85.6, height: 53.98 } as const;

/**
 * Device pixels per image column at which a millimetre of the image is a millimetre on the monitor; null where the file
 * does not say how large a pixel is. Of a projection it is a millimetre at the detector.
 */
export function trueSizeScale(image: StudyImage, mmPerDevicePixel: number): number | null {
  const across = image.spacingSource === "none" ? undefined : image.pixelSpacingMm?.[1];
  return across === undefined ? null : across / mmPerDevicePixel;
}

/** A difference that no eye sees on a monitor, and no ruler. */
const SAME_SIZE = 0.005;

/** Tell whether an image is shown in true size; never where the monitor was not measured, with null. */
export function isTrueSize(image: StudyImage, scale: number, mmPerDevicePixel: number | null): boolean {
  const wanted = mmPerDevicePixel === null ? null : trueSizeScale(image, mmPerDevicePixel);
  return wanted !== null && Math.abs(scale / wanted - 1) < SAME_SIZE;
}
