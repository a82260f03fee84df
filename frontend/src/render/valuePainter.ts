import type { ImageToScreen, ScreenSize } from "../geometry/camera";
import type { ValueGrid } from "./resample";

/** A grid that is laid in colours over another of the same shape, see `blendGrid`. */
export interface GridColours {
  readonly grid: ValueGrid;
  /** Index of the colour of each packed value. */
  readonly colours: Uint8ClampedArray;
  /** One opaque pixel per grey · 256 + colour. */
  readonly blends: Uint32Array;
}

/** Everything that decides the pixels of one grey frame. */
export interface ValuePainting {
  readonly grid: ValueGrid;
  /** From grid pixels to device pixels. */
  readonly matrix: ImageToScreen;
  /** One opaque pixel per packed value. */
  readonly greys: Uint32Array;
  readonly overlay: GridColours | null;
  readonly screen: ScreenSize;
}

/** Draws values through a table. Every painter yields the same pixels; they differ in where they compute them. */
export interface ValuePainter {
  readonly kind: "cpu" | "gpu";
  paint(context: CanvasRenderingContext2D, painting: ValuePainting): void;
}
