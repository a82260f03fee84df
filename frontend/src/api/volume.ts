import { t } from "../core/i18n";
import type { Series, StudyImage } from "../dicom/types";
import type { PlacedStack } from "../geometry/planeStacks";
import { scaled, sum } from "../geometry/planes";
import { levelCount } from "../geometry/tiles";
import {
  asFields,
  type Fields,
  readFlag,
  readList,
  readNumber,
  readNumbersOrNull,
  readText,
  ShapeError,
} from "./fields";
import { parseImage } from "./manifest";

export const PLANE_NAMES = ["axial", "coronal", "sagittal"] as const;
export type PlaneName = (typeof PLANE_NAMES)[number];

/** How the values within a slab become one. */
export type Projection = "max" | "min" | "mean";

/** A slab instead of a plane: its thickness, and what becomes of the values within it. */
export interface Slab {
  readonly thicknessMm: number;
  readonly projection: Projection;
}

/** The planes of one direction through a volume, in the words of a series. */
export interface PlaneStack {
  readonly name: PlaneName;
  readonly firstIndex: number;
  readonly images: readonly StudyImage[];
}

/** Where planes in any direction come from, and how they are shown. */
export interface ObliqueSource {
  readonly tileUrl: string;
  readonly mostPixels: number;
  readonly mostProjectionMm: number;
  readonly mostProjectedPoints: number;
  /** What such a plane has in common with the others, in the words of an image. */
  readonly shown: Fields;
  readonly seriesInstanceUid: string;
}

/** A series as a volume with its planes. */
export type Planes = Extract<Volume, { kind: "planes" }>;

/** A series as a volume, or the reason why it is none. */
export type Volume =
  | {
      readonly kind: "planes";
      readonly planes: readonly PlaneStack[];
      readonly findings: readonly string[];
      /** The same planes as slabs, or thin ones with null. */
      readonly thick: (slab: Slab | null) => readonly PlaneStack[];
      /** Planes in any direction. */
      readonly oblique: ObliqueSource;
      readonly mostSlabMm: number;
      /** Where the whole volume comes from, to be drawn in three dimensions. */
      readonly blockUrl: string;
      /** What can be chosen between where several images lie at each position; empty where one does. */
      readonly groups: readonly string[];
    }
  | { readonly kind: "problem"; readonly problem: string };

/** Check what the server knows of a volume, once, where it enters. */
export function parseVolume(body: unknown, series: Series): Volume {
  const fields = asFields(body, "volume");
  if (fields.problem != null) return { kind: "problem", problem: readText(fields, "problem") };
  const planes = asFields(fields.planes, "planes");
  const oblique = asFields(fields.oblique, "oblique");
  const thick = (slab: Slab | null) =>
    PLANE_NAMES.map((name) => parsePlanes(name, asFields(planes[name], name), series, slab));
  const findings = readList(asFields(fields.volume, "volume"), "findings");
  return {
    kind: "planes",
    planes: thick(null),
    thick,
    oblique: {
      tileUrl: readText(oblique, "tile_url"),
      mostPixels: readNumber(oblique, "most_pixels"),
      mostProjectionMm: readNumber(oblique, "most_projection_mm"),
      mostProjectedPoints: readNumber(oblique, "most_projected_points"),
      shown: asFields(planes.axial, "axial"),
      seriesInstanceUid: series.seriesInstanceUid,
    },
    mostSlabMm: readNumber(fields, "most_slab_mm"),
    blockUrl: readText(fields, "block_url"),
    findings: findings.map((finding) => readText(asFields(finding, "finding"), "text")),
    groups: readList(fields, "groups").map((group) => readText(asFields(group, "group"), "label")),
  };
}

function parsePlanes(name: PlaneName, fields: Fields, series: Series, slab: Slab | null): PlaneStack {
  const count = readNumber(fields, "count");
  const first = readNumbersOrNull(fields, "image_position_patient", 3);
  const step = readNumbersOrNull(fields, "step_patient", 3);
  if (first === null || step === null) throw new ShapeError("the planes have no place");
  const isAcquired = readFlag(fields, "is_acquired");
  const images = Array.from({ length: count }, (_, index): StudyImage => {
    const image = parseImage({
      ...fields,
      // A plane is no instance; the name keeps measurements on it apart from those on images.
      sop_instance_uid: `${series.seriesInstanceUid}/${name}`,
      instance_number: null,
      frame_number: index + 1,
      image_position_patient: first.map((value, axis) => value + index * (step[axis] ?? 0)),
      slice_thickness_mm: slab?.thicknessMm ?? null,
    });
    return {
      ...image,
      tileUrl: withSlab(readText(fields, "tile_url").replace("{index}", String(index)), slab),
      plane: planeLabel(name, isAcquired, slab),
    };
  });
  return { name, firstIndex: readNumber(fields, "first_index"), images };
}

/** Where a volume is described; `group` is one of several images at each position. */
export function volumeUrl(seriesInstanceUid: string, group: number): string {
  return `/viewer/series/${seriesInstanceUid}/volume.json${group > 0 ? `?group=${group}` : ""}`;
}

/** The group that a plane is made of, from its address. */
export function groupOf(plane: StudyImage): number {
  return Number(/[?&]group=(\d+)/.exec(plane.tileUrl ?? "")?.[1] ?? 0);
}

/** How the values of a slab became one, from its address; null for a thin plane. */
export function projectionOf(plane: StudyImage): string | null {
  return /[?&]projection=(\w+)/.exec(plane.tileUrl ?? "")?.[1] ?? null;
}

/** The planes of a stack in any direction, as images. */
export function obliqueImages(
  source: ObliqueSource,
  stack: PlacedStack,
  label: string,
  slab: Slab | null,
): readonly StudyImage[] {
  return Array.from({ length: stack.count }, (_, index) => obliqueImage(source, stack, index, label, slab));
}

/** One plane in any direction, as an image. */
export function obliqueImage(
  source: ObliqueSource,
  stack: PlacedStack,
  index: number,
  label: string,
  slab: Slab | null,
): StudyImage {
  // The address says where the plane lies, to a thousandth of a millimetre; its image lies exactly there.
  const position = sum(stack.first, scaled(stack.step, index)).map((value) => rounded(value, 3));
  const { row, column } = stack.directions;
  const orientation = [...row, ...column].map((value) => rounded(value, 6));
  const spacing = rounded(stack.spacingMm, 4);
  const where = [
    `position=${position.join(",")}`,
    `orientation=${orientation.join(",")}`,
    `spacing=${spacing}&rows=${stack.rows}&columns=${stack.columns}`,
  ].join("&");
  const image = parseImage({
    ...source.shown,
    sop_instance_uid: `${source.seriesInstanceUid}/oblique/${orientation.join(",")}/${position.join(",")}`,
    instance_number: null,
    frame_number: 1,
    rows: stack.rows,
    columns: stack.columns,
    levels: levelCount(stack.columns, stack.rows),
    pixel_spacing_mm: [spacing, spacing],
    image_position_patient: position,
    image_orientation_patient: orientation,
    patient_orientation: null,
    slice_thickness_mm: slab?.thicknessMm ?? null,
  });
  return { ...image, tileUrl: withSlab(`${source.tileUrl}&${where}`, slab), plane: label };
}

function rounded(value: number, digits: number): number {
  // Adding zero turns -0 into 0, so that one place has one address.
  return Number(value.toFixed(digits)) + 0;
}

function withSlab(url: string, slab: Slab | null): string {
  if (slab === null) return url;
  return `${url}${url.includes("?") ? "&" : "?"}slab=${slab.thicknessMm}&projection=${slab.projection}`;
}

const PROJECTION_NAMES: Readonly<Record<Projection, string>> = { max: "MIP", min: "MinIP", mean: t("Mean") };

export function slabLabel(slab: Slab): string {
  return `${PROJECTION_NAMES[slab.projection]} ${slab.thicknessMm} mm`;
}

const PLANE_TITLES: Readonly<Record<PlaneName, string>> = {
  axial: t("Axial"),
  coronal: t("Coronal"),
  sagittal: t("Sagittal"),
};

export function planeTitle(name: PlaneName): string {
  return PLANE_TITLES[name];
}

function planeLabel(name: PlaneName, isAcquired: boolean, slab: Slab | null): string {
  return [planeTitle(name), slab ? slabLabel(slab) : isAcquired ? "" : t("reformatted")]
    .filter(Boolean)
    .join(", ");
}
