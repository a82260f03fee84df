import { expect, test } from "vitest";
import { blendTable, type Fusion, type FusionPartner, fusionText, overlayImage } from "./fusion";
import { sampleImage } from "./sampleImage";

const partner: FusionPartner = {
  studyInstanceUid: "1.2",
  seriesInstanceUid: "1.9",
  seriesNumber: 3,
  seriesDescription: "PET",
  modality: "PT",
  studyDate: null,
  packing: { scale: 2, offset: 0 },
  valueUnits: "Bq/ml",
  suvFactor: 0.5,
  suvProblem: "",
  defaultWindow: null,
  frameOfReferenceUid: "1.2.3",
  imageTileUrl:
    "/viewer/fusion/1.9/images/{sop_instance_uid}/{frame_number}/{level}/{column}/{row}.png?over=ab",
  planeTileUrl: "/viewer/fusion/1.9/planes/1.8/{name}/{index}/{level}/{column}/{row}.png?over=ab",
};
const colours = Uint8Array.from({ length: 768 }, (_, at) => (at % 3 === 0 ? 255 - Math.floor(at / 3) : 7));
const palette = { name: "test", label: "Test", colours };

test("a colour takes its share of the grey, rounded half up as on the server", () => {
  const table = new Uint8Array(blendTable(palette, 25).buffer);
  const pixel = (grey: number, index: number) => [...table.subarray((grey * 256 + index) * 4).slice(0, 4)];

  expect(pixel(0, 0)).toEqual([64, 2, 2, 255]);
  expect(pixel(201, 128)).toEqual([Math.floor((201 * 75 + 127 * 25 + 50) / 100), 153, 153, 255]);
});

test("with no opacity the grey is left", () => {
  const table = new Uint8Array(blendTable(palette, 0).buffer);

  expect([...table.subarray(77 * 1024, 77 * 1024 + 4)]).toEqual([77, 77, 77, 255]);
});

test("an image and a plane have the partner on their own pixels", () => {
  const image = sampleImage({ sopInstanceUid: "1.5", frameNumber: 2, frameOfReferenceUid: "1.2.3" });
  const plane = { ...image, sopInstanceUid: "1.8/coronal", plane: "Coronal", tileUrl: "/x.png?of=cd&slab=5" };

  expect(overlayImage(image, partner)?.tileUrl).toBe(
    "/viewer/fusion/1.9/images/1.5/2/{level}/{column}/{row}.png?over=ab",
  );
  expect(overlayImage(plane, partner)?.tileUrl).toBe(
    "/viewer/fusion/1.9/planes/1.8/coronal/1/{level}/{column}/{row}.png?over=ab&of=cd&slab=5",
  );
  expect(overlayImage({ ...image, frameOfReferenceUid: "1.2.4" }, partner)).toBeNull();
});

test("the picture says range, palette and opacity, and names another study", () => {
  const fusion: Fusion = { seriesInstanceUid: "1.8", partner, palette, opacityPercent: 40, window: null };
  const window = { windowCenter: 10, windowWidth: 20, voiFunction: "LINEAR_EXACT" } as const;

  expect(fusionText(fusion, window)).toBe("PT SUV 0.0 – 10.0, Test, 40 %");
  const apart = { ...partner, studyDate: "2026-01-02", suvFactor: null };
  expect(fusionText({ ...fusion, partner: apart }, window)).toBe("PT of 2026-01-02 0 – 20 Bq/ml, Test, 40 %");
});
