import { formatSuvRange, suvWindow } from "./suv";
import type { StudyImage, VoiWindow } from "./types";

/** A window that a number key applies. */
export interface WindowPreset {
  readonly key: string;
  /** What it is for, or "". */
  readonly label: string;
  /** What it shows: width and centre, or a range of SUV. */
  readonly detail: string;
  readonly window: VoiWindow;
}

function preset(key: string, label: string, windowWidth: number, windowCenter: number): WindowPreset {
  const detail = `${windowWidth} / ${windowCenter}`;
  return { key, label, detail, window: { windowCenter, windowWidth, voiFunction: "LINEAR" } };
}

/** Keys 2 to 8. Key 1 steps through the windows of the file, key 0 shows the full range. */
export const CT_PRESETS: readonly WindowPreset[] = [
  preset("2", "Soft tissue", 400, 40),
  preset("3", "Lung", 1500, -600),
  preset("4", "Bone", 2000, 400),
  preset("5", "Brain", 80, 40),
  preset("6", "Mediastinum", 350, 50),
  preset("7", "Liver", 150, 90),
  preset("8", "Angio", 600, 300),
];

/** Keys 2 to 6: from no uptake to this SUV. */
const PET_HIGHEST_SUV = [5, 7, 10, 15, 20] as const;

/** The presets of PET, in the modality values of an image. `factor` is the SUV of one of them. */
export function petPresets(factor: number): readonly WindowPreset[] {
  return PET_HIGHEST_SUV.map((highest, index) => {
    const window = suvWindow(0, highest, factor);
    return { key: String(index + 2), label: "", detail: formatSuvRange(window, factor), window };
  });
}

/** The presets are in Hounsfield units or SUV and mean nothing on other values. */
export function presetsFor(modality: string, image: StudyImage | null): readonly WindowPreset[] {
  if (image === null) return [];
  if (image.suvFactor !== null) return petPresets(image.suvFactor);
  return modality === "CT" && image.valueUnits === "HU" ? CT_PRESETS : [];
}
