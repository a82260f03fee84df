import { expect, test } from "vitest";
import { clockState, timeLeft } from "./clock";

const MINUTE = 60_000;

test.each([
  [12.5 * MINUTE, "12 min left"],
  [59.9 * MINUTE, "59 min left"],
  [60 * MINUTE, "1 h left"],
  [47 * 60 * MINUTE, "47 h left"],
  [48 * 60 * MINUTE, "2 d left"],
  [0, "0 min over"],
  [-90 * MINUTE, "1 h over"],
])("%d milliseconds are %s", (left, words) => {
  expect(timeLeft(left)).toBe(words);
});

test("a study is pressing before it is over", () => {
  expect([50, 80, 100].map((now) => clockState(100, 75, now))).toEqual(["calm", "pressing", "over"]);
});
