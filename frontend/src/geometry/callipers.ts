/** A rectangle on the paper, in millimetres; its sides are the legs of two callipers. */
export interface Callipers {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** What of the callipers a press takes hold of. */
export type CalliperGrip = "left" | "right" | "top" | "bottom" | "inside";

/** What lies within `reachMm` of a place; a leg before the inside. */
export function gripAt(callipers: Callipers, x: number, y: number, reachMm: number): CalliperGrip | null {
  const { x0, y0, x1, y1 } = ordered(callipers);
  const within = (value: number, low: number, high: number) =>
    value >= low - reachMm && value <= high + reachMm;
  if (!within(x, x0, x1) || !within(y, y0, y1)) return null;
  if (Math.abs(x - x1) <= reachMm) return "right";
  if (Math.abs(x - x0) <= reachMm) return "left";
  if (Math.abs(y - y1) <= reachMm) return "bottom";
  if (Math.abs(y - y0) <= reachMm) return "top";
  return "inside";
}

/** The callipers after a grip was drawn by so many millimetres. */
export function moved(callipers: Callipers, grip: CalliperGrip, dx: number, dy: number): Callipers {
  const { x0, y0, x1, y1 } = ordered(callipers);
  const inside = grip === "inside";
  return {
    x0: x0 + (inside || grip === "left" ? dx : 0),
    x1: x1 + (inside || grip === "right" ? dx : 0),
    y0: y0 + (inside || grip === "top" ? dy : 0),
    y1: y1 + (inside || grip === "bottom" ? dy : 0),
  };
}

export function ordered({ x0, y0, x1, y1 }: Callipers): Callipers {
  return { x0: Math.min(x0, x1), x1: Math.max(x0, x1), y0: Math.min(y0, y1), y1: Math.max(y0, y1) };
}

/**
 * Time, rate and height between the legs, in words.
 *
 * @param mmAUnit millimetres of paper for one unit of the signal; null where the callipers lie on none.
 */
export function calliperText(
  callipers: Callipers,
  speedMmS: number,
  mmAUnit: number | null,
  unit: string,
): string {
  const { x0, y0, x1, y1 } = ordered(callipers);
  const seconds = (x1 - x0) / speedMmS;
  const time = `${Math.round(seconds * 1000)} ms`;
  const rate = seconds >= 0.1 ? `${Math.round(60 / seconds)} bpm` : "";
  const height = mmAUnit ? heightText((y1 - y0) / mmAUnit, unit) : "";
  return [time, rate, height].filter(Boolean).join("  ");
}

function heightText(height: number, unit: string): string {
  const isMicrovolt = unit === "µV";
  const value = isMicrovolt ? height / 1000 : height;
  const digits = Math.abs(value) >= 100 ? 0 : 2;
  return `${value.toFixed(digits)} ${isMicrovolt ? "mV" : unit}`.trim();
}
