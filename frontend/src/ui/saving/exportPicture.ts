import { RequestError } from "../../api/client";
import { recordExport } from "../../api/exports";
import { t } from "../../core/i18n";
import { identityConflict } from "../../dicom/identity";
import type { Viewport } from "../../viewport/viewport";
import { element } from "../dom";
import { showMessage } from "../message";
import { identityTexts } from "../overlay";
import type { ViewerContext } from "../viewerContext";
import { composePicture } from "./composePicture";
import { printPicture } from "./printSheet";

export interface Leaving {
  readonly what: "image" | "layout";
  readonly isPrinted: boolean;
}

/** Pixels on paper to one of the screen: words stay sharp. */
const PRINT_RATIO = 2;

/** Make a picture of the active viewport, or of all, once it is on record that it leaves. */
export async function exportPicture(
  context: ViewerContext,
  { what, isPrinted }: Leaving,
  hasIdentity: boolean,
): Promise<void> {
  const { grid, page } = context;
  const viewports = what === "image" ? [grid.active] : grid.visible.filter(({ stack }) => stack !== null);
  const problem = whyNot(viewports);
  if (problem) {
    showMessage(page, problem);
    return;
  }
  const ratio = window.devicePixelRatio || 1;
  const canvas = composePicture(viewports, hasIdentity, isPrinted ? Math.max(PRINT_RATIO, ratio) : ratio);
  try {
    for (const study of studiesIn(viewports)) {
      await recordExport(study, isPrinted ? "print" : what, hasIdentity);
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showMessage(page, t("Nothing was saved: {reason}", { reason: error.message }));
    return;
  }
  canvas.toBlob((blob) => {
    if (blob === null) showMessage(page, t("This browser cannot make a file of these pictures."));
    else if (isPrinted) {
      printPicture(blob, canvas.width > canvas.height, hasIdentity ? captionOf(viewports) : "");
    } else save(blob, fileName(viewports));
  }, "image/png");
}

/** The studies whose pixels are in the pictures, with those that are laid over them. */
function studiesIn(viewports: readonly Viewport[]): ReadonlySet<string> {
  return new Set(
    viewports.flatMap(({ stack, fusion }) => [
      ...(stack ? [stack.study.studyInstanceUid] : []),
      ...(fusion ? [fusion.partner.studyInstanceUid] : []),
    ]),
  );
}

/** Why the pictures cannot leave as they are now, or "". */
function whyNot(viewports: readonly Viewport[]): string {
  if (viewports.length === 0) return t("There is no picture to save.");
  const patients = viewports.flatMap(({ stack }) => (stack ? [stack.study.patient] : []));
  if (identityConflict(patients)) return t("Two patients are on the screen. Save their pictures one by one.");
  const isReady = viewports.every(({ painted }) => painted?.isComplete && painted.awaitedIndex === null);
  return isReady ? "" : t("The pictures are still loading. Save them when they are complete.");
}

/** Whose pictures a sheet of paper shows. */
function captionOf(viewports: readonly Viewport[]): string {
  const stack = viewports[0]?.stack;
  if (!stack) return "";
  const texts = identityTexts(stack);
  return [texts["patient-name"], texts["patient-id"], texts.demographics].filter(Boolean).join(" · ");
}

/** A name that says nothing about the patient. */
function fileName(viewports: readonly Viewport[]): string {
  const [viewport] = viewports;
  const series = viewport?.stack?.series;
  if (viewports.length > 1 || !viewport || !series) return `${viewports.length}-pictures.png`;
  return `${series.modality}-series-${series.seriesNumber ?? 0}-image-${viewport.imageIndex + 1}.png`;
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name }).click();
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
