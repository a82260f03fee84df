import { t } from "../../core/i18n";
import { element, icon } from "../dom";
import type { DocumentPlace, DocumentView } from "./documentView";

/** A document that is not shown: why, and where the file is for those who may take it. */
export function fileView({ shown, context }: DocumentPlace): DocumentView {
  const { document } = shown;
  const root = element(
    "div",
    { class: "document__file" },
    icon("file"),
    element("p", {}, document.sentence || t("This object is not shown.")),
    fileLink(document.fileUrl, context.page),
  );
  return { root, controls: [], key: () => false, dispose: () => undefined };
}

/** The link to the file of a document, which goes on record; null where there is none, or none for this reader. */
export function fileLink(url: string, page: HTMLElement): HTMLElement | null {
  if (!url || page.dataset.mayExport !== "1") return null;
  return element("a", { class: "button", href: url, download: "" }, t("Download the file"));
}
