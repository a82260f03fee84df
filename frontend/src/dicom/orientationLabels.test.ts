import { describe, expect, it } from "vitest";
import {
  flipHorizontally,
  flipVertically,
  type Orientation,
  rotateLeft,
  rotateRight,
  UPRIGHT,
} from "../geometry/orientation";
import { directionLabel, edgeLabels, oppositeLabel } from "./orientationLabels";
import { sampleImage } from "./sampleImage";

const axial = sampleImage();

describe("orientation labels", () => {
  it("shows the patient's right at the left edge of an axial image", () => {
    expect(edgeLabels(axial, UPRIGHT)).toEqual({ left: "R", right: "L", top: "A", bottom: "P" });
  });

  it.each([
    ["rotated right", rotateRight(UPRIGHT), { left: "P", right: "A", top: "R", bottom: "L" }],
    ["rotated left", rotateLeft(UPRIGHT), { left: "A", right: "P", top: "L", bottom: "R" }],
    ["mirrored", flipHorizontally(UPRIGHT), { left: "L", right: "R", top: "A", bottom: "P" }],
    ["upside down", flipVertically(UPRIGHT), { left: "R", right: "L", top: "P", bottom: "A" }],
    [
      "rotated right, then mirrored",
      flipHorizontally(rotateRight(UPRIGHT)),
      { left: "A", right: "P", top: "R", bottom: "L" },
    ],
    ["turned round", rotateRight(rotateRight(UPRIGHT)), { left: "L", right: "R", top: "P", bottom: "A" }],
  ])("follows an image that is %s", (_name, orientation, labels) => {
    expect(edgeLabels(axial, orientation)).toEqual(labels);
  });

  it("names both axes of an oblique direction, the stronger first", () => {
    expect(directionLabel([0.2, 0.5, 0.84])).toBe("HP");
    expect(directionLabel([-0.9, 0.43, 0])).toBe("RP");
  });

  it("uses Patient Orientation when there is no plane, and its opposite letters", () => {
    const chest = sampleImage({ imageOrientationPatient: null, patientOrientation: ["L", "F"] });

    expect(edgeLabels(chest, UPRIGHT)).toEqual({ left: "R", right: "L", top: "H", bottom: "F" });
  });

  it("says nothing when the file says nothing", () => {
    const unknown = sampleImage({ imageOrientationPatient: null });

    expect(edgeLabels(unknown, UPRIGHT)).toEqual({ left: "", right: "", top: "", bottom: "" });
  });

  it("knows no opposite for a letter outside the six", () => {
    expect(oppositeLabel("LX")).toBe("");
    expect(oppositeLabel("LPH")).toBe("RAF");
  });
});

type Edges = Readonly<Record<"left" | "right" | "top" | "bottom", string>>;

const WAYS: readonly [string, (o: Orientation) => Orientation, (e: Edges) => Edges][] = [
  ["as it is", (o) => o, (e) => e],
  ["turned right", rotateRight, right],
  ["turned round", (o) => rotateRight(rotateRight(o)), (e) => right(right(e))],
  ["turned left", rotateLeft, (e) => right(right(right(e)))],
  ["mirrored", flipHorizontally, mirrored],
  ["mirrored, then turned right", (o) => rotateRight(flipHorizontally(o)), (e) => right(mirrored(e))],
  [
    "mirrored, then turned round",
    (o) => rotateRight(rotateRight(flipHorizontally(o))),
    (e) => right(right(mirrored(e))),
  ],
  [
    "mirrored, then turned left",
    (o) => rotateLeft(flipHorizontally(o)),
    (e) => right(right(right(mirrored(e)))),
  ],
];

/** What stood at the left stands at the top. */
function right({ left, right, top, bottom }: Edges): Edges {
  return { top: left, right: top, bottom: right, left: bottom };
}

function mirrored({ left, right, top, bottom }: Edges): Edges {
  return { left: right, right: left, top, bottom };
}

describe.each([
  ["axial, supine, seen from the feet", [1, 0, 0, 0, 1, 0], "RLAP"],
  ["axial, prone", [-1, 0, 0, 0, -1, 0], "LRPA"],
  ["axial, on the right side", [0, -1, 0, 1, 0, 0], "PARL"],
  ["axial, on the left side", [0, 1, 0, -1, 0, 0], "APLR"],
  ["axial, seen from the head", [-1, 0, 0, 0, 1, 0], "LRAP"],
  ["coronal, from the front", [1, 0, 0, 0, 0, -1], "RLHF"],
  ["coronal, from the back", [-1, 0, 0, 0, 0, -1], "LRHF"],
  ["coronal, feet on top", [1, 0, 0, 0, 0, 1], "RLFH"],
  ["sagittal, from the left", [0, 1, 0, 0, 0, -1], "APHF"],
  ["sagittal, from the right", [0, -1, 0, 0, 0, -1], "PAHF"],
  ["sagittal, lying", [0, 0, 1, 0, 1, 0], "FHAP"],
  ["tilted about the left-right axis", [1, 0, 0, 0, 0.8, -0.6], "RL AH PF"],
  ["turned about the long axis", [0.8, 0.6, 0, 0, 0, -1], "RA LP H F"],
])("letters of an image %s", (_name, imageOrientationPatient, letters) => {
  const [left = "", right = "", top = "", bottom = ""] = lettersOf(letters);
  const upright = { left, right, top, bottom };

  it.each(WAYS)("%s", (_way, turn, moved) => {
    expect(edgeLabels(sampleImage({ imageOrientationPatient }), turn(UPRIGHT))).toEqual(moved(upright));
  });
});

/** Letters at the left, right, top and bottom; words where an edge has two of them. */
function lettersOf(text: string): string[] {
  const words = text.split(" ");
  if (words.length === 4) return words;
  if (words.length === 3) return [...(words[0] ?? ""), ...words.slice(1)];
  return [...text];
}
