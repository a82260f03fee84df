import type { StudyImage } from "../dicom/types";
import { type ImageToScreen, imageToScreen } from "../geometry/camera";
import { referenceLine } from "../geometry/referenceLines";

const COLOUR = "#6fd3e8";

/** Draw where the images of other viewports cut through this one. */
export function drawReferenceLines(
  context: CanvasRenderingContext2D,
  image: StudyImage,
  others: readonly StudyImage[],
  matrix: ImageToScreen,
  ratio: number,
): void {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.strokeStyle = COLOUR;
  context.globalAlpha = 0.75;
  context.lineWidth = ratio;
  context.setLineDash([8 * ratio, 5 * ratio]);
  for (const other of others) {
    const line = referenceLine(image, other);
    if (line === null) continue;
    const [from, to] = line.map((point) => imageToScreen(matrix, point));
    if (!from || !to) continue;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }
  context.restore();
}
