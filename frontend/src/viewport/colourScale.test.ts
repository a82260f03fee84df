import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import { suvWindow } from "../dicom/suv";
import { scaleTexts } from "./colourScale";

const voi = (windowCenter: number, windowWidth: number) =>
  ({
    kind: "window",
    label: "",
    window: { windowCenter, windowWidth, voiFunction: "LINEAR_EXACT" },
  }) as const;

describe("the scale beside a picture in colours", () => {
  it("names the values of both ends in the unit of the image", () => {
    const image = { ...sampleImage(), valueUnits: "HU", suvFactor: null };

    expect(scaleTexts({ image, voi: voi(40, 400), isTurned: false })).toEqual(["240 HU", "-160"]);
  });

  it("speaks of SUV where the image has one", () => {
    const image = { ...sampleImage(), valueUnits: "Bq/ml", suvFactor: 0.001 };
    const window = suvWindow(0, 7, 0.001);

    expect(scaleTexts({ image, voi: { kind: "window", label: "", window }, isTurned: false })).toEqual([
      "7 SUV",
      "0",
    ]);
  });

  it("names no values for a table of the file", () => {
    const table = { kind: "table", label: "", url: "/t" } as const;

    expect(scaleTexts({ image: sampleImage(), voi: table, isTurned: false })).toEqual(["high", "low"]);
  });
});
