import type { StudyImage } from "./types";

/** A segment of a segmentation, or a ROI of a structure set. */
export interface RegionPart {
  readonly number: number;
  readonly label: string;
  /** "#rrggbb" */
  readonly colour: string;
  readonly note: string;
}

/** A segmentation (PS3.3 A.51) or an RT structure set (PS3.3 A.19.3) over some images. */
export interface Region {
  readonly sopInstanceUid: string;
  readonly kind: "SEG" | "RTSTRUCT";
  readonly label: string;
  readonly created: string | null;
  /** Why it cannot be shown, or "". */
  readonly problem: string;
  readonly note: string;
  /** Whether a pixel may lie in several parts, so that one that goes away uncovers another. */
  readonly isOverlapping: boolean;
  readonly parts: readonly RegionPart[];
  /** SOP Instance UIDs. */
  readonly images: ReadonlySet<string>;
}

/** The regions that are switched on, by SOP Instance UID, with the 0-based places of the parts that are not. */
export type ShownRegions = ReadonlyMap<string, ReadonlySet<number>>;

export const NO_REGIONS: ShownRegions = new Map();

export function liesOn(region: Region, image: StudyImage): boolean {
  return region.images.has(image.sopInstanceUid);
}

/** Switch a region on with all its parts, or off. */
export function toggledRegion(shown: ShownRegions, region: Region): ShownRegions {
  const next = new Map(shown);
  if (!next.delete(region.sopInstanceUid)) next.set(region.sopInstanceUid, new Set());
  return next;
}

/** Switch one part; the first one switches its region on, with no other part, and the last one off. */
export function toggledPart(shown: ShownRegions, region: Region, place: number): ShownRegions {
  const places = region.parts.map((_, index) => index);
  const hidden = new Set(shown.get(region.sopInstanceUid) ?? places);
  if (!hidden.delete(place)) hidden.add(place);
  const next = new Map(shown);
  if (places.every((index) => hidden.has(index))) next.delete(region.sopInstanceUid);
  else next.set(region.sopInstanceUid, hidden);
  return next;
}

export function isPartShown(shown: ShownRegions, region: Region, place: number): boolean {
  const hidden = shown.get(region.sopInstanceUid);
  return hidden !== undefined && !hidden.has(place);
}
