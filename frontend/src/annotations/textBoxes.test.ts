import { describe, expect, it } from "vitest";
import { placeBox, sharedArea } from "./textBoxes";

const SCREEN = { width: 400, height: 300 };
const SIZE = { width: 80, height: 40 };
const MARK = { x: 100, y: 100, width: 60, height: 60 };

describe("words beside a mark", () => {
  it("lie to the right where there is room", () => {
    expect(placeBox(MARK, SIZE, SCREEN, 10, [])).toEqual({ x: 170, y: 110, ...SIZE });
  });

  it("go to the other side at the edge of the screen", () => {
    const mark = { ...MARK, x: 330 };

    expect(placeBox(mark, SIZE, SCREEN, 10, []).x).toBe(240);
  });

  it("keep off other marks and words", () => {
    const taken = [
      { x: 165, y: 0, width: 235, height: 300 },
      { x: 0, y: 0, width: 95, height: 300 },
    ];

    const box = placeBox(MARK, SIZE, SCREEN, 10, taken);

    for (const other of [MARK, ...taken]) {
      expect(sharedArea(box, other)).toBeLessThanOrEqual(other === MARK ? 0 : SIZE.width * 10 * 2);
    }
    expect(box.y >= 170 || box.y + box.height <= 90).toBe(true);
  });

  it("stay on the screen where nothing fits around the mark", () => {
    const box = placeBox({ x: 0, y: 0, ...SCREEN }, SIZE, SCREEN, 10, []);

    expect(box.x + box.width).toBeLessThanOrEqual(SCREEN.width);
    expect(box.y).toBeGreaterThanOrEqual(0);
  });
});
