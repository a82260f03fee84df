import type { Fusion, FusionOffer } from "../dicom/fusion";
import { suvRange, suvWindow } from "../dicom/suv";
import type { FusionOffers } from "../viewport/fusionOffers";
import type { Viewport } from "../viewport/viewport";
import type { HungFusion } from "./protocol";

/** How a fusion on the screen hangs again over another study: the range in SUV where there is one. */
export function hungFusionOf({ partner, palette, opacityPercent, window }: Fusion): HungFusion {
  const range = window && suvRange(window, partner.suvFactor ?? 1);
  return {
    modality: partner.modality,
    palette: palette.name,
    opacityPercent,
    lowest: range?.[0] ?? 0,
    highest: range?.[1] ?? null,
  };
}

/** The fusion that a protocol asks for, of what the server offers; null where nothing can be laid over the series. */
export function fusionFor(seriesInstanceUid: string, hung: HungFusion, offer: FusionOffer): Fusion | null {
  const partner = offer.partners.find(({ modality }) => !hung.modality || modality === hung.modality);
  const palette = offer.palettes.find(({ name }) => name === hung.palette) ?? offer.palettes[0];
  if (!partner || !palette) return null;
  const { lowest, highest, opacityPercent } = hung;
  const window = highest === null ? null : suvWindow(lowest, highest, partner.suvFactor ?? 1);
  return { seriesInstanceUid, partner, palette, opacityPercent, window };
}

/** Lay over a viewport's series what its protocol asks for, once the server has said what there is. */
export async function fuse(viewport: Viewport, hung: HungFusion, offers: FusionOffers): Promise<void> {
  const { stack } = viewport;
  if (stack === null) return;
  const { seriesInstanceUid } = stack.series;
  const offer = await offers.fetch(seriesInstanceUid);
  if (offer === null || viewport.stack !== stack || viewport.fusion !== null) return;
  viewport.setFusion(fusionFor(seriesInstanceUid, hung, offer));
}
