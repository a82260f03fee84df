import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
import { RequestError } from "../api/client";
import { t } from "../core/i18n";

/** A canvas beyond this many pixels is refused by some browsers. */
const MOST_CANVAS_PIXELS = 16_000_000;
/** A PDF that is read no faster is made to keep its reader busy. */
const LONGEST_MS = 30_000;
const PROBLEMS: Readonly<Record<string, string>> = {
  PasswordException: t("This PDF is locked by a password."),
  TimeoutError: t("This PDF takes too long to read."),
  InvalidPDFException: t("This PDF is damaged."),
};

/** Width and height of a page in CSS pixels at 100 %. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** The pages of a PDF, each read when it is first wanted. Numbers begin at 1. */
export class PdfPages {
  private readonly pages = new Map<number, Promise<PDFPageProxy>>();

  private constructor(
    private readonly pdf: PDFDocumentProxy,
    readonly dispose: () => void,
  ) {}

  /** @throws RequestError where it is no PDF that can be read in time. */
  static async open(data: ArrayBuffer, signal: AbortSignal): Promise<PdfPages> {
    const { readPdf } = await import("./pdfLibrary");
    const tooLong = new AbortController();
    const timer = setTimeout(() => tooLong.abort(new DOMException("", "TimeoutError")), LONGEST_MS);
    const end = AbortSignal.any([signal, tooLong.signal]);
    try {
      const { pdf, dispose } = await Promise.race([readPdf(data, end), rejectedBy(end)]);
      return new PdfPages(pdf, dispose);
    } catch (error) {
      signal.throwIfAborted();
      const name = error instanceof Error ? error.name : "";
      throw new RequestError("unshowable", PROBLEMS[name] ?? t("This PDF cannot be read."));
    } finally {
      clearTimeout(timer);
    }
  }

  get count(): number {
    return this.pdf.numPages;
  }

  async sizeOf(pageNumber: number): Promise<PageSize> {
    const { width, height } = (await this.page(pageNumber)).getViewport({ scale: CSS_PIXELS_A_POINT });
    return { width, height };
  }

  /** Draw a page that is `width` CSS pixels wide into a canvas, as finely as the screen can show it. */
  async draw(
    pageNumber: number,
    canvas: HTMLCanvasElement,
    width: number,
    signal: AbortSignal,
  ): Promise<void> {
    const page = await this.page(pageNumber);
    if (signal.aborted) return;
    const whole = page.getViewport({ scale: 1 });
    const wanted = (width / whole.width) * (window.devicePixelRatio || 1);
    const scale = Math.min(wanted, Math.sqrt(MOST_CANVAS_PIXELS / (whole.width * whole.height)));
    const viewport = page.getViewport({ scale });
    canvas.width = Math.max(1, Math.floor(viewport.width));
    canvas.height = Math.max(1, Math.floor(viewport.height));
    const task = page.render({ canvas, viewport });
    signal.addEventListener("abort", () => task.cancel(), { once: true });
    try {
      await task.promise;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** The words of a page in the order of the file, for those who cannot see it. */
  async text(pageNumber: number): Promise<string> {
    const { items } = await (await this.page(pageNumber)).getTextContent();
    return items.map((item) => ("str" in item ? `${item.str}${item.hasEOL ? "\n" : ""}` : "")).join("");
  }

  private page(pageNumber: number): Promise<PDFPageProxy> {
    const known = this.pages.get(pageNumber) ?? this.pdf.getPage(pageNumber);
    this.pages.set(pageNumber, known);
    return known;
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** A point of PDF is 1/72 inch, a pixel of CSS 1/96. */
const CSS_PIXELS_A_POINT = 96 / 72;
