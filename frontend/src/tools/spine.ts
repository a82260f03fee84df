import type { Annotation } from "../annotations/store";
import { edgeLabels } from "../dicom/orientationLabels";
import type { StudyImage } from "../dicom/types";
import { UPRIGHT } from "../geometry/orientation";
import type { ImagePoint } from "../geometry/points";

/** From the head to the feet. */
export const SPINE_LEVELS: readonly string[] = [
  ...numbered("C", 7),
  ...numbered("T", 12),
  ...numbered("L", 5),
  "S1",
  "S2",
];

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}

/**
 * The level of a click: the neighbour of the last one, up or down as the click lies towards the head or the feet.
 *
 * @param last the label placed before on the same image; null starts with `first`.
 */
export function nextSpineLevel(
  last: Pick<Annotation, "text" | "points"> | null,
  point: ImagePoint,
  image: StudyImage,
  first: string,
): string {
  const place = SPINE_LEVELS.indexOf(last?.text ?? "");
  const [from] = last?.points ?? [];
  if (place < 0 || !from) return first;
  const [x, y] = towardsFeet(image);
  const isDown = (point.x - from.x) * x + (point.y - from.y) * y >= 0;
  return SPINE_LEVELS[place + (isDown ? 1 : -1)] ?? (last?.text as string);
}

/** Where the feet are in the image; down where the image does not say. */
function towardsFeet(image: StudyImage): readonly [number, number] {
  const labels = edgeLabels(image, UPRIGHT);
  if (labels.top.startsWith("F")) return [0, -1];
  if (labels.left.startsWith("F")) return [-1, 0];
  if (labels.right.startsWith("F")) return [1, 0];
  return [0, 1];
}
