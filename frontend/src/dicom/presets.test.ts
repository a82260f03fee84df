import { describe, expect, it } from "vitest";
import { type OwnPreset, presetsFor } from "./presets";
import { sampleImage } from "./sampleImage";

const pet = sampleImage({ valueUnits: "Bq/ml", suvFactor: 0.0005 });
const series = (modality: string, ...bodyRegions: string[]) => ({ modality, bodyRegions });
const own = (changes: Partial<OwnPreset>): OwnPreset => ({
  name: "Mine",
  modality: "CT",
  bodyRegion: "",
  windowCenter: 100,
  windowWidth: 500,
  place: "",
  ...changes,
});
const labels = (presets: ReturnType<typeof presetsFor>) => presets.map(({ label }) => label);
const at = (presets: ReturnType<typeof presetsFor>, place: string) =>
  presets.filter((preset) => preset.place === place).map(({ label }) => label);

describe("delivered presets", () => {
  it("are ranges of SUV for a PET, in its own values", () => {
    const presets = presetsFor(series("PT"), pet);

    expect(presets.map(({ place, detail }) => `${place}: ${detail}`)).toEqual([
      "2: SUV 0 – 5",
      "3: SUV 0 – 7",
      "4: SUV 0 – 10",
      "5: SUV 0 – 15",
      "6: SUV 0 – 20",
    ]);
    expect(presets[0]?.window).toMatchObject({ windowCenter: 5000, windowWidth: 10000 });
  });

  it("are in Hounsfield units for a CT, those for its part of the body first", () => {
    const presets = presetsFor(series("CT", "head"), sampleImage());

    expect(labels(presets).slice(0, 3)).toEqual(["Brain", "Subdural", "Stroke"]);
    expect(presets.at(-1)?.fit).toBe("other");
    expect(at(presets, "3")).toEqual(["Lung"]);
  });

  it("are in the usual order where nobody knows the part of the body", () => {
    expect(labels(presetsFor(series("CT"), sampleImage())).slice(0, 3)).toEqual([
      "Soft tissue",
      "Lung",
      "Bone",
    ]);
  });

  it("do not exist where values mean nothing", () => {
    const mine = [own({}), own({ modality: "PT" })];

    expect(presetsFor(series("PT"), sampleImage({ valueUnits: "Bq/ml", suvFactor: null }), mine)).toEqual([]);
    expect(presetsFor(series("CT"), sampleImage({ valueUnits: "" }), mine)).toEqual([]);
    expect(presetsFor(series("US"), sampleImage({ kind: "colour" }), [own({ modality: "US" })])).toEqual([]);
    expect(presetsFor(series("CT"), null, mine)).toEqual([]);
  });
});

describe("a reader's own presets", () => {
  it("take the key of a delivered one where they fit, and only there", () => {
    const mine = [own({ bodyRegion: "chest", place: "3" })];

    const chest = presetsFor(series("CT", "chest"), sampleImage(), mine);
    expect(at(chest, "3")).toEqual(["Mine"]);
    expect(labels(chest)[0]).toBe("Mine");
    expect(labels(chest)).toContain("Lung");
    expect(at(presetsFor(series("CT", "head"), sampleImage(), mine), "3")).toEqual(["Lung"]);
  });

  it("go by the part of the body before they go for any", () => {
    const mine = [
      own({ name: "Any", place: "2" }),
      own({ name: "Liver", bodyRegion: "abdomen", place: "2" }),
    ];

    expect(at(presetsFor(series("CT", "abdomen"), sampleImage(), mine), "2")).toEqual(["Liver"]);
    expect(at(presetsFor(series("CT", "chest"), sampleImage(), mine), "2")).toEqual(["Any"]);
  });

  it("exist for modalities that have no delivered ones", () => {
    const [preset] = presetsFor(series("MR", "knee"), sampleImage({ valueUnits: "" }), [
      own({ modality: "MR" }),
    ]);

    expect(preset).toMatchObject({ detail: "500 / 100", window: { windowCenter: 100, windowWidth: 500 } });
  });

  it("are SUV on a PET", () => {
    const mine = [own({ modality: "PT", windowCenter: 4, windowWidth: 8, place: "2" })];

    const [preset] = presetsFor(series("PT"), pet, mine);

    expect(preset).toMatchObject({ detail: "SUV 0 – 8", place: "2" });
    expect(preset?.window).toMatchObject({ windowCenter: 8000, windowWidth: 16000 });
  });
});
