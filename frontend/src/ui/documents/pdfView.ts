import { RequestError } from "../../api/client";
import { fetchPdf } from "../../api/documents";
import { DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { clamp } from "../../core/numbers";
import { PdfPages } from "../../render/pdfPages";
import { element, setText } from "../dom";
import { push } from "./controls";
import { type DocumentPlace, type DocumentView, scrollByKey } from "./documentView";
import { fileLink } from "./fileView";

const ZOOM_STEP = 1.25;
const SMALLEST = 0.25;
const LARGEST = 6;
const MARGIN_PX = 12;

/** A PDF as a column of pages, each drawn when it comes into view. */
export async function openPdfView(place: DocumentPlace): Promise<DocumentView> {
  const { document } = place.shown;
  const pages = await PdfPages.open(await fetchPdf(document.sopInstanceUid, place.signal), place.signal);
  const view = new PdfView(pages, fileLink(document.fileUrl, place.context.page));
  try {
    await view.start();
  } catch (error) {
    view.dispose();
    if (error instanceof RequestError) throw error;
    throw new RequestError("unshowable", t("The first page of this PDF cannot be read."));
  }
  return view;
}

class PdfView implements DocumentView {
  readonly root = element("div", {
    class: "document__scroll pdf",
    tabindex: 0,
    role: "region",
    "aria-label": t("Pages"),
    // Pages are laid out by the PDF, whatever the language of the page around them.
    dir: "ltr",
  });
  readonly controls: readonly HTMLElement[];
  private readonly bag = new DisposerBag();
  private readonly sheets: HTMLElement[] = [];
  private readonly drawing = new Map<HTMLElement, AbortController>();
  private readonly count = element("span", { class: "document__count", role: "status" });
  /** Pages are as wide as the cell, until the reader zooms. */
  private zoom: number | null = null;
  private pageWidth = 1;
  private pageNumber = 1;

  constructor(
    private readonly pages: PdfPages,
    file: HTMLElement | null,
  ) {
    this.controls = [
      push(t("Page before"), "‹", () => this.goTo(this.pageNumber - 1)),
      this.count,
      push(t("Next page"), "›", () => this.goTo(this.pageNumber + 1)),
      push(t("Smaller"), "−", () => this.zoomBy(1 / ZOOM_STEP)),
      push(t("Larger"), "+", () => this.zoomBy(ZOOM_STEP)),
      push(t("Fit the width"), t("Fit"), () => this.setZoom(null)),
      ...(file ? [file] : []),
    ];
  }

  async start(): Promise<void> {
    const first = await this.pages.sizeOf(1);
    this.pageWidth = first.width;
    for (let number = 1; number <= this.pages.count; number += 1) {
      const sheet = element("section", {
        class: "pdf__page",
        "data-page": number,
        "aria-label": t("Page {number}", { number }),
      });
      sheet.style.aspectRatio = `${first.width} / ${first.height}`;
      this.sheets.push(sheet);
    }
    this.root.replaceChildren(...this.sheets);
    this.watch();
    this.layOut();
  }

  key(event: KeyboardEvent): boolean {
    const acts: Readonly<Record<string, () => void>> = {
      "+": () => this.zoomBy(ZOOM_STEP),
      "=": () => this.zoomBy(ZOOM_STEP),
      "-": () => this.zoomBy(1 / ZOOM_STEP),
      "0": () => this.setZoom(null),
      ArrowLeft: () => this.goTo(this.pageNumber - 1),
      ArrowRight: () => this.goTo(this.pageNumber + 1),
      PageUp: () => this.goTo(this.pageNumber - 1),
      PageDown: () => this.goTo(this.pageNumber + 1),
    };
    const act = acts[event.key];
    if (act) act();
    return act !== undefined || scrollByKey(this.root, event);
  }

  dispose(): void {
    for (const abort of this.drawing.values()) abort.abort();
    this.bag.dispose();
    this.pages.dispose();
  }

  private watch(): void {
    const seen = new IntersectionObserver((entries) => this.inView(entries), {
      root: this.root,
      rootMargin: "50% 0px",
    });
    for (const sheet of this.sheets) seen.observe(sheet);
    const resized = new ResizeObserver(() => this.layOut());
    resized.observe(this.root);
    this.bag.add(() => seen.disconnect());
    this.bag.add(() => resized.disconnect());
    this.bag.add(listen(this.root, "scroll", () => this.showNumber(), { passive: true }));
    this.bag.add(
      listen<WheelEvent>(
        this.root,
        "wheel",
        (event) => {
          if (!event.ctrlKey) return;
          event.preventDefault();
          this.zoomBy(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP);
        },
        { passive: false },
      ),
    );
  }

  private inView(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const sheet = target as HTMLElement;
      if (isIntersecting && !this.drawing.has(sheet)) void this.draw(sheet);
      if (!isIntersecting) this.forget(sheet);
    }
  }

  /** Draw a page anew; the old picture of it stays, stretched, until then. */
  private async draw(sheet: HTMLElement): Promise<void> {
    this.drawing.get(sheet)?.abort();
    const abort = new AbortController();
    this.drawing.set(sheet, abort);
    const number = Number(sheet.dataset.page);
    const canvas = element("canvas", { class: "pdf__picture", "aria-hidden": "true" });
    try {
      const size = await this.pages.sizeOf(number);
      sheet.style.aspectRatio = `${size.width} / ${size.height}`;
      await this.pages.draw(number, canvas, sheet.clientWidth, abort.signal);
      const words = await this.pages.text(number);
      if (abort.signal.aborted) return;
      sheet.replaceChildren(canvas, element("p", { class: "visually-hidden" }, words));
      sheet.dataset.drawn = "1";
    } catch {
      // A hostile or damaged page fails in many ways; the pages around it are still to be read.
      if (!abort.signal.aborted)
        sheet.replaceChildren(element("p", { class: "pdf__problem" }, t("This page cannot be drawn.")));
    }
  }

  private forget(sheet: HTMLElement): void {
    this.drawing.get(sheet)?.abort();
    this.drawing.delete(sheet);
    delete sheet.dataset.drawn;
    sheet.replaceChildren();
  }

  private layOut(): void {
    const fitting = Math.max(1, this.root.clientWidth - 2 * MARGIN_PX);
    const width = `${Math.round(this.zoom === null ? fitting : this.pageWidth * this.zoom)}px`;
    if (this.sheets[0]?.style.width === width) return;
    for (const sheet of this.sheets) sheet.style.width = width;
    this.showNumber();
    for (const sheet of [...this.drawing.keys()]) void this.draw(sheet);
  }

  private zoomBy(factor: number): void {
    const current = this.zoom ?? (this.sheets[0]?.clientWidth ?? this.pageWidth) / this.pageWidth;
    this.setZoom(clamp(current * factor, SMALLEST, LARGEST));
  }

  /** Change the size, with the same place of the same page at the top. */
  private setZoom(zoom: number | null): void {
    const share = this.root.scrollTop / Math.max(1, this.root.scrollHeight);
    this.zoom = zoom;
    this.layOut();
    this.root.scrollTop = share * this.root.scrollHeight;
  }

  private goTo(pageNumber: number): void {
    const sheet = this.sheets[clamp(pageNumber, 1, this.pages.count) - 1];
    if (sheet) this.root.scrollTop = sheet.offsetTop - MARGIN_PX;
  }

  private showNumber(): void {
    const middle = this.root.scrollTop + this.root.clientHeight / 2;
    const after = this.sheets.findIndex((sheet) => sheet.offsetTop > middle);
    this.pageNumber = after < 0 ? this.pages.count : Math.max(1, after);
    setText(this.count, `${this.pageNumber} / ${this.pages.count}`);
  }
}
