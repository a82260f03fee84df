import { describe, expect, it } from "vitest";
import { ByteLru } from "./byteLru";

describe("ByteLru", () => {
  it("forgets the value that was read longest ago when the budget is passed", () => {
    const evicted: string[] = [];
    const cache = new ByteLru<{ bytes: number; name: string }>(100, (value) => evicted.push(value.name));
    cache.set("a", { bytes: 40, name: "a" });
    cache.set("b", { bytes: 40, name: "b" });
    cache.get("a");

    cache.set("c", { bytes: 40, name: "c" });

    expect(evicted).toEqual(["b"]);
    expect(cache.usedBytes).toBe(80);
  });

  it("keeps a single value larger than the budget", () => {
    const cache = new ByteLru<{ bytes: number }>(10);

    cache.set("big", { bytes: 50 });

    expect(cache.has("big")).toBe(true);
  });

  it("counts a replaced value once", () => {
    const cache = new ByteLru<{ bytes: number }>(100);
    cache.set("a", { bytes: 30 });

    cache.set("a", { bytes: 50 });

    expect(cache.usedBytes).toBe(50);
    expect(cache.size).toBe(1);
  });

  it("does not count peeking as use", () => {
    const cache = new ByteLru<{ bytes: number }>(100);
    cache.set("a", { bytes: 50 });
    cache.set("b", { bytes: 50 });
    cache.peek("a");

    cache.set("c", { bytes: 50 });

    expect(cache.has("a")).toBe(false);
    expect(cache.has("b")).toBe(true);
  });
});
