import type { StudyImage } from "../dicom/types";
import { type Camera, FITTED, type FrameShape, fitScale, type ScreenSize } from "../geometry/camera";
import { flipHorizontally } from "../geometry/orientation";
import { frameShape } from "../render/tilePlan";

/** On which side of the stored image the chest wall lies; null where the file does not tell (PS3.3 C.7.6.1.1.1). */
export function chestWallSide(image: StudyImage): "left" | "right" | null {
  const row = image.patientOrientation?.[0] ?? "";
  if (row.startsWith("P")) return "right";
  return row.startsWith("A") ? "left" : null;
}

/** Millimetres that one image column is wide; 1 without a spacing, so that pixels stand for millimetres. */
export function columnMm(image: StudyImage): number {
  return image.pixelSpacingMm?.[1] ?? 1;
}

/** Device pixels for each millimetre at which every picture fits into its viewport. */
export function commonScale(
  pictures: readonly { readonly image: StudyImage; readonly screen: ScreenSize }[],
): number {
  const scales = pictures.map(({ image, screen }) => {
    return fitScale(frameShape(image), FITTED.orientation, screen) / columnMm(image);
  });
  return Math.min(...scales);
}

/** A view with the chest wall at one edge of the viewport, turned where the file has it on the other side. */
export function chestWallCamera(
  image: StudyImage,
  wanted: "left" | "right",
  scale: number,
  screen: ScreenSize,
): Camera {
  const frame: FrameShape = frameShape(image);
  const side = chestWallSide(image) ?? wanted;
  const orientation = side === wanted ? FITTED.orientation : flipHorizontally(FITTED.orientation);
  const visible = screen.width / (scale * frame.columns);
  // The middle of the viewport, counted from the image's edge at the chest wall.
  const middle = side === "left" ? visible / 2 : 1 - visible / 2;
  return { scale, centre: [middle, 0.5], orientation };
}
