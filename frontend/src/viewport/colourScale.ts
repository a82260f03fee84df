import { formatNumber } from "../core/numbers";
import type { Palette } from "../dicom/palettes";
import { suvRange } from "../dicom/suv";
import type { StudyImage } from "../dicom/types";
import type { ScreenSize } from "../geometry/camera";
import type { ResolvedVoi } from "./voi";

/** What the colours stand for. */
export interface ScaledValues {
  readonly image: StudyImage;
  readonly voi: ResolvedVoi | null;
  /** The highest value has the first colour. */
  readonly isTurned: boolean;
}

/** In CSS pixels: below the words in the corner, above the letter at the edge. */
const LEFT = 9;
const TOP = 84;
const WIDTH = 12;
const MOST_HEIGHT = 180;
const LEAST_HEIGHT = 48;
const BELOW = 28;
const HALO = "rgb(0 0 0 / 80%)";

/** Draw the colours with the values of both ends, so that they are read, saved and printed with the picture. */
export function drawColourScale(
  context: CanvasRenderingContext2D,
  palette: Palette,
  values: ScaledValues,
  { screen, ratio }: { readonly screen: ScreenSize; readonly ratio: number },
): void {
  const height = Math.min(MOST_HEIGHT, screen.height / ratio / 2 - TOP - BELOW);
  if (height < LEAST_HEIGHT) return;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = HALO;
  context.fillRect(LEFT - 1, TOP - 1, WIDTH + 2, height + 2);
  const scale = context.createLinearGradient(
    0,
    values.isTurned ? TOP : TOP + height,
    0,
    values.isTurned ? TOP + height : TOP,
  );
  for (let index = 0; index < 256; index += 1) {
    const [red, green, blue] = palette.colours.subarray(index * 3, index * 3 + 3);
    scale.addColorStop(index / 255, `rgb(${red} ${green} ${blue})`);
  }
  context.fillStyle = scale;
  context.fillRect(LEFT, TOP, WIDTH, height);
  const [highest = "", lowest = ""] = scaleTexts(values);
  writeText(context, highest, TOP + 6);
  writeText(context, lowest, TOP + height - 6);
  context.restore();
}

/** The values at the upper and at the lower end, as the window is written: SUV where there is one. */
export function scaleTexts({ image, voi }: ScaledValues): readonly string[] {
  if (voi?.kind !== "window") return ["high", "low"];
  const { suvFactor, valueUnits } = image;
  const [lowest, highest] = suvRange(voi.window, suvFactor ?? 1);
  const digits = highest - lowest < 20 ? 1 : 0;
  const unit = suvFactor === null ? valueUnits : "SUV";
  return [`${formatNumber(highest, digits)} ${unit}`.trim(), formatNumber(lowest, digits)];
}

function writeText(context: CanvasRenderingContext2D, text: string, y: number): void {
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = HALO;
  context.strokeText(text, LEFT + WIDTH + 5, y);
  context.fillStyle = "#fff";
  context.fillText(text, LEFT + WIDTH + 5, y);
}
