import { expect, test } from "vitest";
import { between, ChosenImages } from "./chosen";

test("what a form kept is chosen again, each image once", () => {
  const chosen = new ChosenImages(" 1.2 1.3  1.2 ");
  expect(chosen.size).toBe(2);
  expect(chosen.text).toBe("1.2 1.3");
});

test("a range is the same from both of its ends", () => {
  const all = ["a", "b", "c", "d"];
  expect(between(all, 1, 3)).toEqual(["b", "c", "d"]);
  expect(between(all, 3, 1)).toEqual(["b", "c", "d"]);
});

test("images are chosen and left out again", () => {
  const chosen = new ChosenImages("");
  chosen.set(["1.2", "1.3", "1.4"], true);
  chosen.set(["1.3"], false);
  expect(chosen.text).toBe("1.2 1.4");
  chosen.clear();
  expect(chosen.text).toBe("");
});
