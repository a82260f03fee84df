import { formatAngle, measureAngle, measureCobb } from "../../dicom/calibration";
import { asLine, asPlaced, type Kind, replaced } from "./kind";

export const angle: Kind = {
  label: "Angle",
  gesture: "points",
  placed: 3,
  hasHandles: true,
  build: asPlaced,
  strokes: asLine,
  moveHandle: replaced,
  describe: ({ points: [from, vertex, to] }, { image }) =>
    from && vertex && to ? [formatAngle(measureAngle(image, from, vertex, to))].filter(Boolean) : [],
};

/** The angle between two lines, each along an end plate. */
export const cobb: Kind = {
  ...angle,
  label: "Cobb angle",
  placed: 4,
  strokes: (points) => [...asLine(points.slice(0, 2)), ...asLine(points.slice(2, 4))],
  describe: ({ points: [a, b, c, d] }, { image }) =>
    a && b && c && d ? [formatAngle(measureCobb(image, [a, b], [c, d]))].filter(Boolean) : [],
};
