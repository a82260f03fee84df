import { t } from "../core/i18n";
import { formatNumber } from "../core/numbers";
import { formatSuvRange, suvWindow } from "./suv";
import type { Series, StudyImage, VoiWindow } from "./types";

/** Places of presets; each has a key, which the reader may have changed. */
export const PRESET_PLACES = ["2", "3", "4", "5", "6", "7", "8"] as const;

/** A window that a reader keeps: in Hounsfield units, SUV, or other modality values. */
export interface OwnPreset {
  readonly name: string;
  readonly modality: string;
  /** "" for every one. */
  readonly bodyRegion: string;
  readonly windowCenter: number;
  readonly windowWidth: number;
  /** One of `PRESET_PLACES`, or "". */
  readonly place: string;
}

/** Whether a preset is made for the region that a series shows, for every region, or for another. */
export type Fit = "region" | "any" | "other";

/** A window to choose. */
export interface WindowPreset {
  /** One of `PRESET_PLACES`, or "" where another preset has the place. */
  readonly place: string;
  /** What it is for, or "". */
  readonly label: string;
  /** What it shows: width and centre, or a range of SUV. */
  readonly detail: string;
  readonly window: VoiWindow;
  readonly fit: Fit;
}

interface BuiltIn {
  readonly place: string;
  readonly label: string;
  readonly width: number;
  readonly center: number;
  readonly regions: readonly string[];
}

const SPINE_AND_LIMBS = [
  "spine",
  "shoulder",
  "elbow",
  "forearm",
  "hand",
  "hip",
  "thigh",
  "knee",
  "lower leg",
  "foot",
];

/** In Hounsfield units. Place 1 would be the windows of the file, place 0 the full range. */
export const CT_PRESETS: readonly BuiltIn[] = [
  { place: "2", label: t("Soft tissue"), width: 400, center: 40, regions: ["neck", "abdomen", "pelvis"] },
  { place: "3", label: t("Lung"), width: 1500, center: -600, regions: ["chest"] },
  { place: "4", label: t("Bone"), width: 2000, center: 400, regions: SPINE_AND_LIMBS },
  { place: "5", label: t("Brain"), width: 80, center: 40, regions: ["head"] },
  { place: "6", label: t("Mediastinum"), width: 350, center: 50, regions: ["chest"] },
  { place: "7", label: t("Liver"), width: 150, center: 90, regions: ["abdomen"] },
  { place: "8", label: t("Angio"), width: 600, center: 300, regions: [] },
  { place: "", label: t("Subdural"), width: 200, center: 75, regions: ["head"] },
  { place: "", label: t("Stroke"), width: 40, center: 40, regions: ["head"] },
  { place: "", label: t("Temporal bone"), width: 2800, center: 600, regions: ["head"] },
];

/** Places 2 to 6: from no uptake to this SUV. */
const PET_HIGHEST_SUV = [5, 7, 10, 15, 20] as const;

/** The regions that a preset can be for, of those that the table names. */
export const PRESET_REGIONS: readonly string[] = [
  ...new Set(CT_PRESETS.flatMap(({ regions }) => regions)),
].sort();

/** The presets of PET, in the modality values of an image. `factor` is the SUV of one of them. */
export function petPresets(factor: number): readonly WindowPreset[] {
  return PET_HIGHEST_SUV.map((highest, index) => {
    const window = suvWindow(0, highest, factor);
    return {
      place: String(index + 2),
      label: "",
      detail: formatSuvRange(window, factor),
      window,
      fit: "any",
    };
  });
}

/**
 * The presets that mean something for an image, those made for its region of the body first, the reader's own before
 * those delivered. Where two that fit have one place, the first keeps it.
 *
 * Hounsfield units and SUV mean nothing on a CT or PET that has other values.
 */
export function presetsFor(
  series: Pick<Series, "modality" | "bodyRegions">,
  image: StudyImage | null,
  own: readonly OwnPreset[] = [],
): readonly WindowPreset[] {
  if (image === null || image.kind !== "grey" || !isQuantitative(series.modality, image)) return [];
  const mine = own
    .filter(({ modality }) => modality === series.modality)
    .map((preset) => ownPreset(preset, image, series.bodyRegions));
  const all = [
    ...mine.filter(({ fit }) => fit === "region"),
    ...mine.filter(({ fit }) => fit === "any"),
    ...builtIn(series, image),
    ...mine.filter(({ fit }) => fit === "other").map(withoutPlace),
  ];
  const taken = new Set<string>();
  const placed = all.map((preset) => {
    if (preset.place === "" || taken.has(preset.place)) return withoutPlace(preset);
    taken.add(preset.place);
    return preset;
  });
  return (["region", "any", "other"] as const).flatMap((fit) => placed.filter((one) => one.fit === fit));
}

function isQuantitative(modality: string, image: StudyImage): boolean {
  if (modality === "PT") return image.suvFactor !== null;
  return modality !== "CT" || image.valueUnits === "HU";
}

function builtIn(
  { modality, bodyRegions }: Pick<Series, "modality" | "bodyRegions">,
  image: StudyImage,
): readonly WindowPreset[] {
  if (image.suvFactor !== null) return petPresets(image.suvFactor);
  if (modality !== "CT") return [];
  return CT_PRESETS.map(({ place, label, width, center, regions }) => {
    const fit = fitOf(regions, bodyRegions);
    const window = { windowCenter: center, windowWidth: width, voiFunction: "LINEAR" } as const;
    return { place, label, detail: `${width} / ${center}`, window, fit };
  });
}

function ownPreset(preset: OwnPreset, image: StudyImage, bodyRegions: readonly string[]): WindowPreset {
  const { name, bodyRegion, windowCenter, windowWidth, place } = preset;
  const fit = bodyRegion === "" ? "any" : bodyRegions.includes(bodyRegion) ? "region" : "other";
  const { suvFactor } = image;
  if (suvFactor !== null) {
    const window = suvWindow(windowCenter - windowWidth / 2, windowCenter + windowWidth / 2, suvFactor);
    return { place, label: name, detail: formatSuvRange(window, suvFactor), window, fit };
  }
  // LINEAR is defined for a width of at least 1 (PS3.3 C.11.2.1.2.1).
  const voiFunction = windowWidth >= 1 ? "LINEAR" : "LINEAR_EXACT";
  const detail = `${formatNumber(windowWidth, 2)} / ${formatNumber(windowCenter, 2)}`;
  return { place, label: name, detail, window: { windowCenter, windowWidth, voiFunction }, fit };
}

/** Where nobody knows what the series shows, no preset is of another part. */
function fitOf(regions: readonly string[], shown: readonly string[]): Fit {
  if (regions.length === 0 || shown.length === 0) return "any";
  return regions.some((region) => shown.includes(region)) ? "region" : "other";
}

function withoutPlace(preset: WindowPreset): WindowPreset {
  return { ...preset, place: "" };
}
