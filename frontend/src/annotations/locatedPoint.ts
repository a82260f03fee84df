import type { StudyImage } from "../dicom/types";
import { type ImageToScreen, imageToScreen } from "../geometry/camera";
import { onPlane } from "../geometry/planes";
import type { LocatedPoint } from "../viewport/shownImages";

const COLOUR = "#ffd166";
/** How far from a plane a place is still marked, where the thickness of the slice is unknown. */
const NEAR_MM = 2;

/** Mark the place that the reader pointed at, on images that it lies in. */
export function drawLocatedPoint(
  context: CanvasRenderingContext2D,
  image: StudyImage,
  located: LocatedPoint | null,
  matrix: ImageToScreen,
  ratio: number,
): void {
  if (located === null || located.frameOfReferenceUid !== image.frameOfReferenceUid) return;
  const found = onPlane(image, located.point);
  if (found === null || Math.abs(found.distanceMm) > Math.max(NEAR_MM, image.sliceThicknessMm ?? 0)) return;
  const { x, y } = imageToScreen(matrix, found.point);
  const [inner, outer] = [5 * ratio, 16 * ratio];
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  for (const [across, down] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    context.moveTo(x + across * inner, y + down * inner);
    context.lineTo(x + across * outer, y + down * outer);
  }
  for (const [colour, width] of [
    ["#000", 4],
    [COLOUR, 2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width * ratio;
    context.stroke();
  }
  context.restore();
}
