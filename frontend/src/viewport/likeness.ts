import type { Series } from "../dicom/types";
import { areParallel, planeOf } from "../geometry/planes";

/** The series of another study that shows most like a series what it shows; null where there is none. */
export function mostAlike(series: Series, candidates: readonly Series[]): Series | null {
  let best: Series | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const score = likeness(series, candidate);
    if (score <= most) continue;
    most = score;
    best = candidate;
  }
  return best;
}

/** How alike two series are: modality first, then the cut, side and words, then the number of images. */
export function likeness(one: Series, other: Series): number {
  const ratio =
    Math.min(one.images.length, other.images.length) / Math.max(1, one.images.length, other.images.length);
  return (
    (one.modality === other.modality ? 4 : 0) +
    (isSameCut(one, other) ? 2 : 0) +
    (one.laterality === other.laterality ? 1 : 0) +
    (one.bodyPartExamined === other.bodyPartExamined ? 0.5 : 0) +
    2 * sharedWords(one.seriesDescription, other.seriesDescription) +
    ratio
  );
}

/** What part of the words of two descriptions they have in common. */
function sharedWords(one: string, other: string): number {
  const [mine, theirs] = [wordsOf(one), wordsOf(other)];
  const shared = [...mine].filter((word) => theirs.has(word)).length;
  const all = new Set([...mine, ...theirs]).size;
  return all === 0 ? 0 : shared / all;
}

export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

function isSameCut(one: Series, other: Series): boolean {
  const [mine, theirs] = [one.images[0], other.images[0]];
  const plane = mine ? planeOf(mine) : null;
  const against = theirs ? planeOf(theirs) : null;
  if (!plane || !against) return plane === against && mine?.viewPosition === theirs?.viewPosition;
  return areParallel(plane, against);
}
