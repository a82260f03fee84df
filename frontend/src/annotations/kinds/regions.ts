import { t } from "../../core/i18n";
import { formatNumber, formatValue } from "../../core/numbers";
import { formatArea, measureArea, pixelAspect } from "../../dicom/calibration";
import type { RegionStatistics } from "../../dicom/regionStatistics";
import type { StudyImage } from "../../dicom/types";
import { refusal } from "../../dicom/ultrasound";
import { type ImagePoint, imagePoint } from "../../geometry/points";
import { circleAxes, ellipseAxes, type RegionKind, regionShape } from "../../geometry/regionShape";
import type { Annotation } from "../store";
import { asOutline, asPlaced, type Kind, replaced, type Stroke, type Surroundings } from "./kind";

const PIECES = 96;

/** Drawn from corner to corner of its box; the longer axis comes first. */
export const ellipse: Kind = {
  label: t("Ellipse"),
  gesture: "points",
  placed: 2,
  hasHandles: true,
  build: ([from, to], aspect) => {
    if (!from || !to) return [];
    const middle = imagePoint((from.x + to.x) / 2, (from.y + to.y) / 2);
    const across = [imagePoint(from.x, middle.y), imagePoint(to.x, middle.y)];
    const down = [imagePoint(middle.x, from.y), imagePoint(middle.x, to.y)];
    const isWide = Math.abs(to.x - from.x) >= Math.abs(to.y - from.y) * aspect;
    return isWide ? [...across, ...down] : [...down, ...across];
  },
  strokes: (points) => [round(...ellipseAxes(points))],
  moveHandle: moveAxis,
  describe: (annotation, around) => describeRegion("ellipse", annotation, around),
};

export const circle: Kind = {
  label: t("Circle"),
  gesture: "points",
  placed: 2,
  hasHandles: true,
  build: asPlaced,
  strokes: (points, aspect) => [round(...circleAxes(points, aspect))],
  moveHandle: ([centre, edge], index, to) => {
    if (!centre || !edge) return [];
    const moved = imagePoint(edge.x + to.x - centre.x, edge.y + to.y - centre.y);
    return index === 0 ? [to, moved] : [centre, to];
  },
  describe: (annotation, around) => describeRegion("circle", annotation, around),
};

export const rectangle: Kind = {
  label: t("Rectangle"),
  gesture: "points",
  placed: 2,
  hasHandles: true,
  build: ([from, to]) => (from && to ? [from, imagePoint(to.x, from.y), to, imagePoint(from.x, to.y)] : []),
  strokes: asOutline,
  moveHandle: moveCorner,
  describe: (annotation, around) => describeRegion("rectangle", annotation, around),
};

export const polygon: Kind = {
  label: t("Polygon"),
  gesture: "corners",
  placed: 0,
  hasHandles: true,
  build: asPlaced,
  strokes: asOutline,
  moveHandle: replaced,
  describe: (annotation, around) => describeRegion("polygon", annotation, around),
};

export const freehand: Kind = {
  ...polygon,
  label: t("Freehand region"),
  gesture: "trace",
  hasHandles: false,
  describe: (annotation, around) => describeRegion("freehand", annotation, around),
};

type Vector = { readonly x: number; readonly y: number };

function round(centre: Vector, u: Vector, v: Vector): Stroke {
  const points = Array.from({ length: PIECES }, (_, index) => {
    const angle = (index / PIECES) * 2 * Math.PI;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    return imagePoint(centre.x + u.x * cosine + v.x * sine, centre.y + u.y * cosine + v.y * sine);
  });
  return { points, isClosed: true };
}

/** The middle stays; the other axis turns along and keeps its length. */
function moveAxis(
  points: readonly ImagePoint[],
  index: number,
  to: ImagePoint,
  aspect: number,
): readonly ImagePoint[] {
  const [centre, u, v] = ellipseAxes(points);
  const other = index < 2 ? v : u;
  const half = { x: to.x - centre.x, y: (to.y - centre.y) * aspect };
  const size = Math.hypot(half.x, half.y) || 1;
  const length = Math.hypot(other.x, other.y * aspect);
  const turned = { x: (-half.y / size) * length, y: ((half.x / size) * length) / aspect };
  const ends = (vector: Vector) => [
    imagePoint(centre.x - vector.x, centre.y - vector.y),
    imagePoint(centre.x + vector.x, centre.y + vector.y),
  ];
  const sign = index % 2 === 0 ? -1 : 1;
  const moved = ends({ x: half.x * sign, y: (half.y / aspect) * sign });
  return index < 2 ? [...moved, ...ends(turned)] : [...ends(turned), ...moved];
}

/** The opposite corner stays, and so does the turn of the sides. */
function moveCorner(points: readonly ImagePoint[], index: number, to: ImagePoint): readonly ImagePoint[] {
  const at = (offset: number) => points[(index + offset) % 4] ?? to;
  const [opposite, next, before] = [at(2), at(1), at(3)];
  const first = unit(opposite, next) ?? turned(unit(opposite, before));
  const second = unit(opposite, before) ?? turned(first);
  if (!first || !second) return replaced(points, index, to);
  const [x, y] = [to.x - opposite.x, to.y - opposite.y];
  const determinant = first.x * second.y - first.y * second.x || 1;
  const s = (x * second.y - y * second.x) / determinant;
  const along = (first.x * y - first.y * x) / determinant;
  const corners = [...points];
  corners[index] = to;
  corners[(index + 1) % 4] = imagePoint(opposite.x + first.x * s, opposite.y + first.y * s);
  corners[(index + 3) % 4] = imagePoint(opposite.x + second.x * along, opposite.y + second.y * along);
  return corners;
}

function unit(from: Vector, to: Vector): Vector | null {
  const size = Math.hypot(to.x - from.x, to.y - from.y);
  return size < 1e-6 ? null : { x: (to.x - from.x) / size, y: (to.y - from.y) / size };
}

function turned(vector: Vector | null): Vector | null {
  return vector && { x: -vector.y, y: vector.x };
}

function describeRegion(
  kind: RegionKind,
  annotation: Annotation,
  { image, scale, values }: Surroundings,
): readonly string[] {
  const shape = regionShape(kind, annotation.points, pixelAspect(image));
  const area = scale.axes
    ? refusal(t("area"), scale.axes)
    : t("Area {area}", { area: formatArea(measureArea(scale, shape.areaPx), scale) });
  const statistics = values.statistics(annotation);
  if (statistics === null) return [area];
  if (statistics === "loading") return [area, t("Values are loading")];
  return [area, ...statisticsLines(statistics, image)];
}

/** Mean and deviation, then the range: SUV where there is one, otherwise the values of the image. */
export function statisticsLines(statistics: RegionStatistics, image: StudyImage): readonly string[] {
  const { mean, standardDeviation, minimum, maximum } = statistics;
  if (mean === null || standardDeviation === null || minimum === null || maximum === null) {
    return [t("No pixels inside")];
  }
  const factor = image.suvFactor ?? 1;
  const isSuv = image.suvFactor !== null || image.valueUnits.startsWith("SUV");
  const unit = image.suvFactor === null ? image.valueUnits : "SUV";
  const write = (value: number) =>
    isSuv ? formatNumber(value * factor, 2) : formatValue(Math.round(value * 10) / 10);
  const suffix = unit ? ` ${unit}` : "";
  return [
    t("Mean {mean}  SD {deviation}", { mean: write(mean), deviation: write(standardDeviation) }) + suffix,
    t("Min {minimum}  Max {maximum}", { minimum: write(minimum), maximum: write(maximum) }) + suffix,
  ];
}
