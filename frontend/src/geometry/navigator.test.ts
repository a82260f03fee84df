import { describe, expect, it } from "vitest";
import { effectiveScale, FITTED, imageToScreenMatrix, screenToImage, zoomedTo } from "./camera";
import { lookedAt, navigatorMap } from "./navigator";
import { rotateRight, UPRIGHT } from "./orientation";
import { screenPoint } from "./points";

const slide = { columns: 100_000, rows: 80_000, pixelAspect: 1 };
const screen = { width: 1000, height: 800 };
const middle = screenPoint(500, 400);

describe("navigator", () => {
  it("is away while the whole image is in view", () => {
    expect(navigatorMap(FITTED, slide, screen, 160)).toBeNull();
  });

  it("is away for an image that is not large", () => {
    const camera = zoomedTo(FITTED, { ...slide, columns: 512, rows: 512 }, screen, 20, middle);

    expect(navigatorMap(camera, { ...slide, columns: 512, rows: 512 }, screen, 160)).toBeNull();
  });

  it("shows which part is in view", () => {
    const map = navigatorMap({ ...FITTED, scale: 0.1, centre: [0.25, 0.5] }, slide, screen, 160);

    expect(map?.size).toEqual({ width: 160, height: 128 });
    expect(map?.view.x).toBeCloseTo(32);
    expect(map?.view.width).toBeCloseTo(16);
    expect(map?.view.y).toBeCloseTo(57.6);
    expect(map?.view.height).toBeCloseTo(12.8);
  });

  it.each([
    ["upright", UPRIGHT],
    ["turned", rotateRight(UPRIGHT)],
  ])("moves the view to where it is pressed, %s", (_name, orientation) => {
    const camera = { scale: 0.5, centre: [0.5, 0.5] as const, orientation };
    const map = navigatorMap(camera, slide, screen, 160);
    if (map === null) throw new Error("no map");

    const next = lookedAt(camera, slide, screen, map, screenPoint(40, 30));
    const moved = navigatorMap(next, slide, screen, 160);

    expect((moved?.view.x ?? 0) + (moved?.view.width ?? 0) / 2).toBeCloseTo(40);
    expect((moved?.view.y ?? 0) + (moved?.view.height ?? 0) / 2).toBeCloseTo(30);
    expect(effectiveScale(next, slide, screen)).toBe(0.5);
  });

  it("lets a slide be made so small that it fits", () => {
    const camera = zoomedTo({ ...FITTED, scale: 1 }, slide, screen, 0.001, middle);

    const corner = screenToImage(imageToScreenMatrix(camera, slide, screen), screenPoint(0, 0));

    expect(camera.scale).toBe(0.005);
    expect(corner.x).toBeLessThan(0);
  });
});
