import type { StudyImage } from "./types";

/** An image with plain properties for tests; each test names only what matters to it. */
export function sampleImage(properties: Partial<StudyImage> = {}): StudyImage {
  return {
    sopInstanceUid: "1.2.3",
    instanceNumber: 1,
    frameNumber: 1,
    rows: 512,
    columns: 512,
    levels: 1,
    kind: "grey",
    packing: { scale: 1, offset: -1024 },
    valueUnits: "HU",
    suvFactor: null,
    suvProblem: "",
    voi: [],
    inverse: false,
    pixelSpacingMm: [0.5, 0.5],
    spacingSource: "patient",
    pixelAspectRatio: [1, 1],
    imagePositionPatient: [0, 0, 0],
    imageOrientationPatient: [1, 0, 0, 0, 1, 0],
    patientOrientation: null,
    frameOfReferenceUid: "",
    laterality: "",
    viewPosition: "",
    sliceLocationMm: null,
    sliceThicknessMm: null,
    lossy: "",
    overlays: [],
    shutterGrey: null,
    marksUrl: null,
    tileUrl: null,
    plane: "",
    title: "",
    ...properties,
  };
}
