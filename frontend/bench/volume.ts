/** A volume with one bright cube, seen from all sides: where the cube lies on the screen. */
import { volumePresets } from "../src/dicom/volumePresets";
import { dot, type Vector } from "../src/geometry/planes";
import { STANCES } from "../src/geometry/turning";
import { VolumeCaster, WHOLE_BOX } from "../src/render/volumeCaster";

const [COLUMNS, ROWS, SLICES] = [20, 30, 40];
const SPACING_MM = 2;
/** To the left, to the back and to the head of the middle. */
const BRIGHT: Vector = [14, 22, 33];
const SIDE = 200;
const ONE_AS_HALF_FLOAT = 0x3c00;

export interface Spot {
  readonly name: string;
  readonly found: readonly [number, number] | null;
  readonly expected: readonly [number, number];
}

/** The middle of what is bright from each side, in mm from the middle of the picture, and where it should be. */
export function spots(clipsItAway = false): Spot[] {
  const halves = new Uint16Array(COLUMNS * ROWS * SLICES);
  halves[(BRIGHT[2] * ROWS + BRIGHT[1]) * COLUMNS + BRIGHT[0]] = ONE_AS_HALF_FLOAT;
  const caster = new VolumeCaster({
    columns: COLUMNS,
    rows: ROWS,
    slices: SLICES,
    spacingMm: SPACING_MM,
    position: [0, 0, 0],
    lowest: 0,
    highest: 100,
    halves,
  });
  const window = { windowCenter: 50, windowWidth: 100, voiFunction: "LINEAR_EXACT" } as const;
  const [maximum] = volumePresets("MR", window);
  if (!maximum) throw new Error("no preset");
  caster.setPreset(maximum);
  const clip = clipsItAway ? { low: [0, 0, 0] as const, high: [1, 1, 0.7] as const } : WHOLE_BOX;
  const offset: Vector = [
    (BRIGHT[0] + 0.5 - COLUMNS / 2) * SPACING_MM,
    (BRIGHT[1] + 0.5 - ROWS / 2) * SPACING_MM,
    (BRIGHT[2] + 0.5 - SLICES / 2) * SPACING_MM,
  ];
  const found = Object.entries(STANCES).map(([name, stance]): Spot => {
    const view = { stance, clip, isMaximum: true, mmPerPixel: 0.5, centre: [SIDE / 2, SIDE / 2] as const };
    caster.draw(view, { width: SIDE, height: SIDE, from: 0, rows: SIDE }, 0.5);
    return {
      name,
      found: middleOfLight(caster),
      expected: [dot(offset, stance.right), dot(offset, stance.down)],
    };
  });
  caster.dispose();
  return found;
}

function middleOfLight({ canvas }: VolumeCaster): readonly [number, number] | null {
  const flat = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
  if (flat === null) throw new Error("no canvas");
  flat.drawImage(canvas, 0, 0, SIDE, SIDE, 0, 0, SIDE, SIDE);
  const { data } = flat.getImageData(0, 0, SIDE, SIDE);
  let [weight, across, down] = [0, 0, 0];
  for (let at = 0; at < SIDE * SIDE; at += 1) {
    const grey = data[at * 4] ?? 0;
    weight += grey;
    across += grey * ((at % SIDE) + 0.5 - SIDE / 2);
    down += grey * (Math.floor(at / SIDE) + 0.5 - SIDE / 2);
  }
  return weight === 0 ? null : [(across / weight) * 0.5, (down / weight) * 0.5];
}
