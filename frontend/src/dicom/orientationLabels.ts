import { type Orientation, screenToImageDirection } from "../geometry/orientation";
import type { StudyImage } from "./types";

/** Which side of the patient lies at each edge of the viewport; "" where the file does not say. */
export interface EdgeLabels {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

const OPPOSITE: Readonly<Record<string, string>> = { L: "R", R: "L", A: "P", P: "A", H: "F", F: "H" };

/** Directions within 15 degrees of a plane do not name the axis across it. */
const NAMED_FROM = Math.sin((15 * Math.PI) / 180);

/** Name a direction in patient coordinates by its axes, the strongest first (PS3.3 C.7.6.1.1.1). */
export function directionLabel(direction: readonly [number, number, number]): string {
  const [x, y, z] = direction;
  return [
    { size: Math.abs(x), label: x > 0 ? "L" : "R" },
    { size: Math.abs(y), label: y > 0 ? "P" : "A" },
    { size: Math.abs(z), label: z > 0 ? "H" : "F" },
  ]
    .filter((axis) => axis.size >= NAMED_FROM)
    .sort((one, other) => other.size - one.size)
    .map((axis) => axis.label)
    .join("");
}

/** The other end of a direction; "" for letters without a defined opposite. */
export function oppositeLabel(label: string): string {
  const letters = [...label].map((letter) => OPPOSITE[letter] ?? "");
  return letters.includes("") ? "" : letters.join("");
}

/** The labels at the edges of a viewport that shows the image in an orientation. */
export function edgeLabels(image: StudyImage, orientation: Orientation): EdgeLabels {
  const axes = imageAxes(image);
  if (axes === null) return { left: "", right: "", top: "", bottom: "" };
  const along = (direction: readonly [number, number]): string => {
    const [column, row] = screenToImageDirection(orientation, direction);
    const label = column !== 0 ? axes[0] : axes[1];
    return column + row > 0 ? label : oppositeLabel(label);
  };
  return { left: along([-1, 0]), right: along([1, 0]), top: along([0, -1]), bottom: along([0, 1]) };
}

/** Labels of the directions in which columns and rows increase. */
function imageAxes(image: StudyImage): readonly [string, string] | null {
  const cosines = image.imageOrientationPatient;
  if (cosines !== null && cosines.length === 6) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = cosines;
    return [directionLabel([a, b, c]), directionLabel([d, e, f])];
  }
  return image.patientOrientation;
}
