import { expect, test } from "vitest";
import { compareOrders } from "./order";

test("later values decide where earlier ones are equal", () => {
  expect(compareOrders([0, 1, 20], [0, 1, 30], false)).toBeLessThan(0);
  expect(compareOrders([0, 2, 10], [0, 1, 30], false)).toBeGreaterThan(0);
  expect(compareOrders([0, 1, 20], [0, 1, 20], false)).toBe(0);
});

test("what is set aside comes last in both directions", () => {
  expect(compareOrders([1, 1], [0, 9], false)).toBeGreaterThan(0);
  expect(compareOrders([1, 9], [0, 1], true)).toBeGreaterThan(0);
  expect(compareOrders([0, 9], [0, 1], true)).toBeLessThan(0);
});
