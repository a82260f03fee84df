import { describe, expect, it } from "vitest";
import {
  drawingsUnder,
  keyTitle,
  lookOf,
  type PresentationLook,
  type PresentationState,
} from "./presentation";
import { sampleImage } from "./sampleImage";

const wholeArea = {
  left: 0,
  top: 0,
  right: 512,
  bottom: 512,
  mode: "SCALE TO FIT",
  magnification: null,
} as const;

function look(frameNumbers: readonly number[], rotationDegrees: number): PresentationLook {
  return {
    images: [
      {
        sopInstanceUid: "1.2.3",
        frameNumbers,
        tableUrl: "/viewer/presentations/9/1.2.3.bin",
        marksUrl: null,
      },
    ],
    voi: null,
    isInverse: false,
    shutterGrey: 0,
    rotationDegrees,
    isMirrored: false,
    displayedArea: wholeArea,
    drawings: [],
  };
}

const state: PresentationState = {
  sopInstanceUid: "9",
  label: "NOTES",
  description: "",
  created: null,
  problem: "",
  isOurs: false,
  looks: [look([2, 5], 90), look([], 0)],
};

describe("presentation state", () => {
  it("prefers what it says of a frame to what it says of the whole image", () => {
    const turns = [1, 2, 5].map(
      (frameNumber) => lookOf(state, sampleImage({ frameNumber }))?.look.rotationDegrees,
    );

    expect(turns).toEqual([0, 90, 90]);
  });

  it("names the table of the very frame", () => {
    expect(lookOf(state, sampleImage({ frameNumber: 5 }))?.tableUrl).toBe(
      "/viewer/presentations/9/1.2.3.bin?frame=5",
    );
  });

  it("draws nothing twice: what it was made of may be on the image already", () => {
    const drawing = { layer: "ANNOTATIONS", colour: "", graphics: [], texts: [] };
    const presented = { look: { ...look([], 0), drawings: [drawing] }, tableUrl: "", marksUrl: null };
    const ours = { ...state, isOurs: true };

    expect(drawingsUnder(ours, presented, true)).toEqual([]);
    expect(drawingsUnder(ours, presented, false)).toEqual([drawing]);
    expect(drawingsUnder(state, presented, true)).toEqual([drawing]);
  });

  it("says nothing of other images", () => {
    expect(lookOf(state, sampleImage({ sopInstanceUid: "1.2.4" }))).toBeNull();
  });
});

describe("key images", () => {
  const selection = (title: string, frameNumbers: readonly number[]) => ({
    sopInstanceUid: title,
    title,
    description: "",
    created: null,
    problem: "",
    images: [{ sopInstanceUid: "1.2.3", frameNumbers }],
  });

  it("are called by every title once", () => {
    const presentations = {
      states: [],
      regions: [],
      keyObjects: [
        selection("Of Interest", []),
        selection("For Surgery", [2]),
        selection("Of Interest", [2]),
      ],
    };

    expect(keyTitle(presentations, sampleImage({ frameNumber: 2 }))).toBe("Of Interest, For Surgery");
    expect(keyTitle(presentations, sampleImage({ frameNumber: 1 }))).toBe("Of Interest");
  });
});
