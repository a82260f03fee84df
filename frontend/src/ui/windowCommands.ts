import { CT_PRESETS, petPresets, presetsFor, type WindowPreset } from "../dicom/presets";
import { windowAutomatically } from "../tools/regionWindow";
import type { Viewport } from "../viewport/viewport";
import type { Command } from "./command";
import type { ViewerContext } from "./viewerContext";

/** Windows: of the file, presets for CT and PET, the full range, inversion. */
export function windowCommands(): Command[] {
  return [
    {
      id: "file-window",
      label: "Window of the file, again for the next",
      group: "window",
      keys: ["1"],
      run: ({ grid }) => nextFileWindow(grid.active),
    },
    ...CT_PRESETS.map(({ key }) => presetCommand(key)),
    {
      id: "full-range",
      label: "Full range",
      group: "window",
      keys: ["0"],
      run: ({ grid }) => grid.active.setChoice({ kind: "full" }),
    },
    {
      id: "automatic-window",
      label: "Automatic window, from what is seen",
      group: "window",
      keys: ["9"],
      run: ({ grid }) => windowAutomatically(grid.active),
      isPossible: hasValues,
    },
    {
      id: "tool-region",
      label: "Window by a region: drag a rectangle",
      group: "window",
      keys: ["Shift+w"],
      run: (context) => context.setTool("region"),
      isOn: (context) => context.tool.name === "region",
      isPossible: hasValues,
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

function hasValues({ grid }: ViewerContext): boolean {
  return grid.active.painted?.mosaic != null;
}

/** One key is another preset on another modality. */
function presetCommand(key: string): Command {
  return {
    id: `preset-${key}`,
    label: presetLabel(key),
    group: "window",
    keys: [key],
    run: ({ grid }) => {
      const preset = activePresets(grid.active).find((candidate) => candidate.key === key);
      if (preset) applyPreset(grid.active, preset);
    },
    isPossible: ({ grid }) => activePresets(grid.active).some((preset) => preset.key === key),
  };
}

function presetLabel(key: string): string {
  const names = (modality: string, presets: readonly WindowPreset[]) =>
    presets
      .filter((preset) => preset.key === key)
      .map(({ label, detail }) => [modality, label.toLowerCase(), detail].filter(Boolean).join(" "));
  return [...names("CT", CT_PRESETS), ...names("PET", petPresets(1))].join(", ");
}

/** The presets that mean something for what the viewport shows. */
export function activePresets(viewport: Viewport): readonly WindowPreset[] {
  return presetsFor(viewport.stack?.series.modality ?? "", viewport.image);
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
