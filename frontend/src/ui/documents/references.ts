import { t } from "../../core/i18n";
import { type DocumentReference, documentName } from "../../dicom/documents";
import type { Stack } from "../../viewport/stack";
import type { Viewport } from "../../viewport/viewport";
import { nextViewport } from "../beside";
import { element } from "../dom";
import type { ViewerContext } from "../viewerContext";
import { documentNamed } from "./documentList";
import type { DocumentPlace } from "./documentView";

interface FoundImage {
  readonly stack: Stack;
  readonly index: number;
}

/** A link to an image or document that a report speaks of; plain words where it is not here. */
export function referenceButton(reference: DocumentReference, place: DocumentPlace): HTMLElement {
  const { context, viewport } = place;
  const image = imageOf(reference, context);
  if (image) {
    return link(imageName(image, reference), () => showImage(image, context, viewport));
  }
  const document = documentNamed(reference.sopInstanceUid, context);
  if (document) return link(documentName(document.document), () => context.showDocument(document, viewport));
  return element(
    "span",
    { class: "report__missing", title: reference.sopInstanceUid },
    t("an object that is not in the open studies"),
  );
}

function link(text: string, act: () => void): HTMLElement {
  const button = element("button", { type: "button", class: "report__link" }, text);
  button.addEventListener("click", act);
  return button;
}

function imageOf(reference: DocumentReference, { studies }: ViewerContext): FoundImage | null {
  const [frameNumber] = reference.frameNumbers;
  for (const stack of studies.stacks) {
    const index = stack.series.images.findIndex(
      (image) =>
        image.sopInstanceUid === reference.sopInstanceUid &&
        (frameNumber === undefined || image.frameNumber === frameNumber),
    );
    if (index >= 0) return { stack, index };
  }
  return null;
}

function imageName({ stack, index }: FoundImage, { frameNumbers }: DocumentReference): string {
  const { modality, seriesNumber } = stack.series;
  const number = index + 1;
  const name =
    seriesNumber === null
      ? t("{modality}, image {number}", { modality, number })
      : t("Series {series}, image {number}", { series: seriesNumber, number });
  const more = frameNumbers.length - 1;
  return more > 0 ? t("{name} and {count} more", { name, count: more }) : name;
}

/** Show an image beside the report; on a phone in its place, because half a screen is too little for both. */
function showImage({ stack, index }: FoundImage, context: ViewerContext, from: Viewport): void {
  const { grid } = context;
  grid.activate(from);
  const isWide = window.matchMedia("(min-width: 48rem)").matches;
  const shows = grid.visible.find((one) => one !== from && one.stack?.series === stack.series);
  const target = isWide ? (shows ?? nextViewport(context)) : from;
  if (target.stack?.series === stack.series) target.setImageIndex(index);
  else target.setStack(stack, index);
  context.changed.emit();
}
