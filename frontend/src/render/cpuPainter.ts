import { blendGrid } from "./blend";
import { type Coverage, resampleGrid } from "./resample";
import type { ValuePainter, ValuePainting } from "./valuePainter";

/** Computes every pixel itself. Holds the buffer that is used again from frame to frame. */
export class CpuPainter implements ValuePainter {
  readonly kind = "cpu";
  private buffer = new Uint32Array(0);

  paint(context: CanvasRenderingContext2D, { grid, matrix, greys, overlay, screen }: ValuePainting): void {
    let pixels: Uint32Array = this.buffer;
    const coverage = resampleGrid(grid, matrix, greys, screen, (needed) => {
      pixels = this.allocate(needed);
      return pixels;
    });
    const { x, y, width, height } = coverage;
    if (width === 0 || height === 0) return;
    if (overlay) blendGrid(overlay.grid, matrix, overlay.colours, overlay.blends, screen, pixels);
    const bytes = new Uint8ClampedArray(pixels.buffer as ArrayBuffer, 0, width * height * 4);
    context.putImageData(new ImageData(bytes, width, height), x, y);
  }

  private allocate(coverage: Coverage): Uint32Array {
    const needed = coverage.width * coverage.height;
    if (this.buffer.length < needed) this.buffer = new Uint32Array(needed);
    return this.buffer.subarray(0, needed);
  }
}
