import { isAbort, loginUrl, RequestError } from "../../api/client";
import { ShapeError } from "../../api/fields";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { documentName, type StudyDocument } from "../../dicom/documents";
import { formatDate, formatPersonName } from "../../dicom/text";
import type { Viewport } from "../../viewport/viewport";
import { element } from "../dom";
import type { ViewerContext } from "../viewerContext";
import type { DocumentPlace, DocumentView } from "./documentView";
import { fileView } from "./fileView";
import { openPdfView } from "./pdfView";
import { openReportView } from "./reportView";
import { openWaveformView } from "./waveformView";

const OPENERS: Readonly<Record<string, (place: DocumentPlace) => Promise<DocumentView>>> = {
  report: openReportView,
  pdf: openPdfView,
  waveform: openWaveformView,
};

/** Lets a viewport show a document in place of a series. */
export function attachDocument(viewport: Viewport, context: ViewerContext): Disposer {
  const cell = new DocumentCell(viewport, context);
  return cell.attach();
}

class DocumentCell {
  private readonly root = element("div", { class: "document", hidden: true });
  private abort = new AbortController();
  private view: DocumentView | null = null;

  constructor(
    private readonly viewport: Viewport,
    private readonly context: ViewerContext,
  ) {}

  attach(): Disposer {
    const { viewport, root, context } = this;
    const bag = new DisposerBag();
    viewport.root.append(root);
    const activate = () => context.grid.activate(viewport);
    bag.add(viewport.documentChanged.subscribe(() => void this.show()));
    bag.add(listen(root, "pointerdown", activate));
    bag.add(listen(root, "focusin", activate));
    bag.add(listen<KeyboardEvent>(viewport.root, "keydown", (event) => this.key(event)));
    bag.add(() => this.clear());
    bag.add(() => root.remove());
    return () => bag.dispose();
  }

  private async show(): Promise<void> {
    this.clear();
    const { viewport, root, context } = this;
    const shown = viewport.document;
    root.hidden = shown === null;
    delete viewport.root.dataset.documentUid;
    if (shown === null) return;
    const { signal } = this.abort;
    const body = element(
      "div",
      { class: "document__body" },
      element("p", { class: "document__wait" }, t("Opening…")),
    );
    const controls = element("div", { class: "document__controls" });
    root.replaceChildren(bar(shown, controls), body);
    try {
      const { document } = shown;
      const open = OPENERS[document.kind];
      const place = { shown, viewport, context, signal };
      const view = open ? await open(place) : fileView(place);
      if (signal.aborted) {
        view.dispose();
        return;
      }
      this.view = view;
      controls.replaceChildren(...view.controls);
      body.replaceChildren(view.root);
      viewport.root.dataset.documentUid = document.sopInstanceUid;
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      if (!(error instanceof RequestError || error instanceof ShapeError)) throw error;
      body.replaceChildren(this.failure(error));
    }
  }

  private failure(error: RequestError | ShapeError): HTMLElement {
    const kind = error instanceof RequestError ? error.kind : "unshowable";
    const box = element(
      "div",
      { class: "document__failure", role: "alert" },
      element(
        "strong",
        {},
        kind === "session" ? t("Your session has ended") : t("This document cannot be shown"),
      ),
      element("p", {}, error.message),
    );
    if (kind === "session") box.append(element("a", { class: "button", href: loginUrl() }, t("Log in")));
    if (kind === "network" || kind === "server") {
      const again = element("button", { type: "button", class: "button" }, t("Try again"));
      again.addEventListener("click", () => void this.show());
      box.append(again);
    }
    return box;
  }

  private key(event: KeyboardEvent): void {
    if (this.view === null || event.ctrlKey || event.altKey || event.metaKey) return;
    const { target } = event;
    if (target instanceof Element && target.closest("select, input")) return;
    if (event.key === " " && target instanceof Element && target.closest("button, a, summary")) return;
    if (this.view.key(event)) event.preventDefault();
  }

  private clear(): void {
    this.abort.abort();
    this.abort = new AbortController();
    this.view?.dispose();
    this.view = null;
    this.root.replaceChildren();
  }
}

/** Whose document it is: a cell says it by itself, as every picture does. */
function bar({ study, document }: StudyDocument, controls: HTMLElement): HTMLElement {
  const { patient } = study;
  const identity = [formatPersonName(patient.name) || t("No name"), patient.patientId]
    .filter(Boolean)
    .join("  ");
  const about = [document.modality, documentName(document), formatDate(study.studyDate)];
  return element(
    "header",
    { class: "document__bar" },
    element(
      "div",
      { class: "document__names" },
      element("span", { class: "document__patient" }, identity),
      element("span", { class: "document__name" }, about.filter(Boolean).join("  ")),
    ),
    controls,
  );
}
