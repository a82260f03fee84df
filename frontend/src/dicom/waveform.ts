import { t } from "../core/i18n";
/** A channel; value = sample x scale + offset, in `unit` (UCUM). */
export interface WaveformChannel {
  readonly label: string;
  /** Name of a standard ECG lead, or "". */
  readonly lead: string;
  readonly unit: string;
  readonly scale: number;
  readonly offset: number;
  readonly lowHz: number | null;
  readonly highHz: number | null;
  readonly notchHz: number | null;
  readonly skewS: number;
}

/** Channels that were sampled together. */
export interface WaveformGroup {
  readonly label: string;
  readonly originality: string;
  readonly samplingHz: number;
  readonly samples: number;
  readonly channels: readonly WaveformChannel[];
  /** Why it cannot be drawn, or "". */
  readonly problem: string;
}

export interface WaveformAnnotation {
  /** Group and channel number from 1; channel 0 means all of the group. None: everything. */
  readonly channels: readonly (readonly [number, number])[];
  readonly name: string;
  readonly value: string;
  /** Seconds from the first sample of the group; none for a note about all of it. */
  readonly positionsS: readonly number[];
  readonly isInterval: boolean;
}

export interface Waveform {
  readonly chunkSamples: number;
  readonly groups: readonly WaveformGroup[];
  readonly annotations: readonly WaveformAnnotation[];
}

/** Samples of all channels from some place on. */
export interface SampleChunk {
  readonly channels: number;
  readonly samples: number;
  readonly numbers: Int16Array | Int32Array;
}

export const STANDARD_LEADS = [
  "I",
  "II",
  "III",
  "aVR",
  "aVL",
  "aVF",
  "V1",
  "V2",
  "V3",
  "V4",
  "V5",
  "V6",
] as const;

export function durationS(group: WaveformGroup): number {
  return group.samplingHz > 0 ? group.samples / group.samplingHz : 0;
}

/** A sample in the channel's unit; null where nothing was measured. */
export function valueAt(
  chunk: SampleChunk,
  channel: WaveformChannel,
  channelIndex: number,
  at: number,
): number | null {
  const stored = chunk.numbers[channelIndex * chunk.samples + at];
  if (stored === undefined || at < 0 || at >= chunk.samples) return null;
  if (stored === (chunk.numbers instanceof Int16Array ? -32_768 : -2_147_483_648)) return null;
  return stored * channel.scale + channel.offset;
}

/** How many of a channel's unit are a millivolt; null where it is no voltage. */
export function unitsAMillivolt(unit: string): number | null {
  const found: Readonly<Record<string, number>> = { uV: 1000, mV: 1, V: 0.001, nV: 1_000_000 };
  return found[unit] ?? null;
}

/** The filters that all channels had, in words, or "". */
export function filterText(channels: readonly WaveformChannel[]): string {
  const [first] = channels;
  if (!first) return "";
  const same = channels.every(
    ({ lowHz, highHz, notchHz }) =>
      lowHz === first.lowHz && highHz === first.highHz && notchHz === first.notchHz,
  );
  if (!same) return t("Filters differ by channel");
  const { lowHz, highHz, notchHz } = first;
  const pass =
    lowHz && highHz
      ? t("{low} to {high} Hz", { low: lowHz, high: highHz })
      : lowHz
        ? t("above {low} Hz", { low: lowHz })
        : highHz
          ? t("below {high} Hz", { high: highHz })
          : "";
  const notch = notchHz ? t("notch {frequency} Hz", { frequency: notchHz }) : "";
  return [pass, notch].filter(Boolean).join(", ");
}

/** A unit for the reader: UCUM writes brackets and annotations. */
export function unitText(unit: string): string {
  return { uV: "µV", "mm[Hg]": "mmHg", Cel: "°C", "1": "" }[unit] ?? unit.replace(/[[\]{}]/g, "");
}
