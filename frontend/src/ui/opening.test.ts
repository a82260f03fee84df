import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { Series, StudyManifest } from "../dicom/types";
import { openingOf } from "./opening";

function series(seriesInstanceUid: string, modality: string, count: number): Series {
  return {
    seriesInstanceUid,
    seriesNumber: null,
    seriesDescription: "",
    modality,
    bodyPartExamined: "",
    bodyRegions: [],
    laterality: "",
    thumbnailUrl: "",
    frameTimeMs: null,
    images: Array.from({ length: count }, () => sampleImage()),
  };
}

function manifest(...all: Series[]): StudyManifest {
  return { series: all, other: [], patientStudies: [], hanging: [], study: {} as StudyManifest["study"] };
}

describe("opening", () => {
  it("puts the two views of one series beside each other", () => {
    const opening = openingOf(manifest(series("1", "DX", 2)), null, true);

    expect(opening.layout).toBe("1x2");
    expect(opening.pictures.map((picture) => picture.imageIndex)).toEqual([0, 1]);
  });

  it("shows four mammograms together, whatever series they are in", () => {
    const four = [series("1", "MG", 1), series("2", "MG", 1), series("3", "MG", 2)];

    expect(openingOf(manifest(...four), null, true)).toMatchObject({
      layout: "2x2",
      pictures: { length: 4 },
    });
  });

  it("shows one picture of a CT, and of anything on a phone", () => {
    expect(openingOf(manifest(series("1", "CT", 2)), null, true).layout).toBe("1x1");
    expect(openingOf(manifest(series("1", "DX", 2)), null, false).layout).toBe("1x1");
  });

  it("begins with the series that the address asks for", () => {
    const opening = openingOf(manifest(series("1", "CT", 9), series("2", "CT", 9)), "2", true);

    expect(opening.pictures.map((picture) => picture.series.seriesInstanceUid)).toEqual(["2", "1"]);
  });
});
