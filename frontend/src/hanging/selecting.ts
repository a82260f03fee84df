import type { Series, StudyImage } from "../dicom/types";
import { planeOf } from "../geometry/planes";
import { wordsOf } from "../viewport/likeness";
import type { Stack } from "../viewport/stack";
import type { SeriesSelector } from "./protocol";

/** What hangs in a viewport: a stack at an image. */
export interface Picture {
  readonly stack: Stack;
  readonly imageIndex: number;
}

const PROJECTIONS: ReadonlySet<string> = new Set(["CR", "DX", "MG"]);

/** What there is to hang of a study: each image of projections by itself, every other series as a whole. */
export function picturesOf(stacks: readonly Stack[]): readonly Picture[] {
  return stacks.flatMap((stack) => {
    const { series } = stack;
    if (!PROJECTIONS.has(series.modality)) return [{ stack, imageIndex: 0 }];
    return series.images.map((_image, imageIndex) => ({ stack, imageIndex }));
  });
}

/**
 * The picture that a selector asks for among those that hang nowhere yet; null where none fits.
 *
 * Of those that fit equally well the order of the study decides, and the selector's position counts among them.
 */
export function selectPicture(
  selector: SeriesSelector,
  pictures: readonly Picture[],
  used: ReadonlySet<Picture>,
): Picture | null {
  const fitting = pictures.filter((picture) => fits(selector, picture));
  const score = ({ stack }: Picture) => {
    const words = wordsOf(stack.series.seriesDescription);
    return selector.words.filter((word) => words.has(word)).length;
  };
  const best = Math.max(0, ...fitting.map(score));
  const equal = fitting.filter((picture) => score(picture) === best);
  const asked = equal[selector.position - 1] ?? equal.at(-1) ?? null;
  if (asked !== null && !used.has(asked)) return asked;
  return equal.find((picture) => !used.has(picture)) ?? null;
}

function fits(selector: SeriesSelector, { stack, imageIndex }: Picture): boolean {
  const { series } = stack;
  const image = series.images[imageIndex];
  if (!image) return false;
  if (selector.modality && series.modality !== selector.modality) return false;
  if (selector.plane && planeName(image) !== selector.plane) return false;
  if (selector.laterality && lateralityOf(series, image) !== selector.laterality) return false;
  return selector.viewPositions.length === 0 || selector.viewPositions.includes(image.viewPosition);
}

/** The side of an image; where it names none, that of its series. */
export function lateralityOf(series: Series, image: StudyImage): string {
  return image.laterality || series.laterality;
}

/** How an image is cut: the main plane that its normal is nearest to, or "". */
export function planeName(image: StudyImage): string {
  const plane = planeOf(image);
  if (plane === null) return "";
  const [x, y, z] = plane.normal.map(Math.abs) as [number, number, number];
  if (z >= x && z >= y) return "axial";
  return y >= x ? "coronal" : "sagittal";
}
