import { describe, expect, it } from "vitest";
import {
  FITTED,
  fitScale,
  imageToScreen,
  imageToScreenMatrix,
  pannedBy,
  screenToImage,
  zoomedTo,
} from "./camera";
import { flipHorizontally, flipVertically, rotateLeft, rotateRight, UPRIGHT } from "./orientation";
import { imagePoint, screenPoint } from "./points";

const frame = { columns: 512, rows: 256, pixelAspect: 1 };
const screen = { width: 1024, height: 1024 };

describe("camera", () => {
  it("fits the frame by its longer side", () => {
    expect(fitScale(frame, UPRIGHT, screen)).toBe(2);
  });

  it("fits a turned frame by the side that lies across", () => {
    expect(fitScale(frame, rotateRight(UPRIGHT), { width: 256, height: 2048 })).toBe(1);
  });

  it("draws tall pixels taller", () => {
    const matrix = imageToScreenMatrix(FITTED, { ...frame, pixelAspect: 2 }, screen);

    const corner = imageToScreen(matrix, imagePoint(512, 256));

    expect(corner.x).toBe(1024);
    expect(corner.y).toBe(1024);
  });

  it.each([
    ["upright", UPRIGHT],
    ["turned right", rotateRight(UPRIGHT)],
    ["turned left and mirrored", flipHorizontally(rotateLeft(UPRIGHT))],
    ["upside down", flipVertically(UPRIGHT)],
  ])("leads from the screen back to the same image point when %s", (_name, orientation) => {
    const matrix = imageToScreenMatrix(
      { scale: 1.7, centre: [0.3, 0.6], orientation },
      { ...frame, pixelAspect: 1.25 },
      screen,
    );

    const back = screenToImage(matrix, imageToScreen(matrix, imagePoint(100.25, 33.5)));

    expect(back.x).toBeCloseTo(100.25, 9);
    expect(back.y).toBeCloseTo(33.5, 9);
  });

  it("turns the top left corner of the image to the top right of the screen when rotated right", () => {
    const camera = { ...FITTED, orientation: rotateRight(UPRIGHT) };
    const square = { columns: 100, rows: 100, pixelAspect: 1 };

    const corner = imageToScreen(
      imageToScreenMatrix(camera, square, { width: 100, height: 100 }),
      imagePoint(0, 0),
    );

    expect(corner).toMatchObject({ x: 100, y: 0 });
  });

  it("keeps the point under the cursor while zooming", () => {
    const anchor = screenPoint(200, 700);
    const before = screenToImage(imageToScreenMatrix(FITTED, frame, screen), anchor);

    const zoomed = zoomedTo(FITTED, frame, screen, 3.3, anchor);

    const under = screenToImage(imageToScreenMatrix(zoomed, frame, screen), anchor);
    expect(under.x).toBeCloseTo(before.x, 6);
    expect(under.y).toBeCloseTo(before.y, 6);
  });

  it("pans by the distance the pointer moved, also when mirrored", () => {
    const camera = { scale: 2.5, centre: [0.5, 0.5] as const, orientation: flipHorizontally(UPRIGHT) };
    const point = imagePoint(10, 20);
    const before = imageToScreen(imageToScreenMatrix(camera, frame, screen), point);

    const moved = pannedBy(camera, frame, screen, { x: 30, y: -12 });

    const after = imageToScreen(imageToScreenMatrix(moved, frame, screen), point);
    expect(after.x - before.x).toBeCloseTo(30, 6);
    expect(after.y - before.y).toBeCloseTo(-12, 6);
  });

  it("places pixels on whole device pixels at 1 : 1", () => {
    const camera = { scale: 1, centre: [0.5, 0.5] as const, orientation: UPRIGHT };

    const matrix = imageToScreenMatrix(camera, { columns: 511, rows: 33, pixelAspect: 1 }, screen);

    expect(Number.isInteger(matrix.e)).toBe(true);
    expect(Number.isInteger(matrix.f)).toBe(true);
  });
});
