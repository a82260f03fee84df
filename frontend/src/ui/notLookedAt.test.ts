import { expect, test } from "vitest";
import { noteText, totalText } from "./notLookedAt";

test.each([
  [0, 5, "✓ looked at"],
  [5, 5, ""],
  [2, 5, "2 not yet looked at"],
])("with %i of %i left a series says %s", (left, count, text) => {
  expect(noteText(left, count)).toBe(text);
});

test.each([
  [[], ""],
  [[0, 0], "Everything has been looked at"],
  [[1, 0], "Not yet looked at: 1 image"],
  [[3, 4, 0], "Not yet looked at: 7 images in 2 series"],
])("with %j left the study says %s", (counts, text) => {
  expect(totalText(counts)).toBe(text);
});
