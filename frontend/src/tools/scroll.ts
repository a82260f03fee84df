import { clamp } from "../core/numbers";
import type { Tool } from "./tool";
import { dragging } from "./tool";

/** Drag down goes forward through the stack; a long stack moves further for the same distance. */
export const scrollTool: Tool = {
  name: "scroll",
  cursor: "ns-resize",
  start(viewport, from) {
    const count = viewport.stack?.series.images.length ?? 0;
    if (count < 2) return null;
    const start = viewport.imageIndex;
    const step = clamp(viewport.screen.height / count, 3 * viewport.ratio, 24 * viewport.ratio);
    return dragging((point) => viewport.setImageIndex(start + Math.trunc((point.y - from.y) / step)));
  },
};

/**
 * Turns wheel events into whole images: one for each notch of a mouse wheel, and one for each short stroke of a
 * touch pad, which sends many small movements.
 */
export class WheelSteps {
  private rest = 0;

  steps(event: WheelEvent): number {
    // With Shift held, browsers report a vertical wheel as a horizontal one.
    const delta = event.deltaY || event.deltaX;
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? delta : delta * 40;
    if (Math.abs(pixels) >= 50) {
      this.rest = 0;
      return Math.sign(pixels);
    }
    this.rest += pixels;
    const steps = Math.trunc(this.rest / 25);
    this.rest -= steps * 25;
    return steps;
  }
}
