import { describe, expect, it } from "vitest";
import type { PresentationLook } from "../dicom/presentation";
import { imageToScreen, imageToScreenMatrix } from "./camera";
import { imagePoint } from "./points";
import { presentedCamera } from "./presented";

const frame = { columns: 100, rows: 50, pixelAspect: 1 };
const screen = { width: 400, height: 400 };

function look(changes: Partial<PresentationLook> = {}): PresentationLook {
  return {
    images: [],
    voi: null,
    isInverse: false,
    shutterGrey: 0,
    rotationDegrees: 0,
    isMirrored: false,
    displayedArea: { left: 0, top: 0, right: 100, bottom: 50, mode: "SCALE TO FIT", magnification: null },
    drawings: [],
    ...changes,
  };
}

function shownAt(changes: Partial<PresentationLook>, x: number, y: number): [number, number] {
  const camera = presentedCamera(look(changes), frame, screen);
  const point = imageToScreen(imageToScreenMatrix(camera, frame, screen), imagePoint(x, y));
  return [Math.round(point.x), Math.round(point.y)];
}

describe("what a presentation state shows", () => {
  it("fits the whole image and goes on fitting", () => {
    expect(presentedCamera(look(), frame, screen).scale).toBeNull();
  });

  it("fits a part: its corners touch the edges of the screen", () => {
    const part = {
      left: 20,
      top: 10,
      right: 60,
      bottom: 50,
      mode: "SCALE TO FIT",
      magnification: null,
    } as const;

    expect(shownAt({ displayedArea: part }, 20, 10)).toEqual([0, 0]);
    expect(shownAt({ displayedArea: part }, 60, 50)).toEqual([400, 400]);
  });

  it("magnifies as told, about the middle of the part", () => {
    const part = { left: 20, top: 10, right: 60, bottom: 30, mode: "MAGNIFY", magnification: 3 } as const;

    expect(shownAt({ displayedArea: part }, 40, 20)).toEqual([200, 200]);
    expect(shownAt({ displayedArea: part }, 50, 20)).toEqual([230, 200]);
  });

  it("turns clockwise first and mirrors afterwards", () => {
    const turned = shownAt({ rotationDegrees: 90 }, 0, 0);
    const both = shownAt({ rotationDegrees: 90, isMirrored: true }, 0, 0);

    expect(turned).toEqual([300, 0]);
    expect(both).toEqual([100, 0]);
  });
});
