import { RequestError } from "../../api/client";
import type { Recorded } from "../../api/films";
import { t } from "../../core/i18n";
import type { Study } from "../../dicom/types";
import type { Viewport } from "../../viewport/viewport";
import { composePicture } from "./composePicture";

/** Pictures that a page can show one after the other, to be recorded. */
export interface Shots {
  readonly shows: Recorded;
  readonly study: Study;
  readonly seriesInstanceUid: string;
  /** Another study whose pixels are in them too, or "". */
  readonly otherStudyInstanceUid: string;
  /**
   * Show a picture and wait until all of it is there.
   *
   * @throws RequestError where it cannot be shown.
   */
  readonly show: (index: number) => Promise<void>;
  readonly picture: (hasIdentity: boolean) => HTMLCanvasElement;
  /** Show what was shown before. */
  readonly restore: () => void;
}

/** The stack of a viewport as it stands on the screen: window, zoom, marks, regions, and what is laid over it. */
export function viewportShots(viewport: Viewport, signal: AbortSignal): Shots | null {
  const { stack, imageIndex, image, fusion } = viewport;
  if (stack === null) return null;
  return {
    shows: image?.tileUrl == null ? "stack" : "planes",
    study: stack.study,
    seriesInstanceUid: stack.series.seriesInstanceUid,
    otherStudyInstanceUid: fusion?.partner.studyInstanceUid ?? "",
    show: (index) => {
      viewport.setImageIndex(index);
      return whenComplete(viewport, index, signal);
    },
    picture: (hasIdentity) => composePicture([viewport], hasIdentity),
    restore: () => viewport.stack === stack && viewport.setImageIndex(imageIndex),
  };
}

function whenComplete(viewport: Viewport, index: number, signal: AbortSignal): Promise<void> {
  const { stack } = viewport;
  return new Promise((resolve, reject) => {
    const stop = () => {
      unsubscribe();
      signal.removeEventListener("abort", abort);
    };
    const abort = () => {
      stop();
      reject(signal.reason);
    };
    const look = () => {
      const { painted } = viewport;
      if (viewport.stack !== stack) {
        stop();
        reject(new RequestError("missing", t("Another series has come into the picture.")));
      } else if (painted?.failure) {
        stop();
        reject(painted.failure);
      } else if (painted?.imageIndex === index && painted.awaitedIndex === null && painted.isComplete) {
        stop();
        resolve();
      }
    };
    const unsubscribe = viewport.paintedChanged.subscribe(look);
    signal.addEventListener("abort", abort);
    look();
  });
}
