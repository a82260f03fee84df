import { t } from "../../core/i18n";
import { formatNumber, formatValue } from "../../core/numbers";
import { atAxes } from "../../dicom/ultrasound";
import type { ImagePoint } from "../../geometry/points";
import { asPlaced, type Kind, replaced, type Surroundings } from "./kind";

export const probe: Kind = {
  label: t("Probe"),
  gesture: "points",
  placed: 1,
  marker: "cross",
  hasHandles: true,
  build: asPlaced,
  strokes: () => [],
  moveHandle: replaced,
  describe: ({ points: [point] }, around) =>
    point ? [axesAt(point, around), describeBoth(point, around)].filter(Boolean) : [],
};

export const text: Kind = {
  ...probe,
  label: t("Text"),
  asks: "text",
  marker: "dot",
  describe: () => [],
};

const { asks: _asked, ...silent } = text;
export const spineLabel: Kind = { ...silent, label: t("Vertebra") };

/** What the point means in a region over time, depth or velocity. */
function axesAt(point: ImagePoint, { scale }: Surroundings): string {
  return scale.axes ? atAxes(scale.axes, point) : "";
}

/** The uptake of what is laid over comes first: it is what the reader asks for. */
function describeBoth(point: ImagePoint, around: Surroundings): string {
  const below = describeProbe(point, around);
  const value = around.over?.valueAt(point) ?? null;
  if (around.over === null || value === null) return below;
  const { suvFactor, valueUnits } = around.over.image;
  const uptake =
    suvFactor === null ? `${formatValue(value)} ${valueUnits}` : `SUV ${formatNumber(value * suvFactor, 2)}`;
  return `${uptake.trim()}  ${below}`;
}

function describeProbe(point: ImagePoint, { image, values }: Surroundings): string {
  const value = values.valueAt(point);
  const place = `${Math.floor(point.x) + 1}, ${Math.floor(point.y) + 1}`;
  if (value === null) return place;
  if (image.valueUnits.startsWith("SUV")) return `${image.valueUnits} ${formatNumber(value, 2)}  (${place})`;
  const measured = `${formatValue(value)}${image.valueUnits ? ` ${image.valueUnits}` : ""}`;
  if (image.suvFactor === null) return `${measured}  (${place})`;
  return `SUV ${formatNumber(value * image.suvFactor, 2)}  (${measured}, ${place})`;
}
