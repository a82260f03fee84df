import { expect, test } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { Series, Study, StudyImage } from "../dicom/types";
import { imageToScreen, imageToScreenMatrix } from "../geometry/camera";
import { imagePoint } from "../geometry/points";
import { frameShape } from "../render/tilePlan";
import { chestWallCamera, commonScale } from "./breast";
import type { SeriesSelector } from "./protocol";
import { picturesOf, planeName, selectPicture } from "./selecting";

const ANY: SeriesSelector = {
  modality: "",
  words: [],
  plane: "",
  laterality: "",
  viewPositions: [],
  position: 1,
};
const study = {} as Study;

function series(modality: string, seriesDescription: string, images: readonly StudyImage[]): Series {
  return {
    seriesInstanceUid: `${modality} ${seriesDescription}`,
    seriesNumber: 1,
    seriesDescription,
    modality,
    bodyPartExamined: "",
    bodyRegions: [],
    laterality: "",
    thumbnailUrl: "",
    frameTimeMs: null,
    images,
  };
}

const axial = sampleImage();
const coronal = sampleImage({ imageOrientationPatient: [1, 0, 0, 0, 0, -1] });
const sagittal = sampleImage({ imageOrientationPatient: [0, 1, 0, 0, 0, -1] });

test("a slice is named after the plane that it is nearest to", () => {
  expect([axial, coronal, sagittal].map(planeName)).toEqual(["axial", "coronal", "sagittal"]);
  expect(planeName(sampleImage({ imageOrientationPatient: null }))).toBe("");
});

test("series are found by plane and words, and the second of equals by its position", () => {
  const stacks = [
    series("MR", "T2 cor", [coronal]),
    series("MR", "T1 ax", [axial]),
    series("MR", "T2 ax", [axial]),
  ].map((one) => ({ study, series: one }));
  const pictures = picturesOf(stacks);
  const found = (selector: Partial<SeriesSelector>, used = new Set<(typeof pictures)[number]>()) =>
    selectPicture({ ...ANY, ...selector }, pictures, used)?.stack.series.seriesDescription ?? null;

  expect(found({ plane: "coronal" })).toBe("T2 cor");
  expect(found({ plane: "axial" })).toBe("T1 ax");
  expect(found({ plane: "axial", position: 2 })).toBe("T2 ax");
  expect(found({ plane: "axial", words: ["t2"] })).toBe("T2 ax");
  expect(found({ plane: "sagittal" })).toBeNull();
  expect(found({ modality: "CT" })).toBeNull();
});

test("views of a film are found image by image, and none hangs twice", () => {
  const film = series("DX", "Chest", [
    sampleImage({ viewPosition: "LL" }),
    sampleImage({ viewPosition: "PA" }),
  ]);
  const pictures = picturesOf([{ study, series: film }]);
  const frontal = selectPicture({ ...ANY, viewPositions: ["PA", "AP"] }, pictures, new Set());
  expect(frontal?.imageIndex).toBe(1);
  const next = selectPicture(ANY, pictures, new Set(frontal ? [frontal] : []));
  expect(next?.imageIndex).toBe(0);
});

const SCREEN = { width: 500, height: 800 };

test("the chest wall lies at the asked edge, also where the file has it on the other side", () => {
  for (const row of ["A", "P"]) {
    for (const wanted of ["left", "right"] as const) {
      const image = sampleImage({ columns: 1000, rows: 1000, patientOrientation: [row, "F"] });
      const camera = chestWallCamera(image, wanted, 0.4, SCREEN);
      const matrix = imageToScreenMatrix(camera, frameShape(image), SCREEN);
      const wall = imageToScreen(matrix, imagePoint(row === "P" ? 1000 : 0, 500));
      expect(wall.x).toBeCloseTo(wanted === "left" ? 0 : 500);
      expect(wall.y).toBeCloseTo(400);
    }
  }
});

test("one scale shows every breast whole and as large as it is in millimetres", () => {
  const small = sampleImage({ columns: 1000, rows: 1600, pixelSpacingMm: [0.1, 0.1] });
  const large = sampleImage({ columns: 2000, rows: 3200, pixelSpacingMm: [0.07, 0.07] });
  const scale = commonScale([
    { image: small, screen: SCREEN },
    { image: large, screen: SCREEN },
  ]);
  expect(scale).toBeCloseTo(800 / 3200 / 0.07);
});
