import { t } from "../../core/i18n";
import { formatLength, formatTwoLengths, measureLength, type PixelScale } from "../../dicom/calibration";
import { alongAxes, refusal } from "../../dicom/ultrasound";
import { type ImagePoint, imagePoint } from "../../geometry/points";
import { asLine, asPlaced, type Kind, replaced } from "./kind";

export const length: Kind = {
  label: t("Length"),
  gesture: "points",
  placed: 2,
  hasHandles: true,
  build: asPlaced,
  strokes: asLine,
  moveHandle: replaced,
  describe: ({ points: [from, to] }, { scale }) => (from && to ? describeLine(scale, from, to) : []),
};

export const calibration: Kind = {
  ...length,
  label: t("Calibration"),
  asks: "length",
  describe: ({ lengthMm }) => (lengthMm === null ? [] : [t("Calibration {length} mm", { length: lengthMm })]),
};

export const arrow: Kind = {
  ...length,
  label: t("Arrow"),
  strokes: (points) => [{ points, isClosed: false, hasHead: true }],
  describe: () => [],
};

/** Two diameters across each other, the first drawn by hand, the second square to it through its middle. */
export const bidirectional: Kind = {
  label: t("Two diameters"),
  gesture: "points",
  placed: 2,
  hasHandles: true,
  build: ([from, to], aspect) => (from && to ? withShortAxis(from, to, 0.5, 0.25, 0.25, aspect) : []),
  strokes: ([a, b, c, d]) => [...(a && b ? asLine([a, b]) : []), ...(c && d ? asLine([c, d]) : [])],
  moveHandle: moveDiameter,
  describe: ({ points: [a, b, c, d] }, { scale }) => {
    if (!a || !b || !c || !d) return [];
    if (scale.axes) return [refusal(t("diameters"), scale.axes)];
    return [formatTwoLengths(measureLength(scale, a, b), measureLength(scale, c, d), scale)];
  },
};

/** A length; along axes that are not lengths, such as time and velocity, how far apart its ends are on each. */
function describeLine(scale: PixelScale, from: ImagePoint, to: ImagePoint): readonly string[] {
  if (scale.axes) return alongAxes(scale.axes, from, to);
  return [formatLength(measureLength(scale, from, to), scale)];
}

/** `along` is a share of the long axis, `left` and `right` are shares of its length square to it. */
function withShortAxis(
  from: ImagePoint,
  to: ImagePoint,
  along: number,
  left: number,
  right: number,
  aspect: number,
): readonly ImagePoint[] {
  const across = { x: to.x - from.x, y: (to.y - from.y) * aspect };
  const foot = imagePoint(from.x + (to.x - from.x) * along, from.y + (to.y - from.y) * along);
  const end = (share: number) => imagePoint(foot.x - across.y * share, foot.y + (across.x * share) / aspect);
  return [from, to, end(-left), end(right)];
}

function moveDiameter(
  points: readonly ImagePoint[],
  index: number,
  to: ImagePoint,
  aspect: number,
): readonly ImagePoint[] {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return points;
  const place = (point: ImagePoint) => {
    const long = { x: b.x - a.x, y: (b.y - a.y) * aspect };
    const from = { x: point.x - a.x, y: (point.y - a.y) * aspect };
    const square = long.x ** 2 + long.y ** 2 || 1;
    return {
      along: (from.x * long.x + from.y * long.y) / square,
      aside: (from.y * long.x - from.x * long.y) / square,
    };
  };
  if (index < 2) {
    const [one, other] = [place(c), place(d)];
    const [from, end] = index === 0 ? [to, b] : [a, to];
    return withShortAxis(from, end, one.along, -one.aside, other.aside, aspect);
  }
  const moved = place(to);
  const kept = place(index === 2 ? d : c);
  const along = Math.min(1, Math.max(0, moved.along));
  const [left, right] = index === 2 ? [-moved.aside, kept.aside] : [-kept.aside, moved.aside];
  return withShortAxis(a, b, along, left, right, aspect);
}
