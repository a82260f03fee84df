import { RequestError, request } from "../api/client";
import { fusionUrl, parseFusionOffer } from "../api/fusion";
import { Emitter } from "../core/emitter";
import type { FusionOffer } from "../dicom/fusion";

/** What can be laid over each series, asked for when the series is first looked at. */
export class FusionOffers {
  readonly arrived = new Emitter<string>();
  private readonly known = new Map<string, FusionOffer | null>();

  /** @param leisure resolves when nobody waits for an image. */
  constructor(private readonly leisure: () => Promise<void>) {}

  /** @returns null until the server has said it, and where it did not. */
  of(seriesInstanceUid: string): FusionOffer | null {
    if (!this.known.has(seriesInstanceUid)) {
      this.known.set(seriesInstanceUid, null);
      void this.leisure().then(() => this.fetch(seriesInstanceUid));
    }
    return this.known.get(seriesInstanceUid) ?? null;
  }

  /** Ask again: images may have arrived since. */
  async fetch(seriesInstanceUid: string): Promise<FusionOffer | null> {
    this.known.set(seriesInstanceUid, this.known.get(seriesInstanceUid) ?? null);
    try {
      const response = await request(fusionUrl(seriesInstanceUid));
      this.known.set(seriesInstanceUid, parseFusionOffer(await response.json()));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
    this.arrived.emit(seriesInstanceUid);
    return this.known.get(seriesInstanceUid) ?? null;
  }
}
