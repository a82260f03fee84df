import { isAbort, RequestError, request } from "../api/client";
import { groupOf, parseVolume, volumeUrl } from "../api/volume";
import { fetchVolumeBlock } from "../api/volumeBlock";
import { t } from "../core/i18n";
import { fullRangeWindow } from "../dicom/voiLut";
import { volumePresets } from "../dicom/volumePresets";
import type { Viewport } from "../viewport/viewport";
import type { Command } from "./command";
import { showMessage } from "./message";
import { identityTexts, seriesLine } from "./overlay";
import type { ViewerContext } from "./viewerContext";
import type { VolumeDialog } from "./volume/volumeDialog";

const NO_WEBGL = t(
  "This browser has no WebGL 2, which a volume in three dimensions needs. The rotating MIP does without it.",
);

export function volumeCommand(): Command {
  return {
    id: "volume",
    label: t("Volume in three dimensions"),
    group: "layout",
    keys: ["Shift+y"],
    icon: "volume",
    run: (context) => void openVolume(context),
    isPossible: ({ grid }) => grid.active.image?.packing != null,
  };
}

/** Open the series of the active viewport as a volume; what draws it is loaded when it is first wanted. */
async function openVolume(context: ViewerContext): Promise<void> {
  const { active } = context.grid;
  const { stack, image } = active;
  if (stack === null || image === null) return;
  context.cine.stop();
  const { VolumeDialog } = await import("./volume/volumeDialog");
  const texts = identityTexts(stack);
  const identity = [texts["patient-name"], texts["patient-id"], texts.demographics]
    .filter(Boolean)
    .join("  ");
  const dialog = new VolumeDialog({
    stack,
    identity,
    series: [texts["study-date"], seriesLine(stack)].filter(Boolean).join("  "),
  });
  const ending = new AbortController();
  dialog.onClose(() => ending.abort());
  context.page.append(dialog.root);
  dialog.root.showModal();
  try {
    await fillDialog(context.page, dialog, active, groupOf(image), ending.signal);
  } catch (error) {
    if (isAbort(error)) return;
    dialog.root.close();
    if (error instanceof RequestError) showMessage(context.page, error.message);
    else {
      showMessage(context.page, NO_WEBGL);
      console.warn(error);
    }
  }
}

async function fillDialog(
  page: HTMLElement,
  dialog: VolumeDialog,
  { stack, painted }: Viewport,
  group: number,
  signal: AbortSignal,
): Promise<void> {
  if (stack === null) return;
  const { series } = stack;
  const response = await request(volumeUrl(series.seriesInstanceUid, group), { signal });
  const volume = parseVolume(await response.json(), series);
  if (volume.kind === "problem") throw new RequestError("unshowable", volume.problem);
  const block = await fetchVolumeBlock(volume.blockUrl, signal);
  const voi = painted?.voi;
  const window = voi?.kind === "window" ? voi.window : fullRangeWindow(block.lowest, block.highest);
  dialog.fill(page, block, volumePresets(series.modality, window));
}
