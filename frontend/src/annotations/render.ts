import { type ImageToScreen, imageToScreen } from "../geometry/camera";
import type { ImagePoint, ScreenPoint } from "../geometry/points";
import { KINDS } from "./kinds/table";
import type { Annotation, TextOffset } from "./store";
import { type Box, boxAround, grown, keptWithin, placeBox } from "./textBoxes";

/** An annotation with the words that belong to it. */
export interface DescribedAnnotation {
  readonly annotation: Annotation;
  readonly lines: readonly string[];
  readonly selected: boolean;
  readonly offset: TextOffset | null;
}

/** An annotation as it lies on the screen, in device pixels. */
export interface DrawnAnnotation extends DescribedAnnotation {
  readonly strokes: readonly ScreenStroke[];
  readonly handles: readonly ScreenPoint[];
  readonly mark: Box;
  readonly box: Box | null;
}

interface ScreenStroke {
  readonly points: readonly ScreenPoint[];
  readonly isClosed: boolean;
  readonly hasHead: boolean;
}

const COLOUR = "#ffd166";
const SELECTED = "#ffffff";
/** Read from elsewhere: another colour and a broken line, so that it does not rest on colour alone. */
const READ_ONLY = "#9fd8ff";
const HALO = "rgb(0 0 0 / 70%)";
const FONT_PX = 13;
const LINE_PX = 17;
const SLIDER_PX = 22;

/** Where the parts of annotations are on the screen; words keep off the marks and off each other. */
export function arrangeAnnotations(
  context: CanvasRenderingContext2D,
  described: readonly DescribedAnnotation[],
  matrix: ImageToScreen,
  aspect: number,
  ratio: number,
): readonly DrawnAnnotation[] {
  const outlines = described.map((one) => outlineOf(one, matrix, aspect));
  const taken: Box[] = outlines.map(({ mark }) => grown(mark, 6 * ratio));
  context.font = font(ratio);
  return described.map((one, index) => {
    const outline = outlines[index] as ReturnType<typeof outlineOf>;
    const box = boxFor(context, one, outline.mark, ratio, taken);
    if (box) taken.push(box);
    return { ...one, ...outline, box };
  });
}

function outlineOf({ annotation }: DescribedAnnotation, matrix: ImageToScreen, aspect: number) {
  const kind = KINDS[annotation.kind];
  const toScreen = (point: ImagePoint) => imageToScreen(matrix, point);
  const strokes = kind.strokes(annotation.points, aspect).map((stroke) => ({
    points: stroke.points.map(toScreen),
    isClosed: stroke.isClosed,
    hasHead: stroke.hasHead ?? false,
  }));
  const points = annotation.points.map(toScreen);
  const all = [...strokes.flatMap((stroke) => stroke.points), ...points];
  return { strokes, handles: kind.hasHandles ? points : [], mark: boxAround(all) };
}

function boxFor(
  context: CanvasRenderingContext2D,
  { lines, offset }: DescribedAnnotation,
  mark: Box,
  ratio: number,
  taken: readonly Box[],
): Box | null {
  if (lines.length === 0) return null;
  const width = Math.max(...lines.map((line) => context.measureText(line).width)) + 10 * ratio;
  const size = { width, height: (lines.length * LINE_PX + 4) * ratio };
  // The slider lies over the right edge.
  const screen = { width: context.canvas.width - SLIDER_PX * ratio, height: context.canvas.height };
  if (offset === null) return placeBox(mark, size, screen, 12 * ratio, taken);
  const x = mark.x + mark.width / 2 + offset.x * ratio;
  const y = mark.y + mark.height / 2 + offset.y * ratio;
  return keptWithin({ ...size, x, y }, screen);
}

/** Draw annotations over the pixels. `ratio` is device pixels per CSS pixel. */
export function drawAnnotations(
  context: CanvasRenderingContext2D,
  drawn: readonly DrawnAnnotation[],
  ratio: number,
): void {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.lineJoin = "round";
  for (const one of drawn) drawMark(context, one, ratio);
  for (const one of drawn) drawWords(context, one, ratio);
  context.restore();
}

function colourOf({ annotation, selected }: DescribedAnnotation): string {
  if (selected) return SELECTED;
  return annotation.source === null ? COLOUR : READ_ONLY;
}

function drawMark(context: CanvasRenderingContext2D, one: DrawnAnnotation, ratio: number): void {
  const { annotation, selected, strokes, handles } = one;
  const { marker, gesture } = KINDS[annotation.kind];
  const colour = colourOf(one);
  // A dark line below the bright one keeps the mark visible on white bone and black air.
  for (const [width, style] of [
    [(selected ? 5 : 3.5) * ratio, HALO],
    [(selected ? 2 : 1.5) * ratio, colour],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.setLineDash(annotation.source === null ? [] : [7 * ratio, 4 * ratio]);
    for (const stroke of strokes) strokeLine(context, stroke, ratio);
    context.setLineDash([]);
    const isLine = strokes.some((stroke) => !stroke.isClosed && !stroke.hasHead);
    for (const point of handles) {
      if (marker === "cross") strokeCross(context, point, ratio);
      else if (selected || isLine || marker === "dot") ring(context, point, (selected ? 5 : 3) * ratio);
    }
  }
  if (selected && annotation.mayEdit && gesture !== "trace") {
    context.fillStyle = colour;
    for (const point of handles) {
      if (marker === "cross") continue;
      context.beginPath();
      context.arc(point.x, point.y, 3 * ratio, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

function strokeLine(
  context: CanvasRenderingContext2D,
  { points, isClosed, hasHead }: ScreenStroke,
  ratio: number,
): void {
  context.beginPath();
  points.forEach((point, index) => {
    if (index === 0) context.moveTo(point.x, point.y);
    else context.lineTo(point.x, point.y);
  });
  if (isClosed) context.closePath();
  const [head, tail] = points;
  if (hasHead && head && tail) {
    const angle = Math.atan2(tail.y - head.y, tail.x - head.x);
    for (const side of [-0.45, 0.45]) {
      context.moveTo(head.x, head.y);
      context.lineTo(
        head.x + 12 * ratio * Math.cos(angle + side),
        head.y + 12 * ratio * Math.sin(angle + side),
      );
    }
  }
  context.stroke();
}

function ring(context: CanvasRenderingContext2D, point: ScreenPoint, radius: number): void {
  context.beginPath();
  context.arc(point.x, point.y, radius, 0, 2 * Math.PI);
  context.stroke();
}

function strokeCross(context: CanvasRenderingContext2D, point: ScreenPoint, ratio: number): void {
  const [inner, outer] = [3 * ratio, 9 * ratio];
  context.beginPath();
  for (const [x, y] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    context.moveTo(point.x + x * inner, point.y + y * inner);
    context.lineTo(point.x + x * outer, point.y + y * outer);
  }
  context.stroke();
}

function drawWords(context: CanvasRenderingContext2D, one: DrawnAnnotation, ratio: number): void {
  const { box, lines } = one;
  if (!box) return;
  const colour = colourOf(one);
  drawLeader(context, one, box, colour, ratio);
  context.fillStyle = "rgb(0 0 0 / 72%)";
  context.fillRect(box.x, box.y, box.width, box.height);
  if (one.selected) {
    context.strokeStyle = colour;
    context.lineWidth = ratio;
    context.strokeRect(box.x, box.y, box.width, box.height);
  }
  context.font = font(ratio);
  context.textBaseline = "middle";
  context.fillStyle = colour;
  lines.forEach((line, index) => {
    context.fillText(line, box.x + 5 * ratio, box.y + (2 + LINE_PX * (index + 0.5)) * ratio);
  });
}

/** A thin line from the words to the nearest point of their mark, where they lie apart from it. */
function drawLeader(
  context: CanvasRenderingContext2D,
  { strokes, handles, mark }: DrawnAnnotation,
  box: Box,
  colour: string,
  ratio: number,
): void {
  const points = [...strokes.flatMap((stroke) => stroke.points), ...handles];
  const nearestInBox = ({ x, y }: { x: number; y: number }) => ({
    x: Math.max(box.x, Math.min(x, box.x + box.width)),
    y: Math.max(box.y, Math.min(y, box.y + box.height)),
  });
  let best = { from: { x: mark.x, y: mark.y }, to: nearestInBox(mark), distance: Number.POSITIVE_INFINITY };
  for (const from of points) {
    const to = nearestInBox(from);
    const distance = Math.hypot(from.x - to.x, from.y - to.y);
    if (distance < best.distance) best = { from, to, distance };
  }
  if (!Number.isFinite(best.distance) || best.distance < 16 * ratio) return;
  for (const [width, style] of [
    [3 * ratio, HALO],
    [ratio, colour],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.setLineDash([2 * ratio, 3 * ratio]);
    context.beginPath();
    context.moveTo(best.from.x, best.from.y);
    context.lineTo(best.to.x, best.to.y);
    context.stroke();
  }
  context.setLineDash([]);
}

function font(ratio: number): string {
  return `600 ${FONT_PX * ratio}px system-ui, sans-serif`;
}
