import { describe, expect, it } from "vitest";
import { unpackTile } from "./packing";

describe("packed tiles", () => {
  it("puts red before green", () => {
    const tile = unpackTile(new Uint8ClampedArray([1, 2, 0, 255, 255, 254, 0, 255]));

    expect([...tile.values]).toEqual([258, 65534]);
    expect(tile.padding).toBeNull();
    expect([tile.lowest, tile.highest]).toEqual([258, 65534]);
  });

  it("keeps padding out of the range", () => {
    const tile = unpackTile(new Uint8ClampedArray([0, 0, 255, 255, 0, 9, 0, 255]));

    expect([...(tile.padding ?? [])]).toEqual([1, 0]);
    expect([tile.lowest, tile.highest]).toEqual([9, 9]);
  });
});
