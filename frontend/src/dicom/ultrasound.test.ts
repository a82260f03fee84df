import { expect, it } from "vitest";
import { imagePoint } from "../geometry/points";
import { alongAxes, atAxes } from "./ultrasound";

const time = { unit: "ms", perPixel: 4, zeroPx: 300.5 };
const velocity = { unit: "cm/s", perPixel: -2, zeroPx: 260.5 };
const depth = { unit: "mm", perPixel: 0.5, zeroPx: 200.5 };
const spectrum = { across: time, down: velocity };

it("measures time, velocity and slope in a spectrum", () => {
  expect(alongAxes(spectrum, imagePoint(320, 260.5), imagePoint(420, 230.5))).toEqual([
    "Δ 400 ms",
    "Δ 60 cm/s  (0 to 60)",
    "Slope 150 cm/s²",
  ]);
});

it("measures time, depth and speed in an M-mode", () => {
  const lines = alongAxes({ across: time, down: depth }, imagePoint(320, 210.5), imagePoint(420, 230.5));

  expect(lines).toEqual(["Δ 400 ms", "Δ 10 mm  (5 to 15)", "Slope 25 mm/s"]);
});

it("reads the velocity at a point from the reference line", () => {
  expect(atAxes(spectrum, imagePoint(325.5, 230.5))).toBe("60 cm/s, 100 ms");
  expect(atAxes({ across: null, down: { ...velocity, zeroPx: null } }, imagePoint(1, 1))).toBe("");
});
