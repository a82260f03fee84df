/**
 * pdf.js with everything that it loads later, all from our own origin. Imported only when the first PDF is opened.
 *
 * Scripts and forms of a PDF are never run: that would take pdf.js's scripting sandbox, which is not part of the bundle.
 * Nothing is compiled from strings (`isEvalSupported`) and no WebAssembly is used, which the content security policy
 * forbids: JPEG 2000 has a decoder in plain JavaScript.
 */

import { getDocument, type PDFDocumentProxy, PDFWorker, VerbosityLevel } from "pdfjs-dist";
import PdfWorker from "pdfjs-dist/build/pdf.worker.mjs?worker";
import jpeg2000Url from "pdfjs-dist/wasm/openjpeg_nowasm_fallback.js?url";

type Urls = Readonly<Record<string, string>>;

const FONTS: Urls = import.meta.glob("/node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}", {
  query: "?url",
  import: "default",
  eager: true,
});
const CHARACTER_MAPS: Urls = import.meta.glob("/node_modules/pdfjs-dist/cmaps/*.bcmap", {
  query: "?url",
  import: "default",
  eager: true,
});
/** More pixels of one picture are made to exhaust memory; an A3 page scanned at 600 dpi has 70 million. */
const MOST_IMAGE_PIXELS = 100_000_000;

class FontData {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    return bytesOf(FONTS[`/node_modules/pdfjs-dist/standard_fonts/${filename}`]);
  }
}

class CharacterMaps {
  async fetch({ name }: { name: string }): Promise<{ cMapData: Uint8Array; isCompressed: boolean }> {
    const url = CHARACTER_MAPS[`/node_modules/pdfjs-dist/cmaps/${name}.bcmap`];
    return { cMapData: await bytesOf(url), isCompressed: true };
  }
}

async function bytesOf(url: string | undefined): Promise<Uint8Array> {
  if (url === undefined) throw new Error("The PDF asks for a font that there is not.");
  const response = await fetch(url);
  if (!response.ok) throw new Error("A font did not load.");
  return new Uint8Array(await response.arrayBuffer());
}

export interface ReadPdf {
  readonly pdf: PDFDocumentProxy;
  readonly dispose: () => void;
}

/** Read a PDF in a worker of its own, which ends by the signal whatever it is busy with. The bytes are given away. */
export async function readPdf(data: ArrayBuffer, signal: AbortSignal): Promise<ReadPdf> {
  const port = new PdfWorker();
  // The types of pdf.js leave out that a port may be given.
  const worker = new PDFWorker({ port: port as unknown as null, verbosity: VerbosityLevel.ERRORS });
  const task = getDocument({
    worker,
    data: new Uint8Array(data),
    isEvalSupported: false,
    useWasm: false,
    enableXfa: false,
    useWorkerFetch: false,
    maxImageSize: MOST_IMAGE_PIXELS,
    stopAtErrors: false,
    // What pdf.js would write to the console may be words of the document.
    verbosity: VerbosityLevel.ERRORS,
    StandardFontDataFactory: FontData,
    CMapReaderFactory: CharacterMaps,
    // The worker appends the name of a file that it expects beside others; here it becomes a fragment.
    wasmUrl: `${new URL(jpeg2000Url, import.meta.url)}#/`,
  });
  const dispose = () => {
    void task.destroy();
    worker.destroy();
    port.terminate();
  };
  signal.addEventListener("abort", dispose, { once: true });
  try {
    return { pdf: await task.promise, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
