import { expect, test } from "vitest";
import { nextIndex } from "./cine";

test.each([
  [2, [0, 9], 3],
  [9, [0, 9], 0],
  [5, [3, 5], 3],
  [0, [3, 5], 3],
  [8, [3, 5], 3],
] as const)("after image %i of the range %j comes %i", (index, range, next) => {
  expect(nextIndex(index, range)).toBe(next);
});
