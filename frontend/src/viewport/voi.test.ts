import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import type { FileVoi } from "../dicom/types";
import { draggedWindow, FILE_DEFAULT, resolveVoi, windowLikeTable } from "./voi";

const brain: FileVoi = {
  kind: "window",
  label: "BRAIN",
  windowCenter: 40,
  windowWidth: 80,
  voiFunction: "LINEAR",
};
const normal: FileVoi = { kind: "table", label: "NORMAL", url: "/viewer/lookups/1/1/1.bin" };
const nothingKnown = { defaultWindow: null, range: null };

describe("choice of window", () => {
  it("starts with the first view of the file and steps round", () => {
    const image = sampleImage({ voi: [brain, normal] });

    expect(resolveVoi(image, FILE_DEFAULT, nothingKnown)).toMatchObject({ label: "BRAIN" });
    expect(resolveVoi(image, { kind: "file", index: 1 }, nothingKnown)).toEqual(normal);
    expect(resolveVoi(image, { kind: "file", index: 2 }, nothingKnown)).toMatchObject({ label: "BRAIN" });
  });

  it("takes the server's automatic window where the file has none", () => {
    const window = { windowCenter: 7, windowWidth: 9, voiFunction: "LINEAR" } as const;

    const resolved = resolveVoi(sampleImage(), FILE_DEFAULT, { defaultWindow: window, range: [0, 9] });

    expect(resolved).toEqual({ kind: "window", label: "Auto", window });
  });

  it("spreads the full range in modality values, also for a falling scale", () => {
    const image = sampleImage({ packing: { scale: -0.5, offset: 100 } });

    const resolved = resolveVoi(image, { kind: "full" }, { defaultWindow: null, range: [0, 200] });

    expect(resolved).toMatchObject({ window: { windowCenter: 50, windowWidth: 100 } });
  });

  it("waits while nothing is known", () => {
    expect(resolveVoi(sampleImage(), { kind: "full" }, nothingKnown)).toBeNull();
  });

  it("finds a window like a lookup table", () => {
    const table = Uint8ClampedArray.from({ length: 65536 }, (_item, packed) => (packed - 1000) / 4);

    const window = windowLikeTable(table, { scale: 1, offset: 0 });

    expect(window.windowCenter).toBeCloseTo(1510, -1);
    expect(window.windowWidth).toBeCloseTo(1015, -1);
  });
});

describe("window drag", () => {
  const start = { windowCenter: 40, windowWidth: 400, voiFunction: "LINEAR" } as const;

  it("widens to the right and raises the centre downwards", () => {
    expect(draggedWindow(start, { x: 100, y: 0 }, true)).toMatchObject({
      windowCenter: 40,
      windowWidth: 729,
    });
    expect(draggedWindow(start, { x: 0, y: 100 }, true)).toMatchObject({
      windowCenter: 160,
      windowWidth: 400,
    });
  });

  it("never falls below width 1 on whole numbers", () => {
    expect(draggedWindow(start, { x: -5000, y: 0 }, true).windowWidth).toBe(1);
  });

  it("keeps decimals where values have them", () => {
    const suv = { windowCenter: 2.5, windowWidth: 5, voiFunction: "LINEAR" } as const;

    expect(draggedWindow(suv, { x: 0, y: 10 }, false).windowCenter).toBeCloseTo(2.65, 9);
  });
});

describe("a window chosen in SUV", () => {
  const window = { windowCenter: 5000, windowWidth: 10_000, voiFunction: "LINEAR_EXACT" } as const;
  const choice = { kind: "window", label: "", window, suvFactor: 0.001 } as const;

  it("shows the same SUV on an image with another factor", () => {
    const resolved = resolveVoi(sampleImage({ suvFactor: 0.002 }), choice, nothingKnown);

    expect(resolved).toMatchObject({ window: { windowCenter: 2500, windowWidth: 5000 } });
  });

  it("stays as it is on images with the same factor, and on those without", () => {
    for (const suvFactor of [0.001, null]) {
      expect(resolveVoi(sampleImage({ suvFactor }), choice, nothingKnown)).toMatchObject({ window });
    }
  });
});
