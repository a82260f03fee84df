import { describe, expect, it } from "vitest";
import { graphicOutline } from "./drawings";

describe("outlines of graphics", () => {
  it("keeps a circle at its radius", () => {
    const outline = graphicOutline({
      kind: "CIRCLE",
      points: [
        [10, 10],
        [13, 14],
      ],
      isFilled: false,
    });

    for (const [x, y] of outline) expect(Math.hypot(x - 10, y - 10)).toBeCloseTo(5);
  });

  it("draws an ellipse through the ends of both axes", () => {
    const ends = [
      [0, 5],
      [20, 5],
      [10, 2],
      [10, 8],
    ] as const;
    const outline = graphicOutline({ kind: "ELLIPSE", points: ends, isFilled: false });

    for (const [x, y] of ends) {
      const nearest = Math.min(...outline.map((point) => Math.hypot(point[0] - x, point[1] - y)));
      expect(nearest).toBeLessThan(0.01);
    }
  });

  it.each([false, true])("leads a curve through its points, closed: %s", (isClosed) => {
    const open = [
      [0, 0],
      [10, 5],
      [20, 0],
      [10, -8],
    ] as const;
    const points = isClosed ? [...open, open[0]] : open;
    const outline = graphicOutline({ kind: "INTERPOLATED", points, isFilled: false });

    for (const [x, y] of points) expect(outline).toContainEqual([x, y]);
    expect(outline.length).toBeGreaterThan(points.length * 10);
  });
});
