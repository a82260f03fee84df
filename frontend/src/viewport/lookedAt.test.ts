import { expect, test, vi } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { Series } from "../dicom/types";
import { LookedAt } from "./lookedAt";

const images = [1, 2, 3].map((frameNumber) => sampleImage({ frameNumber }));
const series = { images } as unknown as Series;

test("an image counts once however often it is shown, and is announced once", () => {
  const lookedAt = new LookedAt();
  const announced = vi.fn();
  lookedAt.changed.subscribe(announced);

  lookedAt.add(images[0] as (typeof images)[0]);
  lookedAt.add(images[0] as (typeof images)[0]);

  expect(lookedAt.left(series)).toBe(2);
  expect(announced).toHaveBeenCalledTimes(1);
});
