import { expect, it } from "vitest";
import type { OtherObject } from "../dicom/documents";
import type { StudyManifest } from "../dicom/types";
import { OpenStudies } from "./openStudies";

type Contents = Readonly<Record<string, number>>;

/** A study with so many images in each series, and some documents. */
function manifest(series: Contents, documents: readonly string[] = []): StudyManifest {
  return {
    study: { studyInstanceUid: "1" },
    series: Object.entries(series).map(([seriesInstanceUid, count]) => ({
      seriesInstanceUid,
      images: Array.from({ length: count }, () => ({})),
    })),
    other: documents.map((sopInstanceUid) => ({ sopInstanceUid }) as OtherObject),
    hanging: [],
    patientStudies: [],
  } as unknown as StudyManifest;
}

function opened(first: StudyManifest): OpenStudies {
  return new OpenStudies(first, () => Promise.reject(new Error("not asked")));
}

it("takes over a series and a document that arrived, and says so", () => {
  const studies = opened(manifest({ a: 2 }));
  const before = studies.stack("a");
  let changes = 0;
  studies.changed.subscribe(() => {
    changes += 1;
  });

  expect(studies.update(manifest({ a: 2, b: 1 }, ["report"]))).toBe(true);

  expect(studies.stacks.map(({ series }) => series.seriesInstanceUid)).toEqual(["a", "b"]);
  expect(studies.manifests[0]?.other.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(["report"]);
  // What viewports and lists hold is still theirs.
  expect(studies.stack("a")).toBe(before);
  expect(studies.stack("b")?.study).toBe(before?.study);
  expect(changes).toBe(1);
});

it("has the images of a series that grew", () => {
  const studies = opened(manifest({ a: 2 }));

  studies.update(manifest({ a: 5 }));

  expect(studies.stack("a")?.series.images.length).toBe(5);
});

it("says nothing where nothing arrived, or in a study that is not open", () => {
  const studies = opened(manifest({ a: 2 }, ["report"]));

  expect(studies.update(manifest({ a: 2 }, ["report"]))).toBe(false);
  expect(
    opened(manifest({})).update({ ...manifest({ a: 1 }), study: { studyInstanceUid: "2" } as never }),
  ).toBe(false);
});
