import { describe, expect, it } from "vitest";
import { STANDARD_LEADS, type WaveformChannel, type WaveformGroup } from "../dicom/waveform";
import { calliperText, gripAt, moved } from "./callipers";
import { hasStandardLeads, layOutPaper, MARGIN_MM, scaleOf, stripAt } from "./waveformPaper";

const channel = (lead: string): WaveformChannel => ({
  label: `Lead ${lead}`,
  lead,
  unit: "uV",
  scale: 1,
  offset: 0,
  lowHz: null,
  highHz: null,
  notchHz: null,
  skewS: 0,
});
const ecg: WaveformGroup = {
  label: "RHYTHM",
  originality: "ORIGINAL",
  samplingHz: 500,
  samples: 5000,
  // Not in the order in which leads are printed.
  channels: [...STANDARD_LEADS].reverse().map(channel),
  problem: "",
};

describe("the paper of an ECG", () => {
  it("has three rows of four leads over a rhythm strip, each lead found by its name", () => {
    const { strips, widthMm } = layOutPaper(ecg, "3x4", 25, 10, 0);

    const rows = [0, 1, 2, 3].map((row) => strips.filter(({ topMm }) => topMm === row * 25));
    expect(rows.map((row) => row.map(({ label }) => label).join(" "))).toEqual([
      "I aVR V1 V4",
      "II aVL V2 V5",
      "III aVF V3 V6",
      "II",
    ]);
    expect(strips.every((strip) => ecg.channels[strip.channelIndex]?.lead === strip.label)).toBe(true);
    expect(widthMm).toBe(MARGIN_MM + 250);
  });

  it("lets its columns follow each other in time", () => {
    const { strips } = layOutPaper(ecg, "3x4", 25, 10, 0);

    expect(strips.filter(({ topMm }) => topMm === 0).map(({ startS }) => startS)).toEqual([0, 2.5, 5, 7.5]);
  });

  it("is as long as the recording where channels are stacked, and twice as long at twice the speed", () => {
    expect(layOutPaper(ecg, "stacked", 25, 10, 0).widthMm).toBe(MARGIN_MM + 250);
    expect(layOutPaper(ecg, "stacked", 50, 10, 0).widthMm).toBe(MARGIN_MM + 500);
  });

  it("needs all twelve leads for the standard page", () => {
    expect(hasStandardLeads(ecg)).toBe(true);
    expect(hasStandardLeads({ ...ecg, channels: ecg.channels.slice(1) })).toBe(false);
  });

  it("knows which strip a place belongs to", () => {
    const layout = layOutPaper(ecg, "3x4", 25, 10, 0);

    expect(stripAt(layout, MARGIN_MM + 65, 30)?.label).toBe("aVL");
    expect(stripAt(layout, 2, 30)).toBeNull();
  });
});

describe("the scale of a channel", () => {
  it("is the gain for voltages, whatever their unit", () => {
    expect(scaleOf("uV", 10, [-900, 1200], 25)).toEqual({ mmAUnit: 0.01, centre: 0 });
    expect(scaleOf("mV", 10, [-1, 1], 25)).toEqual({ mmAUnit: 10, centre: 0 });
  });

  it("brings a voltage with a large offset back into its row", () => {
    expect(scaleOf("mV", 10, [299, 301], 25)).toEqual({ mmAUnit: 10, centre: 300 });
  });

  it("is a round number of units a millimetre for everything else, and fits the row", () => {
    const { mmAUnit, centre } = scaleOf("mm[Hg]", 10, [60, 130], 25);

    expect([1 / mmAUnit, centre]).toEqual([5, 95]);
    expect(70 * mmAUnit).toBeLessThanOrEqual(25);
  });

  it("survives a flat line", () => {
    expect(scaleOf("mm[Hg]", 10, [7, 7], 25)).toEqual({ mmAUnit: 1, centre: 7 });
  });
});

describe("callipers", () => {
  const legs = { x0: 35, y0: 20, x1: 10, y1: 5 };

  it("say time, rate and height at the speed and gain of the paper, whichever way they were drawn", () => {
    expect(calliperText(legs, 25, 0.01, "µV")).toBe("1000 ms  60 bpm  1.50 mV");
    expect(calliperText(legs, 50, 10, "mV")).toBe("500 ms  120 bpm  1.50 mV");
  });

  it("say no rate for what is too short to be a beat, and no height beside all signals", () => {
    expect(calliperText({ ...legs, x1: 33 }, 25, null, "")).toBe("80 ms");
  });

  it("are taken by a leg, else as a whole, else not at all", () => {
    expect(gripAt(legs, 10.5, 12, 1)).toBe("left");
    expect(gripAt(legs, 34.5, 12, 1)).toBe("right");
    expect(gripAt(legs, 20, 5.5, 1)).toBe("top");
    expect(gripAt(legs, 20, 12, 1)).toBe("inside");
    expect(gripAt(legs, 50, 12, 1)).toBeNull();
  });

  it("move one leg or all", () => {
    expect(moved(legs, "right", 5, 3)).toEqual({ x0: 10, y0: 5, x1: 40, y1: 20 });
    expect(moved(legs, "inside", 5, 3)).toEqual({ x0: 15, y0: 8, x1: 40, y1: 23 });
  });
});
