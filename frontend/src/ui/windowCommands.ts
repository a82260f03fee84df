import { CT_PRESETS, presetsFor, type WindowPreset } from "../dicom/presets";
import type { Viewport } from "../viewport/viewport";
import type { Command } from "./command";

/** Windows: of the file, presets for CT, the full range, inversion. */
export function windowCommands(): Command[] {
  return [
    {
      id: "file-window",
      label: "Window of the file, again for the next",
      group: "window",
      keys: ["1"],
      run: ({ grid }) => nextFileWindow(grid.active),
    },
    ...CT_PRESETS.map(presetCommand),
    {
      id: "full-range",
      label: "Full range",
      group: "window",
      keys: ["0"],
      run: ({ grid }) => grid.active.setChoice({ kind: "full" }),
    },
    {
      id: "invert",
      label: "Invert",
      group: "window",
      keys: ["i"],
      icon: "invert",
      run: ({ grid }) => grid.active.setInvert(!grid.active.invert),
      isOn: ({ grid }) => grid.active.invert,
    },
    {
      id: "marks",
      label: "Overlays and shutter, on and off",
      group: "window",
      keys: ["t"],
      run: ({ grid }) => grid.active.setShowMarks(!grid.active.showsMarks),
    },
  ];
}

function presetCommand(preset: WindowPreset): Command {
  const { key, label, window } = preset;
  return {
    id: `preset-${key}`,
    label: `CT ${label.toLowerCase()} ${window.windowWidth} / ${window.windowCenter}`,
    group: "window",
    keys: [key],
    run: ({ grid }) => {
      if (activePresets(grid.active).includes(preset)) applyPreset(grid.active, preset);
    },
  };
}

/** The presets that mean something for what the viewport shows. */
export function activePresets(viewport: Viewport): readonly WindowPreset[] {
  const modality = viewport.stack?.series.modality ?? "";
  return presetsFor(modality, viewport.image?.valueUnits ?? "");
}

export function applyPreset(viewport: Viewport, preset: WindowPreset): void {
  viewport.setChoice({ kind: "window", label: preset.label, window: preset.window });
}

/** The first window of the file; pressed again while it is shown, the next one. */
function nextFileWindow(viewport: Viewport): void {
  const count = Math.max(1, viewport.image?.voi.length ?? 1);
  const { choice } = viewport;
  viewport.setChoice({ kind: "file", index: choice.kind === "file" ? (choice.index + 1) % count : 0 });
}
