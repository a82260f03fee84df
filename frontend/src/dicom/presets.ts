import type { VoiWindow } from "./types";

/** A window that a number key applies to CT. */
export interface WindowPreset {
  readonly key: string;
  readonly label: string;
  readonly window: VoiWindow;
}

function preset(key: string, label: string, windowWidth: number, windowCenter: number): WindowPreset {
  return { key, label, window: { windowCenter, windowWidth, voiFunction: "LINEAR" } };
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

/** The presets are in Hounsfield units and mean nothing on other values. */
export function presetsFor(modality: string, valueUnits: string): readonly WindowPreset[] {
  return modality === "CT" && valueUnits === "HU" ? CT_PRESETS : [];
}
