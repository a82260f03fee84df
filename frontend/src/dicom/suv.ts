import { formatNumber } from "../core/numbers";
import type { VoiWindow } from "./types";

/** The window that shows a range of SUV by body weight. `factor` is the SUV of one modality value. */
export function suvWindow(lowest: number, highest: number, factor: number): VoiWindow {
  return {
    windowCenter: (lowest + highest) / 2 / factor,
    windowWidth: (highest - lowest) / factor,
    voiFunction: "LINEAR_EXACT",
  };
}

/** The SUV that a window shows darkest and brightest (of a sigmoid: where its slope would reach them). */
export function suvRange(window: VoiWindow, factor: number): readonly [number, number] {
  const { windowCenter, windowWidth } = window.voiFunction === "LINEAR" ? exactWindow(window) : window;
  return [(windowCenter - windowWidth / 2) * factor, (windowCenter + windowWidth / 2) * factor];
}

export function formatSuvRange(window: VoiWindow, factor: number): string {
  const [lowest, highest] = suvRange(window, factor);
  const digits = highest - lowest < 2 ? 2 : 1;
  const write = (suv: number) => formatNumber(suv, digits).replace(/^-0$/, "0");
  return `SUV ${write(lowest)} – ${write(highest)}`;
}

/** The same greys without the step of one value that LINEAR has (PS3.3 C.11.2.1.2.1): for values with decimals. */
export function exactWindow(window: VoiWindow): VoiWindow {
  if (window.voiFunction !== "LINEAR") return window;
  return {
    windowCenter: window.windowCenter - 0.5,
    windowWidth: Math.max(window.windowWidth - 1, Number.EPSILON),
    voiFunction: "LINEAR_EXACT",
  };
}
