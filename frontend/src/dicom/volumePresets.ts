import { t } from "../core/i18n";
import { suvRange } from "./suv";
import type { VoiWindow } from "./types";

/** What a value of a volume looks like: red, green, blue and opacity of a millimetre, each 0 to 1. */
export type Look = readonly [red: number, green: number, blue: number, opacity: number];

/** Looks at rising values; between them they change evenly, beyond the ends they stay. */
export interface VolumePreset {
  readonly label: string;
  /** The highest value along each ray instead of light and depth. */
  readonly isMaximum: boolean;
  readonly stops: readonly (readonly [value: number, look: Look])[];
}

/** Of CT, in Hounsfield units. */
const CT_PRESETS: readonly VolumePreset[] = [
  {
    label: t("Bone"),
    isMaximum: false,
    stops: [
      [140, [0.75, 0.5, 0.35, 0]],
      [260, [0.85, 0.68, 0.5, 0.12]],
      [500, [0.95, 0.88, 0.74, 0.6]],
      [1400, [1, 0.99, 0.95, 0.95]],
    ],
  },
  {
    label: t("Vessels"),
    isMaximum: false,
    stops: [
      [110, [0.5, 0.08, 0.06, 0]],
      [170, [0.75, 0.16, 0.1, 0.18]],
      [300, [0.92, 0.4, 0.25, 0.5]],
      [700, [1, 0.92, 0.8, 0.85]],
    ],
  },
  {
    label: t("Lungs"),
    isMaximum: false,
    stops: [
      [-960, [0.3, 0.45, 0.7, 0]],
      [-860, [0.35, 0.55, 0.8, 0.02]],
      [-650, [0.65, 0.8, 0.95, 0.08]],
      [-450, [0.95, 0.85, 0.8, 0.03]],
      [-300, [0.95, 0.85, 0.8, 0]],
    ],
  },
  {
    label: t("Skin"),
    isMaximum: false,
    stops: [
      [-420, [0.86, 0.62, 0.5, 0]],
      [-180, [0.9, 0.69, 0.57, 0.7]],
      [60, [0.93, 0.75, 0.64, 0.9]],
    ],
  },
];

/** The presets that mean something for a series; where values have no fixed meaning they follow the window. */
export function volumePresets(modality: string, window: VoiWindow): readonly VolumePreset[] {
  const [low, high] = suvRange(window, 1);
  const maximum: VolumePreset = {
    label: "MIP",
    isMaximum: true,
    stops: [
      [low, [0, 0, 0, 1]],
      [high, [1, 1, 1, 1]],
    ],
  };
  if (modality === "CT") return [...CT_PRESETS, maximum];
  const at = (share: number) => low + (high - low) * share;
  const surface: VolumePreset = {
    label: t("Surface"),
    isMaximum: false,
    stops: [
      [at(0.15), [0.8, 0.6, 0.5, 0]],
      [at(0.5), [0.92, 0.82, 0.72, 0.25]],
      [at(1), [1, 1, 0.97, 0.8]],
    ],
  };
  return [maximum, surface];
}

/** Looks of evenly spaced values as bytes, four each: what a shader reads. */
export function lookTable(
  preset: VolumePreset,
  lowest: number,
  highest: number,
  entries: number,
): Uint8Array {
  const table = new Uint8Array(entries * 4);
  for (let index = 0; index < entries; index += 1) {
    const value = lowest + ((highest - lowest) * index) / (entries - 1);
    table.set(
      lookAt(preset, value).map((part) => Math.round(part * 255)),
      index * 4,
    );
  }
  return table;
}

function lookAt({ stops }: VolumePreset, value: number): Look {
  const above = stops.findIndex(([place]) => place >= value);
  const next = stops[above] ?? stops[stops.length - 1];
  const before = stops[above - 1];
  if (!next) return [0, 0, 0, 0];
  if (!before || above < 0) return next[1];
  const share = (value - before[0]) / (next[0] - before[0]);
  const [one, other] = [before[1], next[1]];
  const mixed = (part: 0 | 1 | 2 | 3) => one[part] + (other[part] - one[part]) * share;
  return [mixed(0), mixed(1), mixed(2), mixed(3)];
}
