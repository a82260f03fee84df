import { RequestError } from "../api/client";
import { t } from "../core/i18n";
import { PALETTE_LABELS, PALETTE_NAMES, type PaletteName } from "../dicom/palettes";
import { opensInverted } from "../viewport/stack";
import type { Command } from "./command";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

/** Greys in colours, and back. */
export function paletteCommands(): Command[] {
  return [
    ...PALETTE_NAMES.map((name) =>
      paletteCommand(name, t("Colours: {palette}", { palette: PALETTE_LABELS[name] })),
    ),
    paletteCommand(null, t("Greys, without colours")),
  ];
}

function paletteCommand(name: PaletteName | null, label: string): Command {
  return {
    id: name === null ? "colours-none" : `colours-${name}`,
    label,
    group: "window",
    keys: [],
    run: (context) => void showInColours(context, name),
    isOn: ({ grid }) => (grid.active.palette?.name ?? null) === name,
    isPossible: mayBeInColours,
  };
}

/** Images of grey values that nothing lies over in colours. */
export function mayBeInColours({ grid }: ViewerContext): boolean {
  return grid.active.image?.packing != null && grid.active.fusion === null;
}

export async function showInColours(context: ViewerContext, name: PaletteName | null): Promise<void> {
  const viewport = context.grid.active;
  const { stack } = viewport;
  try {
    const palette = name === null ? null : await context.palettes.named(name);
    // Meanwhile another series may have come, which opens in its own greys.
    if (viewport.stack === stack) {
      viewport.setPalette(palette);
      // Colours are laid from their first one on, also over a PET, whose greys open turned.
      viewport.setInvert(palette === null && opensInverted(stack));
    }
    context.changed.emit();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showMessage(context.page, t("The colours did not load: {reason}", { reason: error.message }));
  }
}
