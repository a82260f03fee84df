import type { Region } from "./regions";
import type { StudyImage, VoiWindow } from "./types";

/** An image, or some of its frames. */
export interface ImageReference {
  readonly sopInstanceUid: string;
  /** 1-based; none means all. */
  readonly frameNumbers: readonly number[];
}

export type GraphicKind = "POINT" | "POLYLINE" | "INTERPOLATED" | "CIRCLE" | "ELLIPSE";

/** Columns and rows; (0, 0) is the outer corner of the first pixel. */
export type Place = readonly [number, number];

export interface Graphic {
  readonly kind: GraphicKind;
  readonly points: readonly Place[];
  readonly isFilled: boolean;
}

export interface GraphicText {
  readonly text: string;
  readonly anchor: Place | null;
  /** Top left and bottom right corner. */
  readonly box: readonly [Place, Place] | null;
  readonly isAnchorVisible: boolean;
}

/** What one layer of a presentation state puts on an image. */
export interface Drawing {
  readonly layer: string;
  /** "#rrggbb", or "" where the file recommends none. */
  readonly colour: string;
  readonly graphics: readonly Graphic[];
  readonly texts: readonly GraphicText[];
}

export interface DisplayedArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly mode: "SCALE TO FIT" | "TRUE SIZE" | "MAGNIFY";
  readonly magnification: number | null;
}

/** An image under a state: where its grey table is, and what lies over it; null for nothing. */
export interface PresentedImage extends ImageReference {
  readonly tableUrl: string;
  readonly marksUrl: string | null;
}

/** How some images look under a presentation state (PS3.3 A.33.1). */
export interface PresentationLook {
  readonly images: readonly PresentedImage[];
  /** null where only the server's table gives the greys. */
  readonly voi: (VoiWindow & { readonly label: string }) | null;
  readonly isInverse: boolean;
  /** The grey, 0 to 255, in which the state's shutter covers. */
  readonly shutterGrey: number;
  /** Clockwise, before mirroring. */
  readonly rotationDegrees: number;
  readonly isMirrored: boolean;
  readonly displayedArea: DisplayedArea;
  readonly drawings: readonly Drawing[];
}

export interface PresentationState {
  readonly sopInstanceUid: string;
  readonly label: string;
  readonly description: string;
  readonly created: string | null;
  /** Why it cannot be applied, or "". */
  readonly problem: string;
  /** It was made of the annotations that are kept here, and draws them once more. */
  readonly isOurs: boolean;
  readonly looks: readonly PresentationLook[];
}

/** Images that somebody marked, and why (PS3.3 A.35.4). */
export interface KeyObject {
  readonly sopInstanceUid: string;
  readonly title: string;
  readonly description: string;
  readonly created: string | null;
  readonly problem: string;
  readonly images: readonly ImageReference[];
}

export interface StudyPresentations {
  readonly states: readonly PresentationState[];
  readonly keyObjects: readonly KeyObject[];
  readonly regions: readonly Region[];
}

export const NO_PRESENTATIONS: StudyPresentations = { states: [], keyObjects: [], regions: [] };

/** How one frame looks under a state. */
export interface FrameLook {
  readonly look: PresentationLook;
  readonly tableUrl: string;
  readonly marksUrl: string | null;
}

/** What a state draws on an image; nothing where the annotations that it was made of are drawn there themselves. */
export function drawingsUnder(
  state: PresentationState | null,
  presented: FrameLook | null,
  hasOwnMarks: boolean,
): readonly Drawing[] {
  return state?.isOurs && hasOwnMarks ? [] : (presented?.look.drawings ?? []);
}

/** @returns null where the state does not speak of the image. */
export function lookOf(state: PresentationState, image: StudyImage): FrameLook | null {
  // Looks of single frames come first and win over those of the whole image.
  for (const look of state.looks) {
    const found = look.images.find((reference) => isMeant(reference, image));
    if (!found) continue;
    const frame = `?frame=${image.frameNumber}`;
    const { tableUrl, marksUrl } = found;
    return { look, tableUrl: tableUrl + frame, marksUrl: marksUrl === null ? null : marksUrl + frame };
  }
  return null;
}

export function isMeant(reference: ImageReference, image: StudyImage): boolean {
  if (reference.sopInstanceUid !== image.sopInstanceUid) return false;
  return reference.frameNumbers.length === 0 || reference.frameNumbers.includes(image.frameNumber);
}

/** Why an image is a key image, in the words of those who marked it; "" where it is none. */
export function keyTitle(presentations: StudyPresentations, image: StudyImage): string {
  const titles = presentations.keyObjects
    .filter((selection) => selection.images.some((reference) => isMeant(reference, image)))
    .map((selection) => selection.title);
  return [...new Set(titles)].join(", ");
}
