import { describe, expect, it } from "vitest";
import { isPartShown, liesOn, NO_REGIONS, type Region, toggledPart, toggledRegion } from "./regions";
import { sampleImage } from "./sampleImage";

const part = (number: number) => ({ number, label: `Part ${number}`, colour: "#ff0000", note: "" });

const region: Region = {
  sopInstanceUid: "9",
  kind: "SEG",
  label: "Lungs",
  created: null,
  problem: "",
  note: "",
  isOverlapping: false,
  parts: [part(1), part(2), part(7)],
  images: new Set(["1.2.3"]),
};

describe("regions of a viewport", () => {
  it("come and go with all their parts", () => {
    const on = toggledRegion(NO_REGIONS, region);

    expect([0, 1, 2].map((place) => isPartShown(on, region, place))).toEqual([true, true, true]);
    expect(toggledRegion(on, region).size).toBe(0);
    expect(NO_REGIONS.size).toBe(0);
  });

  it("show one part alone when it is the first to be switched on", () => {
    const on = toggledPart(NO_REGIONS, region, 1);

    expect([0, 1, 2].map((place) => isPartShown(on, region, place))).toEqual([false, true, false]);
  });

  it("go when the last part goes", () => {
    const one = toggledPart(toggledPart(toggledRegion(NO_REGIONS, region), region, 0), region, 2);

    expect([...(one.get("9") ?? [])]).toEqual([0, 2]);
    expect(toggledPart(one, region, 1).size).toBe(0);
  });

  it("lie on the images that they name", () => {
    expect(liesOn(region, sampleImage({}))).toBe(true);
    expect(liesOn(region, sampleImage({ sopInstanceUid: "1.2.4" }))).toBe(false);
  });
});
