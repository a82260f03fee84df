import { durationS, STANDARD_LEADS, unitsAMillivolt, type WaveformGroup } from "../dicom/waveform";

/** Three rows of four leads over a rhythm strip, or every channel in a row of its own. */
export type Arrangement = "3x4" | "stacked";

export const SPEEDS_MM_S = [12.5, 25, 50, 100] as const;
export const GAINS_MM_MV = [2.5, 5, 10, 20, 40] as const;
/** Seconds of a page of the 3 x 4 arrangement, as on paper of ten seconds. */
export const PAGE_S = 10;

const COLUMNS = [
  ["I", "II", "III"],
  ["aVR", "aVL", "aVF"],
  ["V1", "V2", "V3"],
  ["V4", "V5", "V6"],
] as const;
const RHYTHM = "II";
/** Room for the calibration pulse. */
export const MARGIN_MM = 10;
const ROW_MM = 25;
const STACKED_ROW_MM = 20;
/** How much of its row a signal that is no voltage fills. */
const FILLED = 0.8;

/** A piece of a channel on the paper; millimetres from the top left corner. */
export interface Strip {
  readonly channelIndex: number;
  readonly label: string;
  readonly leftMm: number;
  readonly widthMm: number;
  readonly topMm: number;
  readonly heightMm: number;
  /** Seconds from the first sample to the left edge. */
  readonly startS: number;
  /** Marks that stand on all channels are named here, and are ticks elsewhere. */
  readonly namesMarks: boolean;
}

export interface PaperLayout {
  readonly widthMm: number;
  readonly heightMm: number;
  readonly strips: readonly Strip[];
}

/** How a channel's values become millimetres above the middle of its row. */
export interface ChannelScale {
  readonly mmAUnit: number;
  /** The value in the middle of the row. */
  readonly centre: number;
}

/** Tell whether a group has all twelve standard leads. */
export function hasStandardLeads({ channels }: WaveformGroup): boolean {
  return STANDARD_LEADS.every((lead) => channels.some((channel) => channel.lead === lead));
}

/** Where everything lies on the paper. A 3 x 4 page begins at `startS`; the stacked arrangement shows all. */
export function layOutPaper(
  group: WaveformGroup,
  arrangement: Arrangement,
  speedMmS: number,
  gainMmMv: number,
  startS: number,
): PaperLayout {
  const taller = Math.max(0.8, Math.min(2, gainMmMv / 10));
  return arrangement === "3x4"
    ? standardPage(group, speedMmS, startS, ROW_MM * taller)
    : stacked(group, speedMmS, STACKED_ROW_MM * taller);
}

function standardPage(group: WaveformGroup, speedMmS: number, startS: number, rowMm: number): PaperLayout {
  const lengthS = Math.min(PAGE_S, Math.max(0, durationS(group) - startS));
  const columnMm = (PAGE_S / COLUMNS.length) * speedMmS;
  const indexOf = (lead: string) => group.channels.findIndex((channel) => channel.lead === lead);
  const strips: Strip[] = COLUMNS.flatMap((leads, column) =>
    leads.map((lead, row) => ({
      channelIndex: indexOf(lead),
      label: lead,
      leftMm: MARGIN_MM + column * columnMm,
      widthMm: columnMm,
      topMm: row * rowMm,
      heightMm: rowMm,
      // Columns follow each other in time, as recorders print them.
      startS: startS + (column * columnMm) / speedMmS,
      namesMarks: false,
    })),
  );
  strips.push({
    channelIndex: indexOf(RHYTHM),
    label: RHYTHM,
    leftMm: MARGIN_MM,
    widthMm: lengthS * speedMmS,
    topMm: COLUMNS[0].length * rowMm,
    heightMm: rowMm,
    startS,
    namesMarks: true,
  });
  return {
    widthMm: MARGIN_MM + PAGE_S * speedMmS,
    heightMm: (COLUMNS[0].length + 1) * rowMm,
    strips,
  };
}

function stacked(group: WaveformGroup, speedMmS: number, rowMm: number): PaperLayout {
  const widthMm = durationS(group) * speedMmS;
  const strips = group.channels.map((channel, channelIndex) => ({
    channelIndex,
    label: channel.lead || channel.label,
    leftMm: MARGIN_MM,
    widthMm,
    topMm: channelIndex * rowMm,
    heightMm: rowMm,
    startS: 0,
    namesMarks: channelIndex === 0,
  }));
  return { widthMm: MARGIN_MM + widthMm, heightMm: rowMm * strips.length, strips };
}

/**
 * The scale of a channel: the gain for a voltage, else the finest of 1, 2, 5, 10, ... units a millimetre that fits.
 *
 * @param range lowest and highest value seen; null where nothing is known.
 */
export function scaleOf(
  unit: string,
  gainMmMv: number,
  range: readonly [number, number] | null,
  rowMm: number,
): ChannelScale {
  const [low, high] = range ?? [0, 0];
  const middle = (low + high) / 2;
  const perMillivolt = unitsAMillivolt(unit);
  if (perMillivolt !== null) {
    const heightMm = ((high - low) / perMillivolt) * gainMmMv;
    // A signal far from zero, as of an amplifier with an offset, would lie outside of its row.
    const isAway = Math.abs(middle / perMillivolt) * gainMmMv > rowMm && heightMm > 0;
    return { mmAUnit: gainMmMv / perMillivolt, centre: isAway ? middle : 0 };
  }
  const span = high - low;
  if (!(span > 0)) return { mmAUnit: 1, centre: middle };
  return { mmAUnit: 1 / niceStep(span / (rowMm * FILLED)), centre: middle };
}

/** The smallest of 1, 2, 5 times a power of ten that is not below a number. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((step) => step * power >= least * (1 - 1e-9)) ?? 10) * power;
}

/** The strip that a place on the paper belongs to; null beside all. */
export function stripAt(layout: PaperLayout, xMm: number, yMm: number): Strip | null {
  const inside = (strip: Strip) =>
    xMm >= strip.leftMm &&
    xMm < strip.leftMm + strip.widthMm &&
    yMm >= strip.topMm &&
    yMm < strip.topMm + strip.heightMm;
  return layout.strips.find(inside) ?? null;
}
