import type { DrawnAnnotation } from "../annotations/render";
import type { RequestError } from "../api/client";
import type { Palette } from "../dicom/palettes";
import type { PresentationState } from "../dicom/presentation";
import type { StudyImage } from "../dicom/types";
import type { Camera, ImageToScreen, ScreenSize } from "../geometry/camera";
import type { Mosaic } from "../render/mosaic";
import type { Stack } from "./stack";
import type { ResolvedVoi } from "./voi";

/** How good the pixels are: nothing yet, a stand-in, or the final ones. */
export type Quality = "none" | "preview" | "full";

/** What a viewport shows at this moment. Pixels, overlay and data attributes all follow this one value. */
export interface Painted {
  readonly stack: Stack;
  readonly image: StudyImage;
  readonly imageIndex: number;
  readonly quality: Quality;
  readonly voi: ResolvedVoi | null;
  readonly invert: boolean;
  /** The colours that greys are shown in; null for greys. */
  readonly palette: Palette | null;
  readonly camera: Camera;
  readonly matrix: ImageToScreen;
  readonly scale: number;
  readonly screen: ScreenSize;
  readonly mosaic: Mosaic | null;
  readonly measurements: readonly DrawnAnnotation[];
  /** The image asked for, when it is not the one painted because its pixels are still on the way. */
  readonly awaitedIndex: number | null;
  readonly failure: RequestError | null;
  /** The presentation state that the image is shown under; null where the state does not speak of it. */
  readonly presentation: PresentationState | null;
  /** Why the image is a key image, or "". */
  readonly keyTitle: string;
  /** The reader has hidden what is drawn on images. */
  readonly hidesAnnotations: boolean;
  /** Nothing is on the way any more: pixels, what lies over them, overlays and regions are there or have failed. */
  readonly isComplete: boolean;
  /** The file is cut off, and the picture shows what there is. */
  readonly isIncomplete: boolean;
  /** Overlays or a shutter of the image were taken away by the reader. */
  readonly hidesMarks: boolean;
  /** What lies in colours over the image, or "". */
  readonly fusionNote: string;
  /** What is not there of the regions that are switched on, or "". */
  readonly regionNote: string;
}

/** Write what is painted onto the viewport's root element (the contract of the page). */
export function writePaintedData(root: HTMLElement, painted: Painted | null): void {
  const data = root.dataset;
  if (painted === null || painted.quality === "none") {
    for (const name of PAINTED_DATA) delete data[name];
    return;
  }
  data.sopInstanceUid = painted.image.sopInstanceUid;
  data.frameNumber = String(painted.image.frameNumber);
  data.imageIndex = String(painted.imageIndex);
  data.quality = painted.quality;
  data.palette = painted.palette?.name ?? "";
  data.invert = painted.invert ? "1" : "";
  const window = painted.voi?.kind === "window" ? painted.voi.window : null;
  data.windowCenter = window ? String(window.windowCenter) : "";
  data.windowWidth = window ? String(window.windowWidth) : "";
}

const PAINTED_DATA = [
  "sopInstanceUid",
  "frameNumber",
  "imageIndex",
  "quality",
  "windowCenter",
  "windowWidth",
  "palette",
  "invert",
] as const;
