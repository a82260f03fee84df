import { expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { Series } from "../dicom/types";
import { playsByItself } from "./autoCine";

const frames = (count: number) =>
  Array.from({ length: count }, (_, index) => sampleImage({ frameNumber: index + 1 }));
const series = (changes: Partial<Series>) =>
  ({ modality: "US", frameTimeMs: 33, images: frames(3), ...changes }) as Series;

it("plays clips of ultrasound and nothing else", () => {
  expect(playsByItself(series({}))).toBe(true);
  expect(playsByItself(series({ modality: "CT" }))).toBe(false);
  expect(playsByItself(series({ images: frames(1) }))).toBe(false);
  expect(playsByItself(series({ frameTimeMs: null }))).toBe(false);
});

it("leaves a series of single pictures alone", () => {
  const pictures = [sampleImage({ sopInstanceUid: "1.2" }), sampleImage({ sopInstanceUid: "1.3" })];

  expect(playsByItself(series({ images: pictures }))).toBe(false);
});
