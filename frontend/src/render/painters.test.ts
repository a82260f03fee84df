import { describe, expect, it } from "vitest";
import { CpuPainter } from "./cpuPainter";
import type { GlPainter } from "./glPainter";
import { Painters } from "./painters";

const CARD = "A card";
const BROWSER = "A browser";
const FAST = { userAgent: BROWSER, renderer: CARD, cpuPerSecond: 100, gpuPerSecond: 900 };

/** The painters of a browser that kept something, on a computer with a card. */
function paintersWith(kept: { painter?: string; trial?: object | null }, renderer: string | null = CARD) {
  const items = new Map([["painter", kept.painter ?? "auto"]]);
  if (kept.trial) items.set("painter-trial", JSON.stringify(kept.trial));
  const storage = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
  };
  const card = { kind: "gpu", renderer, lost: { subscribe: () => undefined }, dispose: () => undefined };
  return new Painters(1, storage, BROWSER, () => (renderer === null ? null : (card as unknown as GlPainter)));
}

describe("the choice of the painter", () => {
  it("is the processor until something was measured", () => {
    expect(paintersWith({}).inUse).toBeInstanceOf(CpuPainter);
  });

  it("is the graphics card where it was measured to be faster", () => {
    expect(paintersWith({ trial: FAST }).inUse.kind).toBe("gpu");
    expect(paintersWith({ trial: { ...FAST, gpuPerSecond: 40 } }).inUse.kind).toBe("cpu");
  });

  it("does not trust what another card or another version of the browser was measured to do", () => {
    expect(paintersWith({ trial: FAST }, "Software").inUse.kind).toBe("cpu");
    expect(paintersWith({ trial: { ...FAST, userAgent: "older" } }).inUse.kind).toBe("cpu");
    expect(paintersWith({ trial: { renderer: CARD } }).inUse.kind).toBe("cpu");
  });

  it("follows the reader's wish, as far as the browser can", () => {
    expect(paintersWith({ painter: "gpu" }).inUse.kind).toBe("gpu");
    expect(paintersWith({ painter: "gpu" }, null).inUse.kind).toBe("cpu");
    expect(paintersWith({ painter: "cpu", trial: FAST }).inUse.kind).toBe("cpu");
  });
});
