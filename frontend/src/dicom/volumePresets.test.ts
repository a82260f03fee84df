import { describe, expect, it } from "vitest";
import { lookTable, volumePresets } from "./volumePresets";

const WINDOW = { windowCenter: 50, windowWidth: 100, voiFunction: "LINEAR_EXACT" } as const;

describe("volume presets", () => {
  it("are named by tissue for CT, and follow the window where values have no fixed meaning", () => {
    expect(volumePresets("CT", WINDOW).map(({ label }) => label)).toEqual([
      "Bone",
      "Vessels",
      "Lungs",
      "Skin",
      "MIP",
    ]);
    expect(volumePresets("MR", WINDOW).map(({ label }) => label)).toEqual(["MIP", "Surface"]);
  });

  it("rise in value, so that each value has one look", () => {
    for (const { stops } of volumePresets("CT", WINDOW)) {
      const values = stops.map(([value]) => value);
      expect([...values].sort((one, other) => one - other)).toEqual(values);
    }
  });

  it("change evenly between stops and stay beyond them", () => {
    const [maximum] = volumePresets("MR", WINDOW);
    if (!maximum) throw new Error("no preset");

    const greys = lookTable(maximum, -100, 200, 7).filter((_byte, index) => index % 4 === 0);

    expect([...greys]).toEqual([0, 0, 0, 128, 255, 255, 255]);
  });
});
