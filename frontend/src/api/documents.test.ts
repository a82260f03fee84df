import { describe, expect, it } from "vitest";
import { valueAt, type WaveformChannel } from "../dicom/waveform";
import { parseReport, parseSamples } from "./documents";

const CHANNEL: WaveformChannel = {
  label: "Pressure",
  lead: "",
  unit: "mm[Hg]",
  scale: 0.5,
  offset: 10,
  lowHz: null,
  highHz: null,
  notchHz: null,
  skewS: 0,
};

function body(header: readonly number[], numbers: Int16Array | Int32Array): ArrayBuffer {
  const bytes = new Uint8Array(16 + numbers.byteLength);
  bytes.set(new Uint8Array(new Uint32Array(header).buffer));
  bytes.set(new Uint8Array(numbers.buffer), 16);
  return bytes.buffer;
}

describe("samples", () => {
  it("come channel by channel and become values of the channel's unit", () => {
    const chunk = parseSamples(body([2, 2, 3, 0], new Int16Array([1, 2, 3, 40, 50, 60])));

    expect([0, 1, 2].map((at) => valueAt(chunk, CHANNEL, 1, at))).toEqual([30, 35, 40]);
  });

  it.each([
    [2, new Int16Array([-32_768, 4])],
    [4, new Int32Array([-2_147_483_648, 4])],
  ])("of %i bytes know where nothing was measured", (bytes, numbers) => {
    const chunk = parseSamples(body([bytes, 1, 2, 0], numbers));

    expect([0, 1].map((at) => valueAt(chunk, CHANNEL, 0, at))).toEqual([null, 12]);
  });

  it("end where the part ends", () => {
    const chunk = parseSamples(body([2, 2, 2, 0], new Int16Array([1, 2, 3, 4])));

    expect([valueAt(chunk, CHANNEL, 0, 2), valueAt(chunk, CHANNEL, 0, -1)]).toEqual([null, null]);
  });

  it("that are cut off are refused", () => {
    expect(() => parseSamples(body([2, 2, 3, 0], new Int16Array(5)))).toThrow("cut off");
    expect(() => parseSamples(new ArrayBuffer(3))).toThrow("no header");
  });
});

it("refuses a report whose tree breaks the contract", () => {
  expect(() => parseReport({ verified_by: [], authors: [], items: [{}], is_superseding: false })).toThrow(
    "kind",
  );
});
