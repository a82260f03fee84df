import { type ImageToScreen, imageToScreen } from "../geometry/camera";
import type { ScreenPoint } from "../geometry/points";
import type { Annotation } from "./schema";

/** A measurement with the words that belong to it. */
export interface DescribedAnnotation {
  readonly annotation: Annotation;
  readonly text: string;
  readonly selected: boolean;
}

const COLOUR = "#ffd166";
const SELECTED = "#7ee0a1";

/** Draw measurements over the pixels. `ratio` is device pixels per CSS pixel. */
export function drawAnnotations(
  context: CanvasRenderingContext2D,
  annotations: readonly DescribedAnnotation[],
  matrix: ImageToScreen,
  ratio: number,
): void {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.lineJoin = "round";
  for (const described of annotations) drawOne(context, described, matrix, ratio);
  context.restore();
}

function drawOne(
  context: CanvasRenderingContext2D,
  described: DescribedAnnotation,
  matrix: ImageToScreen,
  ratio: number,
): void {
  const points = described.annotation.points.map((point) => imageToScreen(matrix, point));
  const colour = described.selected ? SELECTED : COLOUR;
  // A dark line below the bright one keeps the measurement visible on white bone and black air.
  for (const [width, style] of [
    [3.5 * ratio, "rgb(0 0 0 / 65%)"],
    [1.5 * ratio, colour],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = style;
    strokeLine(context, points);
    for (const point of points) strokeHandle(context, point, described.selected ? 5 * ratio : 3.5 * ratio);
  }
  if (described.text) drawText(context, described.text, textPlace(points), colour, ratio);
}

function strokeLine(context: CanvasRenderingContext2D, points: readonly ScreenPoint[]): void {
  context.beginPath();
  points.forEach((point, index) => {
    if (index === 0) context.moveTo(point.x, point.y);
    else context.lineTo(point.x, point.y);
  });
  context.stroke();
}

function strokeHandle(context: CanvasRenderingContext2D, point: ScreenPoint, radius: number): void {
  context.beginPath();
  context.arc(point.x, point.y, radius, 0, 2 * Math.PI);
  context.stroke();
}

/** Beside the last point of a line, the vertex of an angle, the point of a probe. */
function textPlace(points: readonly ScreenPoint[]): { x: number; y: number } {
  const anchor =
    points.length === 3 ? points[1] : points.reduce((right, one) => (one.x > right.x ? one : right));
  return { x: anchor?.x ?? 0, y: anchor?.y ?? 0 };
}

function drawText(
  context: CanvasRenderingContext2D,
  text: string,
  place: { x: number; y: number },
  colour: string,
  ratio: number,
): void {
  context.font = `600 ${13 * ratio}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const gap = 10 * ratio;
  const width = context.measureText(text).width;
  const x = Math.max(2 * ratio, Math.min(place.x + gap, context.canvas.width - width - 4 * ratio));
  const y = Math.max(10 * ratio, Math.min(place.y + gap, context.canvas.height - 10 * ratio));
  context.fillStyle = "rgb(0 0 0 / 60%)";
  context.fillRect(x - 3 * ratio, y - 9 * ratio, width + 6 * ratio, 18 * ratio);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
