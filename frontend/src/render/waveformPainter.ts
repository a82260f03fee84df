import { unitsAMillivolt, unitText, type WaveformAnnotation } from "../dicom/waveform";
import { type Callipers, ordered } from "../geometry/callipers";
import { type ChannelScale, MARGIN_MM, type PaperLayout, type Strip } from "../geometry/waveformPaper";
import type { WaveformSamples } from "./waveformSamples";

const PAPER = "#120f10";
const GRID_FINE = "#2c1e20";
const GRID_BOLD = "#4d3034";
const TRACE = "#f2f5f6";
const LABEL = "#b9c6cd";
const MARK = "#7cc0d8";
const CALLIPERS = "#ffd166";
const FONT_PX = 12;
/** Size of the names of marks beside other words, and height of their ticks beside a row. */
const MARK_SIZE = 0.85;
const TICK = 0.12;
/** The pulse before the first column: one millivolt for 200 ms. */
const PULSE_S = 0.2;

/** What is painted, and which part of the paper is in sight; pixels are those of the canvas. */
export interface WaveformScene {
  readonly layout: PaperLayout;
  readonly samples: WaveformSamples;
  /** By channel. */
  readonly scales: readonly ChannelScale[];
  readonly speedMmS: number;
  readonly pixelsAMm: number;
  readonly ratio: number;
  readonly leftPx: number;
  readonly topPx: number;
  readonly annotations: readonly WaveformAnnotation[];
  readonly callipers: Callipers | null;
  readonly calliperText: string;
}

/** Paint the part of the paper that is in sight. */
export function paintWaveform(context: CanvasRenderingContext2D, scene: WaveformScene): void {
  const { width, height } = context.canvas;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = PAPER;
  context.fillRect(0, 0, width, height);
  context.translate(-scene.leftPx, -scene.topPx);
  paintGrid(context, scene);
  for (const strip of scene.layout.strips) {
    if (!isInSight(strip, scene, width, height)) continue;
    paintMarks(context, strip, scene);
    paintTrace(context, strip, scene, width);
    paintLabel(context, strip, scene);
  }
  paintPulses(context, scene);
  paintCallipers(context, scene);
}

function isInSight(strip: Strip, scene: WaveformScene, width: number, height: number): boolean {
  const { pixelsAMm, leftPx, topPx } = scene;
  return (
    (strip.leftMm + strip.widthMm) * pixelsAMm >= leftPx &&
    strip.leftMm * pixelsAMm <= leftPx + width &&
    // A tall signal leaves its row.
    (strip.topMm + 2 * strip.heightMm) * pixelsAMm >= topPx &&
    (strip.topMm - strip.heightMm) * pixelsAMm <= topPx + height
  );
}

/** Lines each millimetre, bold each five; fine ones are left out where they would run together. */
function paintGrid(context: CanvasRenderingContext2D, scene: WaveformScene): void {
  const { pixelsAMm, layout, ratio } = scene;
  const right = Math.min(scene.leftPx + context.canvas.width, layout.widthMm * pixelsAMm);
  const bottom = Math.min(scene.topPx + context.canvas.height, layout.heightMm * pixelsAMm);
  const lines = (stepMm: number, colour: string) => {
    const step = stepMm * pixelsAMm;
    context.strokeStyle = colour;
    context.lineWidth = Math.max(1, Math.round(ratio));
    context.beginPath();
    for (let x = Math.floor(scene.leftPx / step) * step; x <= right; x += step) {
      context.moveTo(Math.round(x) + 0.5, scene.topPx);
      context.lineTo(Math.round(x) + 0.5, bottom);
    }
    for (let y = Math.floor(scene.topPx / step) * step; y <= bottom; y += step) {
      context.moveTo(scene.leftPx, Math.round(y) + 0.5);
      context.lineTo(right, Math.round(y) + 0.5);
    }
    context.stroke();
  };
  if (pixelsAMm >= 2.5 * ratio) lines(1, GRID_FINE);
  lines(5, GRID_BOLD);
}

function middleOf(strip: Strip): number {
  return strip.topMm + strip.heightMm / 2;
}

/** One line through the samples, or the range of each column of pixels where samples lie closer than that. */
function paintTrace(
  context: CanvasRenderingContext2D,
  strip: Strip,
  scene: WaveformScene,
  canvasWidth: number,
): void {
  const { samples, pixelsAMm, speedMmS, leftPx } = scene;
  const { group } = samples;
  const scale = scene.scales[strip.channelIndex];
  if (!scale) return;
  const pixelsASecond = speedMmS * pixelsAMm;
  const stripLeft = strip.leftMm * pixelsAMm;
  const from = Math.max(stripLeft, leftPx);
  const to = Math.min(stripLeft + strip.widthMm * pixelsAMm, leftPx + canvasWidth);
  const skewS = group.channels[strip.channelIndex]?.skewS ?? 0;
  const sampleAt = (x: number) => ((x - stripLeft) / pixelsASecond + strip.startS - skewS) * group.samplingHz;
  const xOf = (sample: number) =>
    stripLeft + (sample / group.samplingHz + skewS - strip.startS) * pixelsASecond;
  const yOf = (value: number) => (middleOf(strip) - (value - scale.centre) * scale.mmAUnit) * pixelsAMm;
  const first = Math.max(0, Math.floor(sampleAt(from)));
  const last = Math.min(group.samples - 1, Math.ceil(sampleAt(to)));
  samples.want(first, last);
  context.strokeStyle = TRACE;
  context.lineWidth = 1.3 * scene.ratio;
  context.lineJoin = "round";
  context.beginPath();
  let isDown = false;
  const perPixel = group.samplingHz / pixelsASecond;
  const step = Math.max(1, Math.floor(perPixel));
  for (let at = first; at <= last; at += step) {
    const ends = extremes(samples, strip.channelIndex, at, Math.min(last, at + step - 1));
    if (ends === null) {
      isDown = false;
      continue;
    }
    for (const [sample, value] of ends) {
      if (isDown) context.lineTo(xOf(sample), yOf(value));
      else context.moveTo(xOf(sample), yOf(value));
      isDown = true;
    }
  }
  context.stroke();
}

/** The lowest and the highest sample of some in the order in which they come; null where there is none. */
function extremes(
  samples: WaveformSamples,
  channelIndex: number,
  first: number,
  last: number,
): readonly (readonly [number, number])[] | null {
  let low: readonly [number, number] | null = null;
  let high: readonly [number, number] | null = null;
  for (let sample = first; sample <= last; sample += 1) {
    const value = samples.value(channelIndex, sample);
    if (value === null) continue;
    if (low === null || value < low[1]) low = [sample, value];
    if (high === null || value > high[1]) high = [sample, value];
  }
  if (low === null || high === null) return null;
  if (low[0] === high[0]) return [low];
  return low[0] < high[0] ? [low, high] : [high, low];
}

function paintLabel(context: CanvasRenderingContext2D, strip: Strip, scene: WaveformScene): void {
  const { pixelsAMm, ratio, samples } = scene;
  const unit = samples.group.channels[strip.channelIndex]?.unit ?? "";
  const scale = scene.scales[strip.channelIndex];
  const isVoltage = unitsAMillivolt(unit) !== null;
  const ruler =
    isVoltage || !scale ? "" : `  10 mm = ${Number((10 / scale.mmAUnit).toPrecision(3))} ${unitText(unit)}`;
  const left = Math.max(strip.leftMm * pixelsAMm, scene.leftPx) + 4 * ratio;
  const top = strip.topMm * pixelsAMm + (FONT_PX + 2) * ratio;
  write(context, `${strip.label}${ruler}`, left, top, LABEL, ratio, true);
}

function fontOf(ratio: number, isBold = false): string {
  return `${isBold ? "600 " : ""}${FONT_PX * ratio}px system-ui, sans-serif`;
}

function write(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  colour: string,
  ratio: number,
  isBold = false,
): void {
  context.font = fontOf(ratio, isBold);
  context.lineWidth = 3 * ratio;
  context.strokeStyle = PAPER;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/** One millivolt beside each row of voltages, where the paper begins. */
function paintPulses(context: CanvasRenderingContext2D, scene: WaveformScene): void {
  const { pixelsAMm, speedMmS, ratio, samples } = scene;
  context.strokeStyle = TRACE;
  context.lineWidth = 1.3 * ratio;
  context.beginPath();
  for (const strip of scene.layout.strips) {
    if (strip.leftMm !== MARGIN_MM) continue;
    const perMillivolt = unitsAMillivolt(samples.group.channels[strip.channelIndex]?.unit ?? "");
    const scale = scene.scales[strip.channelIndex];
    if (perMillivolt === null || !scale) continue;
    const widthMm = Math.min(PULSE_S * speedMmS, MARGIN_MM - 3);
    const low = middleOf(strip);
    const high = low - perMillivolt * scale.mmAUnit;
    const left = (MARGIN_MM - 1 - widthMm) / 2;
    const corners = [
      [left - 1, low],
      [left, low],
      [left, high],
      [left + widthMm, high],
      [left + widthMm, low],
      [left + widthMm + 1, low],
    ];
    corners.forEach(([x = 0, y = 0], index) => {
      if (index === 0) context.moveTo(x * pixelsAMm, y * pixelsAMm);
      else context.lineTo(x * pixelsAMm, y * pixelsAMm);
    });
  }
  context.stroke();
}

/** A moment or an interval on the paper, in pixels; its words where they may be written. */
interface Mark {
  readonly x: number;
  /** The end of an interval. */
  readonly endX: number | null;
  readonly words: string;
}

/** A tick for each moment that the file marks, its name where the next leaves room; intervals are a bar. */
function paintMarks(context: CanvasRenderingContext2D, strip: Strip, scene: WaveformScene): void {
  const { pixelsAMm, ratio } = scene;
  const bottom = (strip.topMm + strip.heightMm) * pixelsAMm;
  const top = bottom - strip.heightMm * pixelsAMm * TICK;
  const marks = marksOf(strip, scene);
  context.strokeStyle = MARK;
  context.lineWidth = ratio;
  context.globalAlpha = 0.55;
  context.beginPath();
  for (const { x, endX } of marks) {
    context.moveTo(x, top);
    context.lineTo(x, bottom);
    if (endX !== null) context.lineTo(endX, bottom);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.font = fontOf(ratio * MARK_SIZE);
  marks.forEach(({ x, words }, index) => {
    const end = x + 2 * ratio + context.measureText(words).width;
    const next = marks[index + 1]?.x ?? Number.POSITIVE_INFINITY;
    if (words && end < next)
      write(context, words, x + 2 * ratio, bottom - 2 * ratio, MARK, ratio * MARK_SIZE);
  });
}

/** What the file marks on a strip, from left to right. */
function marksOf(strip: Strip, { annotations, pixelsAMm, speedMmS }: WaveformScene): Mark[] {
  const xOf = (positionS: number) => (strip.leftMm + (positionS - strip.startS) * speedMmS) * pixelsAMm;
  const left = strip.leftMm * pixelsAMm;
  const right = (strip.leftMm + strip.widthMm) * pixelsAMm;
  const marks = annotations.flatMap(({ name, value, positionsS, isInterval, channels }) => {
    const isOwn = channels.some(([, channel]) => channel === strip.channelIndex + 1);
    if (!isOwn && channels.length > 0 && !channels.some(([, channel]) => channel === 0)) return [];
    const words = isOwn || strip.namesMarks ? [name, value].filter(Boolean).join(" ") : "";
    return positionsS.map((positionS, index) => {
      const end = isInterval && index % 2 === 0 ? positionsS[index + 1] : undefined;
      const endX = end === undefined ? null : Math.min(xOf(end), right);
      return { x: Math.round(xOf(positionS)) + 0.5, endX, words };
    });
  });
  return marks.filter(({ x }) => x >= left && x <= right).sort((one, other) => one.x - other.x);
}

function paintCallipers(context: CanvasRenderingContext2D, scene: WaveformScene): void {
  const { callipers, pixelsAMm, ratio, calliperText } = scene;
  if (callipers === null) return;
  const { x0, y0, x1, y1 } = ordered(callipers);
  const [left, top, right, bottom] = [x0, y0, x1, y1].map((mm) => mm * pixelsAMm) as [
    number,
    number,
    number,
    number,
  ];
  context.fillStyle = "rgb(255 209 102 / 10%)";
  context.fillRect(left, top, right - left, bottom - top);
  context.strokeStyle = CALLIPERS;
  context.lineWidth = 1.3 * ratio;
  context.strokeRect(left, top, right - left, bottom - top);
  const isHigh = top - scene.topPx > 20 * ratio;
  const x = Math.max(left, scene.leftPx + 4 * ratio);
  write(
    context,
    calliperText,
    x,
    isHigh ? top - 6 * ratio : bottom + (FONT_PX + 6) * ratio,
    CALLIPERS,
    ratio,
    true,
  );
}
