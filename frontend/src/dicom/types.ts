import type { HangingProtocol } from "../hanging/protocol";
import type { OtherObject } from "./documents";

/** What the viewer knows of a study. Names follow the DICOM keywords; units are in the names. */

export interface Patient {
  readonly patientId: string;
  readonly issuerOfPatientId: string;
  readonly name: string;
  readonly birthDate: string | null;
  readonly sex: string;
  readonly age: string;
}

export interface Study {
  readonly studyInstanceUid: string;
  readonly studyDate: string | null;
  readonly studyTime: string | null;
  readonly studyDescription: string;
  readonly accessionNumber: string;
  readonly modalities: readonly string[];
  readonly facilityCode: string;
  readonly facilityName: string;
  readonly patient: Patient;
}

export type VoiFunction = "LINEAR" | "LINEAR_EXACT" | "SIGMOID";

/** A window on modality values (PS3.3 C.11.2.1.2). */
export interface VoiWindow {
  readonly windowCenter: number;
  readonly windowWidth: number;
  readonly voiFunction: VoiFunction;
}

/** One of the views that the file offers: a window or a lookup table. */
export type FileVoi =
  | ({ readonly kind: "window"; readonly label: string } & VoiWindow)
  | { readonly kind: "table"; readonly label: string; readonly url: string };

/** modality value = packed value · scale + offset */
export interface Packing {
  readonly scale: number;
  readonly offset: number;
}

export type SpacingSource = "patient" | "detector" | "ultrasound_region" | "none";

/** What a step to the right, or down, means: value = (coordinate - zeroPx) * perPixel (PS3.3 C.8.5.5). */
export interface RegionAxis {
  /** "mm", "ms", "cm/s", "Hz" and the like. */
  readonly unit: string;
  readonly perPixel: number;
  /** Null where the file names no reference: then differences are known, and no values. */
  readonly zeroPx: number | null;
}

/** A part of an ultrasound image with units of its own; borders are pixels that belong to it. */
export interface UltrasoundRegion {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Down and across; null where the axes are not both lengths. */
  readonly pixelSpacingMm: readonly [number, number] | null;
  readonly across: RegionAxis | null;
  readonly down: RegionAxis | null;
}

/** One frame of one SOP Instance: what a viewport can show. */
export interface StudyImage {
  readonly sopInstanceUid: string;
  readonly instanceNumber: number | null;
  /** 1-based. */
  readonly frameNumber: number;
  readonly rows: number;
  readonly columns: number;
  readonly levels: number;
  readonly kind: "grey" | "colour";
  readonly packing: Packing | null;
  readonly valueUnits: string;
  /** SUV by body weight of one modality value of a PET; null where it is unknown, and for everything else. */
  readonly suvFactor: number | null;
  /** Why a PET has no SUV, or "". */
  readonly suvProblem: string;
  readonly voi: readonly FileVoi[];
  readonly inverse: boolean;
  /** Row spacing first, then column spacing (PS3.3 10.7.1.3). */
  readonly pixelSpacingMm: readonly [number, number] | null;
  readonly spacingSource: SpacingSource;
  /** What a spacing at the detector was already divided by; 1 where the file estimates nothing. */
  readonly magnification: number;
  readonly ultrasoundRegions: readonly UltrasoundRegion[];
  /** Vertical size of a pixel, then horizontal size (PS3.3 C.7.6.3.1.7). */
  readonly pixelAspectRatio: readonly [number, number];
  readonly imagePositionPatient: readonly number[] | null;
  readonly imageOrientationPatient: readonly number[] | null;
  readonly patientOrientation: readonly [string, string] | null;
  readonly frameOfReferenceUid: string;
  readonly laterality: string;
  readonly viewPosition: string;
  readonly sliceLocationMm: number | null;
  readonly sliceThicknessMm: number | null;
  readonly lossy: string;
  /** What its overlay planes are called. */
  readonly overlays: readonly string[];
  /** The grey, 0 to 255, in which the shutter covers; null without a shutter. */
  readonly shutterGrey: number | null;
  /** Where overlays and shutter are, as one bitmap; null with neither. */
  readonly marksUrl: string | null;
  /** Where the tiles of a plane or a slide are, with {level}, {column} and {row}; null for an image as stored. */
  readonly tileUrl: string | null;
  /** What plane of a volume it is, "" for an image as stored. */
  readonly plane: string;
  /** Which of several pictures of one object it is, such as a focal plane of a slide, or "". */
  readonly title: string;
}

export interface Series {
  readonly seriesInstanceUid: string;
  readonly seriesNumber: number | null;
  readonly seriesDescription: string;
  readonly modality: string;
  readonly bodyPartExamined: string;
  /** The regions of the body that it shows, "chest" and the like; empty where the file does not say. */
  readonly bodyRegions: readonly string[];
  readonly laterality: string;
  readonly thumbnailUrl: string;
  readonly frameTimeMs: number | null;
  readonly images: readonly StudyImage[];
}

/** A study of the same patient, as the timeline lists it. */
export interface PatientStudy {
  readonly studyInstanceUid: string;
  readonly studyDate: string | null;
  readonly studyTime: string | null;
  readonly studyDescription: string;
  readonly modalities: readonly string[];
  readonly bodyParts: readonly string[];
  readonly facilityName: string;
  readonly numberOfInstances: number;
  readonly isCurrent: boolean;
  /** 0 to 1; null for the current study and for later ones. */
  readonly relevance: number | null;
  /** Why it is relevant, in words. */
  readonly reasons: readonly string[];
}

export interface StudyManifest {
  readonly study: Study;
  readonly series: readonly Series[];
  readonly other: readonly OtherObject[];
  /** All studies of the patient that the reader may see, the latest first; empty for a study opened beside. */
  readonly patientStudies: readonly PatientStudy[];
  /** The hanging protocols that fit, the one to hang first. */
  readonly hanging: readonly HangingProtocol[];
}

/** Names a frame within everything that is open. */
export function imageKey(image: StudyImage): string {
  return `${image.sopInstanceUid}/${image.frameNumber}`;
}
