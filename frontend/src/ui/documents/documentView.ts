import type { StudyDocument } from "../../dicom/documents";
import type { Viewport } from "../../viewport/viewport";
import type { ViewerContext } from "../viewerContext";

/** What fills a cell that shows a document. */
export interface DocumentView {
  readonly root: HTMLElement;
  /** Controls of its own, at the top of the cell. */
  readonly controls: readonly HTMLElement[];
  /** Act on a key; false where it means nothing here. */
  readonly key: (event: KeyboardEvent) => boolean;
  readonly dispose: () => void;
}

/** Where a document is shown. */
export interface DocumentPlace {
  readonly shown: StudyDocument;
  readonly viewport: Viewport;
  readonly context: ViewerContext;
  /** Aborted when the cell shows something else. */
  readonly signal: AbortSignal;
}

const LINE_PX = 48;

/** Scroll as the arrow and page keys say; false for other keys. */
export function scrollByKey(target: HTMLElement, { key }: KeyboardEvent): boolean {
  const page = target.clientHeight * 0.9;
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: -LINE_PX,
    ArrowDown: LINE_PX,
    PageUp: -page,
    PageDown: page,
    " ": page,
    Home: -target.scrollHeight,
    End: target.scrollHeight,
  };
  const step = steps[key];
  if (step === undefined) return false;
  target.scrollTop += step;
  return true;
}
