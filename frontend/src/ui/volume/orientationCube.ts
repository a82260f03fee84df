import { directionLabel } from "../../dicom/orientationLabels";
import { cubeFaces, type Stance } from "../../geometry/turning";

const SHARE_OF_SIDE = 0.27;
const LETTER_SHARE = 0.3;

/** Draw a cube that lies as the volume does, with a letter on each face for the side of the patient. */
export function drawOrientationCube(canvas: HTMLCanvasElement, stance: Stance): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const side = canvas.width;
  const at = ([x, y]: readonly [number, number]) =>
    [side / 2 + x * side * SHARE_OF_SIDE, side / 2 + y * side * SHARE_OF_SIDE] as const;
  context.clearRect(0, 0, side, side);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = side / 60;
  for (const { direction, corners, middle, share } of cubeFaces(stance)) {
    context.beginPath();
    for (const corner of corners) context.lineTo(...at(corner));
    context.closePath();
    context.fillStyle = `hsl(205 25% ${12 + 18 * share}%)`;
    context.fill();
    context.strokeStyle = "#8fb4c8";
    context.stroke();
    // A letter seen from the side would be a stroke.
    if (share < 0.2) continue;
    context.font = `600 ${side * LETTER_SHARE * (0.5 + 0.5 * share)}px system-ui, sans-serif`;
    context.fillStyle = "#fff";
    context.fillText(directionLabel(direction), ...at(middle));
  }
}
