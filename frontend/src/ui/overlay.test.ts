import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { Study, StudyImage } from "../dicom/types";
import { FITTED, imageToScreenMatrix } from "../geometry/camera";
import type { Painted } from "../viewport/painted";
import { overlayTexts } from "./overlay";

const study: Study = {
  studyInstanceUid: "1.2",
  studyDate: "2024-01-31",
  studyTime: "12:30:00",
  studyDescription: "CT chest",
  accessionNumber: "A77",
  modalities: ["CT"],
  facilityCode: "N",
  facilityName: "North",
  patient: {
    patientId: "P1",
    issuerOfPatientId: "HOSP",
    name: "Doe, Jane",
    birthDate: "1950-02-01",
    sex: "F",
    age: "74 y",
  },
};

function painted(image: StudyImage, changes: Partial<Painted> = {}): Painted {
  const series = {
    seriesInstanceUid: "1.2.3",
    seriesNumber: 4,
    seriesDescription: "axial",
    modality: "CT",
    bodyPartExamined: "",
    bodyRegions: [],
    laterality: "",
    thumbnailUrl: "",
    frameTimeMs: null,
    images: [image, image],
  };
  const screen = { width: 512, height: 512 };
  return {
    stack: { study, series },
    image,
    imageIndex: 1,
    quality: "full",
    voi: {
      kind: "window",
      label: "Lung",
      window: { windowCenter: -600, windowWidth: 1500, voiFunction: "LINEAR" },
    },
    invert: false,
    palette: null,
    camera: FITTED,
    matrix: imageToScreenMatrix(FITTED, { columns: 512, rows: 512, pixelAspect: 1 }, screen),
    scale: 1,
    screen,
    mosaic: null,
    measurements: [],
    awaitedIndex: null,
    failure: null,
    presentation: null,
    keyTitle: "",
    hidesMarks: false,
    hidesAnnotations: false,
    isComplete: true,
    isIncomplete: false,
    regionNote: "",
    fusionNote: "",
    ...changes,
  };
}

describe("overlay", () => {
  it("says that a picture is inverted, and in which colours it is", () => {
    const palette = { name: "pet", label: "PET", colours: new Uint8Array(768) };

    const texts = overlayTexts(painted(sampleImage(), { invert: true, palette }));

    expect(texts["window-label"]).toBe("Lung, inverted, PET");
  });

  it("names the patient, the study, the image and the window", () => {
    const texts = overlayTexts(painted(sampleImage({ sliceLocationMm: -12.5, sliceThicknessMm: 1.25 })));

    expect(texts).toMatchObject({
      "patient-name": "Doe, Jane",
      "patient-id": "P1  HOSP",
      demographics: "*1950-02-01  74 y  F",
      "study-date": "2024-01-31 12:30",
      series: "S 4  CT  axial",
      "image-number": "2 / 2",
      slice: "Loc -12.5 mm  Thk 1.25 mm",
      window: "W 1500  C -600",
      "window-label": "Lung",
      zoom: "Zoom 100 %  fit",
      quality: "",
    });
  });

  it("marks a preview and lossy compression", () => {
    const texts = overlayTexts(painted(sampleImage({ lossy: "10:1" }), { quality: "preview" }));

    expect(texts.quality).toBe("Preview");
    expect(texts.lossy).toBe("Lossy 10:1");
  });

  it("names the side of a paired organ only", () => {
    expect(overlayTexts(painted(sampleImage({ laterality: "R", viewPosition: "CC" }))).side).toBe("R CC");
    expect(overlayTexts(painted(sampleImage({ laterality: "U", viewPosition: "PA" }))).side).toBe("PA");
  });

  it("says which image is awaited while another is painted", () => {
    expect(overlayTexts(painted(sampleImage(), { awaitedIndex: 0 })).awaited).toBe("Loading image 1 of 2");
  });

  it("shows the window of a PET in SUV", () => {
    const window = { windowCenter: 10000, windowWidth: 20000, voiFunction: "LINEAR_EXACT" } as const;
    const pet = sampleImage({ valueUnits: "Bq/ml", suvFactor: 0.0005 });

    const texts = overlayTexts(painted(pet, { voi: { kind: "window", label: "Auto", window } }));

    expect(texts.window).toBe("SUV 0 – 10");
    expect(texts["suv-problem"]).toBe("");
  });

  it("says why a PET has no SUV, and shows its window in what was measured", () => {
    const window = { windowCenter: 10000, windowWidth: 20000, voiFunction: "LINEAR" } as const;
    const pet = sampleImage({ valueUnits: "Bq/ml", suvProblem: "The patient's weight is missing." });

    const texts = overlayTexts(painted(pet, { voi: { kind: "window", label: "Auto", window } }));

    expect(texts.window).toBe("W 20000  C 10000");
    expect(texts["suv-problem"]).toBe("No SUV: The patient's weight is missing.");
  });

  it("says so when there is no name", () => {
    const nameless = { ...study, patient: { ...study.patient, name: "", patientId: "" } };
    const shown = painted(sampleImage());

    const texts = overlayTexts({ ...shown, stack: { ...shown.stack, study: nameless } });

    expect(texts["patient-name"]).toBe("No name");
    expect(texts["patient-id"]).toBe("No ID  HOSP");
  });
});
