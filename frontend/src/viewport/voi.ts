import type { PreviewView } from "../api/tiles";
import { t } from "../core/i18n";
import type { Palette } from "../dicom/palettes";
import { lookOf, type PresentationState } from "../dicom/presentation";
import { exactWindow } from "../dicom/suv";
import type { Packing, StudyImage, VoiWindow } from "../dicom/types";
import { fullRangeWindow, PACKED_VALUES } from "../dicom/voiLut";

/**
 * What the reader chose: a view of the file, a window of their own, everything from darkest to brightest, or the
 * greys of a presentation state.
 */
export type VoiChoice =
  | { readonly kind: "file"; readonly index: number }
  | {
      readonly kind: "window";
      readonly label: string;
      readonly window: VoiWindow;
      /** SUV of one modality value of the image that it was chosen on: images with other factors keep the SUV. */
      readonly suvFactor?: number | null;
    }
  | { readonly kind: "full" }
  | { readonly kind: "presentation"; readonly state: PresentationState };

export const FILE_DEFAULT: VoiChoice = { kind: "file", index: 0 };

/** What a choice means for one image. */
export type ResolvedVoi =
  | { readonly kind: "window"; readonly label: string; readonly window: VoiWindow }
  | { readonly kind: "table"; readonly label: string; readonly url: string };

/** What loading the image's tiles has taught. */
export interface KnownValues {
  /** The server's default, from the header of a tile. */
  readonly defaultWindow: VoiWindow | null;
  /** Lowest and highest packed value without padding. */
  readonly range: readonly [number, number] | null;
}

/** @returns null while the image's values are needed and not there. */
export function resolveVoi(image: StudyImage, choice: VoiChoice, known: KnownValues): ResolvedVoi | null {
  if (choice.kind === "window") {
    return { kind: "window", label: choice.label, window: windowOn(image, choice) };
  }
  const presented = choice.kind === "presentation" ? lookOf(choice.state, image) : null;
  if (choice.kind === "presentation" && presented) {
    const { voi } = presented.look;
    const { label } = choice.state;
    if (voi) return { kind: "window", label: voi.label, window: voi };
    return { kind: "table", label, url: presented.tableUrl };
  }
  // An image that the state does not speak of is shown as its file says.
  if (choice.kind === "file" || choice.kind === "presentation") {
    const index = choice.kind === "file" ? choice.index : 0;
    const voi = image.voi[index % Math.max(1, image.voi.length)];
    if (voi?.kind === "table") return voi;
    if (voi) {
      const { windowCenter, windowWidth, voiFunction } = voi;
      return { kind: "window", label: voi.label, window: { windowCenter, windowWidth, voiFunction } };
    }
    if (known.defaultWindow) return { kind: "window", label: t("Auto"), window: known.defaultWindow };
  }
  if (known.range === null || image.packing === null) return null;
  return { kind: "window", label: t("Full range"), window: rangeWindow(known.range, image.packing) };
}

function rangeWindow(range: readonly [number, number], packing: Packing): VoiWindow {
  const ends = range.map((packed) => packed * packing.scale + packing.offset);
  return fullRangeWindow(Math.min(...ends), Math.max(...ends));
}

/** The window in the modality values of an image: what was chosen in SUV stays the same SUV. */
function windowOn(image: StudyImage, choice: Extract<VoiChoice, { kind: "window" }>): VoiWindow {
  const { window, suvFactor } = choice;
  if (!suvFactor || !image.suvFactor || suvFactor === image.suvFactor) return window;
  const { windowCenter, windowWidth } = exactWindow(window);
  const ratio = suvFactor / image.suvFactor;
  return {
    windowCenter: windowCenter * ratio,
    windowWidth: windowWidth * ratio,
    voiFunction: window.voiFunction === "SIGMOID" ? "SIGMOID" : "LINEAR_EXACT",
  };
}

/** How to ask the server for a preview of the same choice. */
export function previewView(
  image: StudyImage,
  choice: VoiChoice,
  invert: boolean,
  palette: Palette | null,
): PreviewView {
  return {
    voiIndex: choice.kind === "file" ? choice.index : null,
    window: choice.kind === "window" ? windowOn(image, choice) : null,
    invert,
    palette: palette?.name ?? "",
  };
}

/** The window that comes nearest to a lookup table: from its last darkest to its first brightest value. */
export function windowLikeTable(table: Uint8ClampedArray, packing: Packing): VoiWindow {
  const dark = Math.min(table[0] ?? 0, table[PACKED_VALUES - 1] ?? 0);
  const bright = Math.max(table[0] ?? 0, table[PACKED_VALUES - 1] ?? 0);
  const inside = (grey: number) => grey > dark && grey < bright;
  const first = table.findIndex(inside);
  const last = table.findLastIndex(inside);
  return rangeWindow(first < 0 ? [0, PACKED_VALUES - 1] : [first, last], packing);
}

/**
 * The window after a drag: to the right widens, downwards raises the centre and so darkens.
 *
 * Steps grow with the width, so that a narrow brain window and a wide lung window feel the same.
 */
export function draggedWindow(
  start: VoiWindow,
  delta: { readonly x: number; readonly y: number },
  isInteger: boolean,
): VoiWindow {
  const width = start.windowWidth * Math.exp(delta.x * 0.006);
  const center = start.windowCenter + delta.y * start.windowWidth * 0.003;
  const smallest = isInteger ? 1 : start.windowWidth * 1e-4;
  const round = (value: number) => (isInteger ? Math.round(value) : value);
  return {
    windowCenter: round(center),
    windowWidth: Math.max(smallest, round(width)),
    voiFunction: start.voiFunction,
  };
}
