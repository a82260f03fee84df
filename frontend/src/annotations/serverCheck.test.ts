import { expect, test } from "vitest";
import { imagePoint } from "../geometry/points";
import { ServerCheck, type ServerStatistics } from "./serverCheck";
import type { Annotation, AnnotationStore } from "./store";

const points = [imagePoint(1, 1), imagePoint(9, 9)];
const plane = {
  position: [0, 50, 0],
  orientation: [1, 0, 0, 0, 0, -1],
  spacingMm: [0.5, 0.5] as const,
  rows: 90,
  columns: 90,
  thicknessMm: null,
  projection: null,
  group: 0,
};
const region = { id: "one", kind: "circle", points, plane } as unknown as Annotation;
const measured: ServerStatistics = {
  count: 4,
  mean: 7,
  standardDeviation: 1,
  minimum: 6,
  maximum: 8,
  unit: "HU",
};

test("what the server measured on a plane counts for that plane, and for none beside it", async () => {
  const store = { get: () => region } as unknown as AnnotationStore;
  const check = new ServerCheck(store, async () => measured);

  await check.ask("one");

  expect(check.of({ ...region, plane: { ...plane } })).toBe(measured);
  expect(check.of({ ...region, plane: { ...plane, position: [0, 50.2, 0] } })).toBeNull();
  expect(check.of({ ...region, plane: { ...plane, thicknessMm: 8, projection: "max" } })).toBeNull();
});
