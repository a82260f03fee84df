import { describe, expect, it } from "vitest";
import golden from "../../../tests/golden/geometry.json";
import { directionLabel } from "../dicom/orientationLabels";
import { cross, scaled, type Vector } from "./planes";
import { cubeFaces, STANCES, type Stance, turned } from "./turning";

const QUARTER = Math.PI / 2;

/** What a reader sees at the sides and in front. */
function seen({ right, down, forward }: Stance) {
  const [left, up, front] = [right, down, forward].map((vector) => scaled(vector, -1)) as [
    Vector,
    Vector,
    Vector,
  ];
  const letters = [left, right, up, down, front].map((vector) => directionLabel(rounded(vector)));
  return letters.join("");
}

function rounded([x, y, z]: Vector): Vector {
  return [Math.round(x) + 0, Math.round(y) + 0, Math.round(z) + 0];
}

describe("where a viewer stands", () => {
  it.each([
    ["anterior", "RLHFA"],
    ["posterior", "LRHFP"],
    ["left", "APHFL"],
    ["right", "PAHFR"],
    ["head", "RLPAH"],
    ["feet", "RLAPF"],
  ] as const)("%s: left, right, up, down and front are %s", (name, letters) => {
    expect(seen(STANCES[name])).toBe(letters);
  });

  it("is never a mirror image", () => {
    for (const { right, down, forward } of Object.values(STANCES)) {
      expect(rounded(cross(right, down))).toEqual(rounded(forward));
    }
  });

  it("drags the front to the right and brings the patient's right side before the viewer", () => {
    expect(seen(turned(STANCES.anterior, QUARTER, 0))).toBe(seen(STANCES.right));
    expect(seen(turned(STANCES.anterior, -QUARTER, 0))).toBe(seen(STANCES.left));
  });

  it("drags the front down and brings the head before the viewer", () => {
    expect(seen(turned(STANCES.anterior, 0, QUARTER))).toBe(seen(STANCES.head));
  });

  it("comes back after a whole turn of small steps", () => {
    let stance: Stance = STANCES.left;
    for (let step = 0; step < 360; step += 1) stance = turned(stance, Math.PI / 180, 0);

    expect(seen(stance)).toBe(seen(STANCES.left));
  });
});

describe("the cube", () => {
  it("shows one face from straight before it, with the letter that the standard gives its direction", () => {
    for (const [name, letter] of [
      ["anterior", "A"],
      ["left", "L"],
      ["feet", "F"],
    ] as const) {
      const faces = cubeFaces(STANCES[name]);

      expect(faces.map(({ direction }) => directionLabel(direction))).toEqual([letter]);
    }
  });

  it("has every face that it shows on the side where the golden letters have it", () => {
    const known = new Map(golden.orientation_letters.map(({ direction, letters }) => [letters, direction]));
    const stance = turned(STANCES.anterior, 0.6, 0.4);

    for (const { direction, middle } of cubeFaces(stance)) {
      const [x = 0, y = 0, z = 0] = known.get(directionLabel(direction)) ?? [];
      const across = x * stance.right[0] + y * stance.right[1] + z * stance.right[2];
      const down = x * stance.down[0] + y * stance.down[1] + z * stance.down[2];
      expect(middle[0]).toBeCloseTo(across);
      expect(middle[1]).toBeCloseTo(down);
    }
    expect(
      cubeFaces(stance)
        .map(({ direction }) => directionLabel(direction))
        .sort(),
    ).toEqual(["A", "H", "R"]);
  });
});
