import { t } from "../../core/i18n";
import { formatAngle, measureAngle, measureCobb, measuredAspect } from "../../dicom/calibration";
import { refusal } from "../../dicom/ultrasound";
import { asLine, asPlaced, type Kind, replaced, type Surroundings } from "./kind";

export const angle: Kind = {
  label: t("Angle"),
  gesture: "points",
  placed: 3,
  hasHandles: true,
  build: asPlaced,
  strokes: asLine,
  moveHandle: replaced,
  describe: ({ points: [from, vertex, to] }, around) =>
    from && vertex && to ? written(around, (aspect) => measureAngle(aspect, from, vertex, to)) : [],
};

/** The angle between two lines, each along an end plate. */
export const cobb: Kind = {
  ...angle,
  label: t("Cobb angle"),
  placed: 4,
  strokes: (points) => [...asLine(points.slice(0, 2)), ...asLine(points.slice(2, 4))],
  describe: ({ points: [a, b, c, d] }, around) =>
    a && b && c && d ? written(around, (aspect) => measureCobb(aspect, [a, b], [c, d])) : [],
};

function written(
  { image, scale }: Surroundings,
  measure: (aspect: number) => number | null,
): readonly string[] {
  if (scale.axes) return [refusal(t("angle"), scale.axes)];
  return [formatAngle(measure(measuredAspect(scale, image)))].filter(Boolean);
}
