import { isAbort, request, retryAfterSeconds } from "../api/client";
import { Emitter } from "../core/emitter";

const GRAPHICS = 0x01;
const REGION = 0x02;
const SHUTTER = 0x80;
const GRAPHICS_COLOUR = [142, 203, 255, 255] as const;
const REGION_COLOUR = [255, 209, 102, 110] as const;
/** Bitmaps of frames that are kept; a reader seldom goes back further. */
const KEPT = 12;

/** What lies over the pixels of a frame, ready to be drawn over them in image coordinates. */
export interface Marks {
  readonly width: number;
  readonly height: number;
  readonly picture: CanvasImageSource;
}

/** Overlays and shutters, fetched when they are first looked at. */
export class MarksStore {
  readonly arrived = new Emitter<string>();
  private readonly known = new Map<string, Marks | "loading" | "failed">();

  /** @returns null until the bitmap has come. */
  forUrl(url: string, shutterGrey: number): Marks | null {
    const found = this.known.get(url);
    if (found === undefined) void this.fetch(url, shutterGrey);
    return typeof found === "object" ? found : null;
  }

  /** Whether the bitmap is on the way. */
  isAwaited(url: string): boolean {
    return this.known.get(url) === "loading";
  }

  private async fetch(url: string, shutterGrey: number): Promise<void> {
    this.known.set(url, "loading");
    for (const oldest of this.known.keys()) {
      if (this.known.size <= KEPT) break;
      this.known.delete(oldest);
    }
    try {
      this.known.set(url, await load(url, shutterGrey));
    } catch (error) {
      if (isAbort(error)) this.known.delete(url);
      else this.known.set(url, "failed");
    }
    this.arrived.emit(url);
  }
}

async function load(url: string, shutterGrey: number): Promise<Marks> {
  let response = await request(url);
  while (response.status === 202) {
    const seconds = retryAfterSeconds(response);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    response = await request(url);
  }
  const bitmap = await createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("This browser has no 2D canvas.");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  colourMarks(pixels.data, shutterGrey);
  context.putImageData(pixels, 0, 0);
  return { width: canvas.width, height: canvas.height, picture: canvas };
}

/** Turn the bits of each pixel (its red) into a colour: what the shutter hides is opaque, nothing is transparent. */
export function colourMarks(pixels: Uint8ClampedArray, shutterGrey: number): void {
  const shutter = [shutterGrey, shutterGrey, shutterGrey, 255] as const;
  for (let at = 0; at < pixels.length; at += 4) {
    const bits = pixels[at] ?? 0;
    if (bits & SHUTTER) pixels.set(shutter, at);
    else if (bits & GRAPHICS) pixels.set(GRAPHICS_COLOUR, at);
    else if (bits & REGION) pixels.set(REGION_COLOUR, at);
    else pixels[at + 3] = 0;
  }
}
