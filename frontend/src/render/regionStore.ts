import { isAbort, RequestError, request, retryAfterSeconds } from "../api/client";
import { ShapeError } from "../api/fields";
import { type Contour, parseContours } from "../api/regions";
import { ByteLru } from "../core/byteLru";
import { Emitter } from "../core/emitter";
import { t } from "../core/i18n";
import { colourLabels, type Labels } from "./regionBitmap";

const BUDGET_BYTES = 96 * 2 ** 20;
/** Requests at once, and those that wait; the tiles of the pixels go through the same connections. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 6;
/** What failed is asked for again after this time, when it is looked at again. */
const FAILED_MS = 10_000;

type Bitmap = {
  readonly labels: Labels;
  colouring: string;
  picture: HTMLCanvasElement | null;
};

type Held = { readonly bytes: number } & (
  | { readonly kind: "bitmap"; readonly bitmap: Bitmap }
  | { readonly kind: "contours"; readonly contours: readonly Contour[] }
  | { readonly kind: "failed"; readonly message: string; readonly until: number }
);

/** Bitmaps and contours of regions, fetched when they are looked at; what was asked for last comes first. */
export class RegionStore {
  readonly arrived = new Emitter<string>();
  private readonly held = new ByteLru<Held>(BUDGET_BYTES);
  private readonly waiting: string[] = [];
  private readonly loading = new Set<string>();

  /** @returns a picture of the whole frame, null until it has come, or why it does not come. */
  picture(
    url: string,
    colours: readonly (string | null)[],
    thickness: number,
  ): CanvasImageSource | string | null {
    const found = this.find(url);
    if (found?.kind === "failed") return found.message;
    return found?.kind === "bitmap" ? coloured(found.bitmap, colours, thickness) : null;
  }

  /** @returns the contours on a frame, null until they have come, or why they do not come. */
  contours(url: string): readonly Contour[] | string | null {
    const found = this.find(url);
    if (found?.kind === "failed") return found.message;
    return found?.kind === "contours" ? found.contours : null;
  }

  private find(url: string): Held | undefined {
    const found = this.held.get(url);
    const isStale = found?.kind === "failed" && performance.now() > found.until;
    if ((found === undefined || isStale) && !this.loading.has(url)) {
      const place = this.waiting.indexOf(url);
      if (place >= 0) this.waiting.splice(place, 1);
      this.waiting.push(url);
      // Images that the reader has scrolled past need nothing any more.
      if (this.waiting.length > MOST_WAITING) this.waiting.shift();
      this.next();
    }
    return found;
  }

  private next(): void {
    while (this.loading.size < MOST_AT_ONCE) {
      const url = this.waiting.pop();
      if (url === undefined) return;
      this.loading.add(url);
      void this.fetch(url);
    }
  }

  private async fetch(url: string): Promise<void> {
    try {
      this.held.set(url, await load(url));
    } catch (error) {
      const until = performance.now() + FAILED_MS;
      if (!isAbort(error)) this.held.set(url, { kind: "failed", bytes: 0, message: wordsOf(error), until });
    }
    this.loading.delete(url);
    this.arrived.emit(url);
    this.next();
  }
}

async function load(url: string): Promise<Held> {
  let response = await request(url);
  while (response.status === 202) {
    const seconds = retryAfterSeconds(response);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    response = await request(url);
  }
  if (response.headers.get("content-type")?.includes("json")) {
    const contours = parseContours(await response.json());
    const points = contours.reduce((sum, { graphic }) => sum + graphic.points.length, 0);
    return { kind: "contours", contours, bytes: 100 * points };
  }
  const labels = await labelsOf(await response.blob());
  // The picture that is made of it takes four bytes a pixel more.
  return {
    kind: "bitmap",
    bitmap: { labels, colouring: "", picture: null },
    bytes: 5 * labels.values.length,
  };
}

async function labelsOf(png: Blob): Promise<Labels> {
  const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" } as const;
  const bitmap = await createImageBitmap(png, options);
  const { width, height } = bitmap;
  const context = canvasOf(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("This browser has no 2D canvas.");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, values: Uint8Array.from({ length: width * height }, (_, at) => data[at * 4] ?? 0) };
}

function coloured(bitmap: Bitmap, colours: readonly (string | null)[], thickness: number): CanvasImageSource {
  const { labels } = bitmap;
  const colouring = `${thickness} ${colours.join(" ")}`;
  if (bitmap.picture === null || bitmap.colouring !== colouring) {
    const picture = canvasOf(labels.width, labels.height);
    const image = new ImageData(colourLabels(labels, colours, thickness), labels.width, labels.height);
    picture.getContext("2d")?.putImageData(image, 0, 0);
    Object.assign(bitmap, { colouring, picture });
    return picture;
  }
  return bitmap.picture;
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function wordsOf(error: unknown): string {
  const isKnown = error instanceof RequestError || error instanceof ShapeError;
  return isKnown ? error.message : t("The region could not be read.");
}
