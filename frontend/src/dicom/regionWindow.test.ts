import { expect, test } from "vitest";
import { windowOfValues } from "./regionWindow";

const HU = { scale: 1, offset: -1024 };

test("the window goes from the lowest to the highest value of a small region", () => {
  const window = windowOfValues(Uint16Array.of(1034, 1024, 1044, 1124), HU);

  expect(window).toMatchObject({ windowCenter: 50, windowWidth: 100 });
});

test("one value in a hundred at either end does not widen the window", () => {
  const values = Uint16Array.from({ length: 200 }, (_, at) => 1100 + (at % 100));
  values[7] = 65535;
  values[8] = 0;

  expect(windowOfValues(values, HU)).toMatchObject({ windowWidth: 99 });
});

test("a falling scale gives the same window as a rising one", () => {
  const rising = windowOfValues(Uint16Array.of(0, 10, 20, 30), { scale: 1, offset: 0 });

  expect(windowOfValues(Uint16Array.of(30, 20, 10, 0), { scale: -1, offset: 30 })).toEqual(rising);
});

test("the values stay in their order", () => {
  const values = Uint16Array.of(3, 1, 2, 0);
  windowOfValues(values, HU);

  expect([...values]).toEqual([3, 1, 2, 0]);
});

test("too few values give no window", () => {
  expect(windowOfValues(Uint16Array.of(1, 2, 3), HU)).toBeNull();
});
