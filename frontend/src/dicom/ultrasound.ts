import { listText, t } from "../core/i18n";
import { formatNumber } from "../core/numbers";
import type { ImagePoint } from "../geometry/points";
import type { RegionAxis, StudyImage, UltrasoundRegion } from "./types";

/** The axes of a region without lengths, across and down; null where an axis has no unit. */
export interface RegionAxes {
  readonly across: RegionAxis | null;
  readonly down: RegionAxis | null;
}

const MEANINGS: Readonly<Record<string, string>> = {
  mm: t("depth"),
  ms: t("time"),
  "cm/s": t("velocity"),
  Hz: t("frequency"),
  dB: t("amplitude"),
};

/** The region that holds all the points, the topmost of several; null where there is none. */
export function regionAround(image: StudyImage, points: readonly ImagePoint[]): UltrasoundRegion | null {
  const holds = ({ left, top, right, bottom }: UltrasoundRegion) =>
    points.every(({ x, y }) => x >= left && x <= right + 1 && y >= top && y <= bottom + 1);
  return image.ultrasoundRegions.find(holds) ?? null;
}

/** How far apart two points are along each axis, and how fast the one changes over the other where that is time. */
export function alongAxes({ across, down }: RegionAxes, from: ImagePoint, to: ImagePoint): readonly string[] {
  const steps = [
    { axis: across, from: from.x, to: to.x },
    { axis: down, from: from.y, to: to.y },
  ];
  const lines = steps.flatMap(({ axis, from: start, to: end }) =>
    axis ? [difference(axis, start, end)] : [],
  );
  const slope = across?.unit === "ms" && down ? slopeOver(across, down, from, to) : null;
  if (lines.length === 0) return [t("px only: the region has no units")];
  return slope === null ? lines : [...lines, slope];
}

/** What a point means on the axes that name a reference. */
export function atAxes({ across, down }: RegionAxes, { x, y }: ImagePoint): string {
  const values = [
    { axis: down, at: y },
    { axis: across, at: x },
  ].flatMap(({ axis, at }) => {
    const value = axis ? valueAt(axis, at) : null;
    return axis && value !== null ? [`${written(value, axis.unit)} ${axis.unit}`] : [];
  });
  return values.join(", ");
}

/** Why there is no such measure, in words. */
export function refusal(what: string, { across, down }: RegionAxes): string {
  const meanings = [across, down].map((axis) => (axis ? (MEANINGS[axis.unit] ?? axis.unit) : t("no unit")));
  return t("No {measure}: the axes are {meanings}", { measure: what, meanings: listText(meanings) });
}

function difference(axis: RegionAxis, from: number, to: number): string {
  const apart = `Δ ${written(Math.abs((to - from) * axis.perPixel), axis.unit)} ${axis.unit}`;
  const [start, end] = [valueAt(axis, from), valueAt(axis, to)];
  // Where time starts is arbitrary; velocities and depths are from the reference line of the region.
  if (axis.unit === "ms" || start === null || end === null) return apart;
  return `${apart}  (${t("{from} to {to}", { from: written(start, axis.unit), to: written(end, axis.unit) })})`;
}

function slopeOver(time: RegionAxis, other: RegionAxis, from: ImagePoint, to: ImagePoint): string | null {
  const seconds = ((to.x - from.x) * time.perPixel) / 1000;
  if (seconds === 0) return null;
  const slope = ((to.y - from.y) * other.perPixel) / seconds;
  return t("Slope {slope}", {
    slope: `${formatNumber(slope, Math.abs(slope) >= 100 ? 0 : 1)} ${perSecond(other.unit)}`,
  });
}

function perSecond(unit: string): string {
  return unit.endsWith("/s") ? `${unit}²` : `${unit}/s`;
}

function valueAt({ perPixel, zeroPx }: RegionAxis, coordinate: number): number | null {
  return zeroPx === null ? null : (coordinate - zeroPx) * perPixel;
}

function written(value: number, unit: string): string {
  return formatNumber(value, unit === "ms" || Math.abs(value) >= 1000 ? 0 : 1).replace(/^-0$/, "0");
}
