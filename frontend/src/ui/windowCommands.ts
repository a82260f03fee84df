import { t } from "../core/i18n";
import { CT_PRESETS, PRESET_PLACES, petPresets, presetsFor, type WindowPreset } from "../dicom/presets";
import { windowAutomatically } from "../tools/regionWindow";
import type { Viewport } from "../viewport/viewport";
import type { Command } from "./command";
import type { ViewerContext } from "./viewerContext";

/** Windows: of the file, presets for CT and PET, the full range, inversion. */
export function windowCommands(): Command[] {
  return [
    {
      id: "file-window",
      label: t("Window of the file, again for the next"),
      group: "window",
      keys: ["1"],
      run: ({ grid }) => nextFileWindow(grid.active),
    },
    ...PRESET_PLACES.map(presetCommand),
    {
      id: "window-presets",
      label: t("My windows: add, change, remove"),
      group: "window",
      keys: [],
      run: ({ page }) => page.dispatchEvent(new CustomEvent("viewer:window-presets")),
    },
    {
      id: "full-range",
      label: t("Full range"),
      group: "window",
      keys: ["0"],
      run: ({ grid }) => grid.active.setChoice({ kind: "full" }),
    },
    {
      id: "automatic-window",
      label: t("Automatic window, from what is seen"),
      group: "window",
      keys: ["9"],
      run: ({ grid }) => windowAutomatically(grid.active),
      isPossible: hasValues,
    },
    {
      id: "tool-region",
      label: t("Window by a region: drag a rectangle"),
      group: "window",
      keys: ["Shift+w"],
      run: (context) => context.setTool("region"),
      isOn: (context) => context.tool.name === "region",
      isPossible: hasValues,
    },
    {
      id: "invert",
      label: t("Invert"),
      group: "window",
      keys: ["i"],
      icon: "invert",
      run: ({ grid }) => grid.active.setInvert(!grid.active.invert),
      isOn: ({ grid }) => grid.active.invert,
    },
    {
      id: "marks",
      label: t("Overlays and shutter, on and off"),
      group: "window",
      keys: ["t"],
      run: ({ grid }) => grid.active.setShowMarks(!grid.active.showsMarks),
    },
  ];
}

function hasValues({ grid }: ViewerContext): boolean {
  return grid.active.painted?.mosaic != null;
}

/** One key is another preset on another modality or part of the body, or one that the reader keeps. */
function presetCommand(place: string): Command {
  const find = (context: ViewerContext) => activePresets(context).find((preset) => preset.place === place);
  return {
    id: `preset-${place}`,
    label: presetLabel(place),
    group: "window",
    keys: [place],
    run: (context) => {
      const preset = find(context);
      if (preset) applyPreset(context.grid.active, preset);
    },
    isPossible: (context) => find(context) !== undefined,
  };
}

function presetLabel(place: string): string {
  const ct = CT_PRESETS.filter((preset) => preset.place === place).map(
    ({ label, width, center }) => `CT ${label.toLowerCase()} ${width} / ${center}`,
  );
  const pet = petPresets(1)
    .filter((preset) => preset.place === place)
    .map(({ detail }) => `PET ${detail}`);
  return [...ct, ...pet].join(", ");
}

/** The presets that mean something for what the active picture shows. */
export function activePresets({ grid, preferences }: ViewerContext): readonly WindowPreset[] {
  const { stack, image } = grid.active;
  return stack === null ? [] : presetsFor(stack.series, image, preferences.windows);
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
