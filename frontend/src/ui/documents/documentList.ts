import { listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { documentName, type OtherObject, type StudyDocument } from "../../dicom/documents";
import type { StudyManifest } from "../../dicom/types";
import { element, icon } from "../dom";
import type { ViewerContext } from "../viewerContext";

export const DOCUMENT_DRAG_TYPE = "application/x-reading-room-document";
const ICONS: Readonly<Record<string, string>> = {
  report: "list",
  pdf: "file",
  waveform: "waveform",
  file: "file",
};

/** What a study holds beside its images: documents to open, then the names of what cannot be shown by itself. */
export function documentItems({ study, other }: StudyManifest, context: ViewerContext): HTMLElement[] {
  const documents = other.filter(({ kind }) => kind !== "");
  const rest = other.filter(({ kind }) => kind === "");
  const named = rest.map((one) =>
    element("li", {}, [one.modality, documentName(one)].filter(Boolean).join("  ")),
  );
  return [
    ...group(t("Documents"), ...documents.map((document) => item({ study, document }, context))),
    ...group(t("Without images"), named.length > 0 && element("ul", {}, ...named)),
  ];
}

/** The document of an instance among the open studies; null where there is none. */
export function documentNamed(sopInstanceUid: string, { studies }: ViewerContext): StudyDocument | null {
  for (const { study, other } of studies.manifests) {
    const document = other.find((one) => one.sopInstanceUid === sopInstanceUid && one.kind !== "");
    if (document) return { study, document };
  }
  return null;
}

export function markDocuments(root: HTMLElement, { grid }: ViewerContext): void {
  const shown = new Set(grid.visible.map(({ document }) => document?.document.sopInstanceUid));
  const active = grid.active.document?.document.sopInstanceUid;
  for (const button of root.querySelectorAll<HTMLElement>("[data-document-uid]")) {
    const uid = button.dataset.documentUid ?? "";
    button.classList.toggle("strip__document--shown", shown.has(uid));
    if (uid === active) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function group(title: string, ...children: readonly (HTMLElement | false)[]): HTMLElement[] {
  if (!children.some(Boolean)) return [];
  return [element("section", { class: "strip__others" }, element("h2", {}, title), ...children)];
}

function item(shown: StudyDocument, context: ViewerContext): HTMLElement {
  const { document } = shown;
  const button = element(
    "button",
    {
      type: "button",
      class: "strip__document",
      draggable: "true",
      title: document.title,
      "data-document-uid": document.sopInstanceUid,
    },
    icon(ICONS[document.kind] ?? "file"),
    element(
      "span",
      { class: "strip__document-name" },
      element("span", { class: "strip__document-kind" }, kindText(document)),
      element("span", {}, documentName(document)),
    ),
  );
  listen(button, "click", () => {
    context.showDocument(shown);
    context.page.classList.remove("viewer--sheet");
  });
  listen<DragEvent>(button, "dragstart", (event) => {
    event.dataTransfer?.setData(DOCUMENT_DRAG_TYPE, document.sopInstanceUid);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
  });
  return button;
}

function kindText({ seriesNumber, instanceNumber, modality }: OtherObject): string {
  const series = seriesNumber === null ? "" : `S ${seriesNumber}`;
  const number = instanceNumber === null || instanceNumber === 1 ? "" : `#${instanceNumber}`;
  return [series, modality, number].filter(Boolean).join(" ");
}
