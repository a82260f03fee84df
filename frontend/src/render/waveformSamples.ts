import { isAbort, RequestError } from "../api/client";
import { fetchSamples } from "../api/documents";
import { ShapeError } from "../api/fields";
import { Emitter } from "../core/emitter";
import { type SampleChunk, valueAt, type Waveform, type WaveformGroup } from "../dicom/waveform";

/** Parts of a recording that are kept at most; a standard ECG is one. */
const MOST_CHUNKS = 24;

/** The samples of a group, part by part as they are wanted. */
export class WaveformSamples {
  readonly arrived = new Emitter<void>();
  failure: RequestError | ShapeError | null = null;
  readonly group: WaveformGroup;
  private readonly chunks = new Map<number, SampleChunk>();
  private readonly coming = new Set<number>();

  constructor(
    private readonly sopInstanceUid: string,
    private readonly waveform: Waveform,
    private readonly groupIndex: number,
    private readonly signal: AbortSignal,
  ) {
    const group = waveform.groups[groupIndex];
    if (!group) throw new RangeError("the waveform has no such group");
    this.group = group;
  }

  /** Ask for what is not there between two samples. */
  want(first: number, last: number): void {
    const { chunkSamples } = this.waveform;
    const end = Math.min(last, this.group.samples - 1);
    for (let index = Math.floor(Math.max(0, first) / chunkSamples); index * chunkSamples <= end; index += 1) {
      if (!this.chunks.has(index) && !this.coming.has(index)) void this.fetch(index);
    }
  }

  /** The value of a channel at a sample; null where it is not there. */
  value(channelIndex: number, sample: number): number | null {
    const { chunkSamples } = this.waveform;
    const index = Math.floor(sample / chunkSamples);
    const chunk = this.chunks.get(index);
    const channel = this.group.channels[channelIndex];
    if (!chunk || !channel) return null;
    return valueAt(chunk, channel, channelIndex, sample - index * chunkSamples);
  }

  /** Lowest and highest value of a channel in the first part that came; null before. */
  range(channelIndex: number): readonly [number, number] | null {
    const chunk = this.chunks.values().next().value;
    const channel = this.group.channels[channelIndex];
    if (!chunk || !channel) return null;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < chunk.samples; at += 1) {
      const value = valueAt(chunk, channel, channelIndex, at);
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return low <= high ? [low, high] : null;
  }

  private async fetch(index: number): Promise<void> {
    this.coming.add(index);
    try {
      const chunk = await fetchSamples(this.sopInstanceUid, this.groupIndex, index, this.signal);
      this.chunks.set(index, chunk);
      const oldest = this.chunks.keys().next().value;
      if (this.chunks.size > MOST_CHUNKS && oldest !== undefined) this.chunks.delete(oldest);
      this.failure = null;
      this.coming.delete(index);
    } catch (error) {
      // It stays among those on the way, so that a failure is not asked for again with every frame.
      if (isAbort(error)) return;
      if (!(error instanceof RequestError || error instanceof ShapeError)) throw error;
      this.failure = error;
    }
    this.arrived.emit();
  }
}
