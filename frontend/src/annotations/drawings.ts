import type { Drawing, Graphic, GraphicText, Place } from "../dicom/presentation";
import { type ImageToScreen, imageToScreen } from "../geometry/camera";
import { imagePoint } from "../geometry/points";

const DEFAULT_COLOUR = "#8ecbff";
/** How far an end of a straight piece may lie from the curve that it stands for: pieces for one quarter. */
const PIECES = 24;

type Screen = { readonly x: number; readonly y: number };

/** Draw what a presentation state puts on an image. `ratio` is device pixels per CSS pixel. */
export function drawDrawings(
  context: CanvasRenderingContext2D,
  drawings: readonly Drawing[],
  matrix: ImageToScreen,
  ratio: number,
): void {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.lineJoin = "round";
  for (const drawing of drawings) {
    const colour = drawing.colour || DEFAULT_COLOUR;
    for (const graphic of drawing.graphics) drawGraphic(context, graphic, matrix, colour, ratio);
    for (const text of drawing.texts) drawText(context, text, matrix, colour, ratio);
  }
  context.restore();
}

function drawGraphic(
  context: CanvasRenderingContext2D,
  graphic: Graphic,
  matrix: ImageToScreen,
  colour: string,
  ratio: number,
): void {
  const outline = graphicOutline(graphic).map((place) => toScreen(matrix, place));
  if (graphic.kind === "POINT") {
    drawPoint(context, outline, colour, ratio);
    return;
  }
  trace(context, outline);
  if (graphic.isFilled) {
    context.fillStyle = colour;
    context.globalAlpha = 0.35;
    context.fill();
    context.globalAlpha = 1;
  }
  // A dark line below the bright one keeps the drawing visible on white bone and black air.
  stroke(context, "rgb(0 0 0 / 65%)", 3.5 * ratio);
  stroke(context, colour, 1.5 * ratio);
}

/** The line of a graphic in image coordinates, curves as many short pieces (PS3.3 C.10.5.1.2). */
export function graphicOutline(graphic: Graphic): readonly Place[] {
  const { points } = graphic;
  const [first, second, third, fourth] = points;
  if (graphic.kind === "CIRCLE" && first && second) {
    const radius = Math.hypot(second[0] - first[0], second[1] - first[1]);
    return around(first, [radius, 0], [0, radius]);
  }
  if (graphic.kind === "ELLIPSE" && first && second && third && fourth) {
    const centre: Place = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2];
    return around(
      centre,
      [(second[0] - first[0]) / 2, (second[1] - first[1]) / 2],
      [(fourth[0] - third[0]) / 2, (fourth[1] - third[1]) / 2],
    );
  }
  return graphic.kind === "INTERPOLATED" ? throughPoints(points) : points;
}

function around(centre: Place, major: Place, minor: Place): Place[] {
  const count = 4 * PIECES;
  return Array.from({ length: count + 1 }, (_, index) => {
    const angle = (index / count) * 2 * Math.PI;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    return [
      centre[0] + major[0] * cosine + minor[0] * sine,
      centre[1] + major[1] * cosine + minor[1] * sine,
    ] as const;
  });
}

/** A smooth line through all points, each of them on it (a Catmull-Rom spline). */
function throughPoints(points: readonly Place[]): Place[] {
  if (points.length < 3) return [...points];
  const isClosed = points[0]?.join() === points.at(-1)?.join();
  const ring = isClosed ? points.slice(0, -1) : points;
  const at = (index: number): Place => {
    const place = isClosed
      ? (index + ring.length) % ring.length
      : Math.min(Math.max(index, 0), ring.length - 1);
    return ring[place] as Place;
  };
  const spans = isClosed ? ring.length : ring.length - 1;
  const line: Place[] = [];
  for (let span = 0; span < spans; span += 1) {
    for (let piece = 0; piece < PIECES; piece += 1) {
      line.push(onSpan(at(span - 1), at(span), at(span + 1), at(span + 2), piece / PIECES));
    }
  }
  line.push(at(spans));
  return line;
}

function onSpan(before: Place, from: Place, to: Place, after: Place, t: number): Place {
  const along = (axis: 0 | 1) =>
    0.5 *
    (2 * from[axis] +
      (to[axis] - before[axis]) * t +
      (2 * before[axis] - 5 * from[axis] + 4 * to[axis] - after[axis]) * t ** 2 +
      (3 * from[axis] - before[axis] - 3 * to[axis] + after[axis]) * t ** 3);
  return [along(0), along(1)];
}

function drawPoint(
  context: CanvasRenderingContext2D,
  [point]: readonly Screen[],
  colour: string,
  ratio: number,
): void {
  if (!point) return;
  const arm = 6 * ratio;
  for (const [style, width] of [
    ["rgb(0 0 0 / 65%)", 3.5 * ratio],
    [colour, 1.5 * ratio],
  ] as const) {
    context.beginPath();
    context.moveTo(point.x - arm, point.y);
    context.lineTo(point.x + arm, point.y);
    context.moveTo(point.x, point.y - arm);
    context.lineTo(point.x, point.y + arm);
    stroke(context, style, width);
  }
}

function drawText(
  context: CanvasRenderingContext2D,
  text: GraphicText,
  matrix: ImageToScreen,
  colour: string,
  ratio: number,
): void {
  const anchor = text.anchor ? toScreen(matrix, text.anchor) : null;
  const corners = text.box?.map((corner) => toScreen(matrix, corner));
  // A box keeps its top left corner on the screen however the image is turned.
  const place = corners
    ? { x: Math.min(...corners.map(({ x }) => x)), y: Math.min(...corners.map(({ y }) => y)) }
    : anchor && { x: anchor.x + 8 * ratio, y: anchor.y + 8 * ratio };
  if (!place) return;
  if (anchor && corners && text.isAnchorVisible) {
    trace(context, [place, anchor]);
    stroke(context, colour, ratio);
  }
  if (anchor && text.isAnchorVisible && !corners) drawPoint(context, [anchor], colour, ratio);
  context.font = `600 ${13 * ratio}px system-ui, sans-serif`;
  context.textBaseline = "top";
  context.lineWidth = 3 * ratio;
  context.strokeStyle = "rgb(0 0 0 / 75%)";
  context.fillStyle = colour;
  text.text.split("\n").forEach((line, index) => {
    const y = place.y + index * 17 * ratio;
    context.strokeText(line, place.x, y);
    context.fillText(line, place.x, y);
  });
}

function toScreen(matrix: ImageToScreen, [column, row]: Place): Screen {
  return imageToScreen(matrix, imagePoint(column, row));
}

function trace(context: CanvasRenderingContext2D, points: readonly Screen[]): void {
  context.beginPath();
  points.forEach((point, index) => {
    if (index === 0) context.moveTo(point.x, point.y);
    else context.lineTo(point.x, point.y);
  });
}

function stroke(context: CanvasRenderingContext2D, style: string, width: number): void {
  context.strokeStyle = style;
  context.lineWidth = width;
  context.stroke();
}
