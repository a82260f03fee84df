import { numberText, t } from "../core/i18n";
import type { Palette } from "./palettes";
import { suvRange } from "./suv";
import { formatDate } from "./text";
import type { Packing, StudyImage, VoiWindow } from "./types";
import { PACKED_VALUES } from "./voiLut";

/** A series that can be laid in colours over another. */
export interface FusionPartner {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly seriesNumber: number | null;
  readonly seriesDescription: string;
  readonly modality: string;
  /** Of its study, where that is another one. */
  readonly studyDate: string | null;
  readonly packing: Packing;
  readonly valueUnits: string;
  readonly suvFactor: number | null;
  readonly suvProblem: string;
  /** Null where it is known with the first tile only. */
  readonly defaultWindow: VoiWindow | null;
  readonly frameOfReferenceUid: string;
  readonly imageTileUrl: string;
  readonly planeTileUrl: string;
}

/** What can be laid over a series, or why nothing can. */
export interface FusionOffer {
  readonly problem: string;
  readonly partners: readonly FusionPartner[];
  readonly palettes: readonly Palette[];
  readonly opacityPercent: number;
}

/** How a series is laid over what a viewport shows. */
export interface Fusion {
  /** The series below. */
  readonly seriesInstanceUid: string;
  readonly partner: FusionPartner;
  readonly palette: Palette;
  readonly opacityPercent: number;
  /** What gets the first and the last colour; null for the partner's default. */
  readonly window: VoiWindow | null;
}

/** The partner on the pixels of an image or plane, as an image of its own; null where it cannot lie there. */
export function overlayImage(image: StudyImage, partner: FusionPartner): StudyImage | null {
  if (image.packing === null || image.frameOfReferenceUid !== partner.frameOfReferenceUid) return null;
  return {
    ...image,
    packing: partner.packing,
    valueUnits: partner.valueUnits,
    suvFactor: partner.suvFactor,
    tileUrl: overlayTileUrl(image, partner),
  };
}

function overlayTileUrl(image: StudyImage, partner: FusionPartner): string {
  if (image.plane === "") {
    return partner.imageTileUrl
      .replace("{sop_instance_uid}", image.sopInstanceUid)
      .replace("{frame_number}", String(image.frameNumber));
  }
  const [, name = ""] = image.sopInstanceUid.split("/");
  const [, query = ""] = (image.tileUrl ?? "").split("?");
  // A plane that was turned is placed by its query alone.
  const place = name === "oblique" ? name : `${name}/${image.frameNumber - 1}`;
  const url = partner.planeTileUrl.replace("{name}/{index}", place);
  return query ? `${url}&${query}` : url;
}

/** Opaque pixels of every grey with every colour, by grey · 256 + colour. The same whole numbers as on the server. */
export function blendTable(palette: Palette, opacityPercent: number): Uint32Array {
  const bytes = new Uint8Array(PACKED_VALUES * 4);
  for (let grey = 0; grey < 256; grey += 1) {
    const below = grey * (100 - opacityPercent) + 50;
    for (let index = 0; index < 256; index += 1) {
      const at = (grey * 256 + index) * 4;
      for (let channel = 0; channel < 3; channel += 1) {
        const colour = palette.colours[index * 3 + channel] ?? 0;
        bytes[at + channel] = Math.floor((below + colour * opacityPercent) / 100);
      }
      bytes[at + 3] = 255;
    }
  }
  return new Uint32Array(bytes.buffer);
}

/** What the picture says of a fusion: which range has which colours, and how opaque they are. */
export function fusionText(fusion: Fusion, window: VoiWindow | null): string {
  const { partner, palette, opacityPercent } = fusion;
  const values = { modality: partner.modality, date: formatDate(partner.studyDate) };
  const name = partner.studyDate ? t("{modality} of {date}", values) : partner.modality;
  return [`${name} ${rangeText(partner, window)}`, palette.label, `${opacityPercent} %`]
    .map((part) => part.trim())
    .join(", ");
}

function rangeText(partner: FusionPartner, window: VoiWindow | null): string {
  if (window === null) return "";
  const [lowest, highest] = suvRange(window, partner.suvFactor ?? 1);
  const digits = highest - lowest < 20 ? 1 : 0;
  const range = `${numberText(lowest, digits)} – ${numberText(highest, digits)}`;
  return partner.suvFactor === null ? `${range} ${partner.valueUnits}` : `SUV ${range}`;
}
