import { expect, it } from "vitest";
import { keepMmPerDevicePixel, mmPerDevicePixel, monitorName } from "./monitor";

function memory(kept: Record<string, string> = {}): Storage {
  return {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => {
      kept[key] = value;
    },
  } as unknown as Storage;
}

it("keeps the pixel of each monitor by itself", () => {
  const storage = memory();
  keepMmPerDevicePixel(storage, "1366x768+0+0", 0.25);
  keepMmPerDevicePixel(storage, "2560x1440+1366+0", 0.2331);

  expect(mmPerDevicePixel(storage, "1366x768+0+0")).toBe(0.25);
  expect(mmPerDevicePixel(storage, "2560x1440+1366+0")).toBe(0.2331);
  expect(mmPerDevicePixel(storage, "800x600+0+0")).toBeNull();
});

it("does without what it cannot read", () => {
  const broken = memory({ "reading-room-mm-per-device-pixel": "{" });

  expect(mmPerDevicePixel(broken, "1366x768+0+0")).toBeNull();
});

it("tells two monitors of one size by their places", () => {
  const screen = { width: 1200, height: 1600 } as Screen;

  expect(monitorName({ ...screen, availLeft: 1200 } as unknown as Screen)).not.toBe(monitorName(screen));
});
