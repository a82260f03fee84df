import { expect, test } from "vitest";
import { filterText, unitText, type WaveformChannel } from "./waveform";

const channel = (lowHz: number | null, highHz: number | null, notchHz: number | null): WaveformChannel => ({
  label: "I",
  lead: "I",
  unit: "uV",
  scale: 1,
  offset: 0,
  lowHz,
  highHz,
  notchHz,
  skewS: 0,
});

test.each([
  [[channel(0.05, 150, null), channel(0.05, 150, null)], "0.05 to 150 Hz"],
  [[channel(0.05, 150, 50)], "0.05 to 150 Hz, notch 50 Hz"],
  [[channel(null, 40, null)], "below 40 Hz"],
  [[channel(0.5, null, 0)], "above 0.5 Hz"],
  [[channel(0.05, 150, null), channel(0.05, 40, null)], "Filters differ by channel"],
  [[channel(null, null, null)], ""],
])("filters are named as the file has them: %#", (channels, text) => {
  expect(filterText(channels)).toBe(text);
});

test.each([
  ["uV", "µV"],
  ["mm[Hg]", "mmHg"],
  ["{H.B.}/min", "H.B./min"],
  ["1", ""],
])("the unit %s is written %s", (unit, text) => {
  expect(unitText(unit)).toBe(text);
});
