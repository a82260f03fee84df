import { obliqueImages, type Planes } from "../api/volume";
import { t } from "../core/i18n";
import { formatNumber } from "../core/numbers";
import type { StudyImage } from "../dicom/types";
import { viewAround } from "../geometry/crosshair";
import { spanOf, stackThrough } from "../geometry/planeStacks";
import { planeOf, scaled, sum } from "../geometry/planes";
import { boxOf } from "./planePlaces";

const VIEWS = 36;
/** The longest side of a view has so many pixels: each view costs a server core a part of a second. */
const PIXELS = 320;
/** Layers that the server looks at for each pixel of depth, and a little for rounding. */
const LAYERS = 1.3;

/** The maximum through a whole volume, seen from all sides in even steps, as a stack to play. */
export function rotatingViews(volume: Planes): readonly StudyImage[] {
  const coronal = volume.planes.find(({ name }) => name === "coronal")?.images[0];
  const front = coronal && planeOf(coronal);
  if (!front) return [];
  const box = boxOf(volume);
  const middle = scaled(sum(...box), 1 / box.length);
  const [left, right] = spanOf(box, front.row);
  const [before, behind] = spanOf(box, front.normal);
  const [top, bottom] = spanOf(box, front.column);
  const heightMm = Math.max(1, bottom - top);
  // From the side of a corner the volume is broadest; all views cover as much, so that it only turns.
  const widthMm = Math.max(1, Math.hypot(right - left, behind - before));
  const { mostProjectedPoints, mostPixels, mostProjectionMm } = volume.oblique;
  const depthMm = Math.min(mostProjectionMm, Math.max(widthMm, volume.mostSlabMm + 1));
  const affordable = Math.cbrt((heightMm * widthMm * depthMm * LAYERS) / mostProjectedPoints);
  const finestMm = coronal?.pixelSpacingMm?.[0] ?? 1;
  // Whole voxels, so that the blocks whose maxima are met are as large as the pixels and not larger.
  const voxels = Math.ceil(Math.max(Math.max(widthMm, heightMm) / PIXELS, affordable) / finestMm);
  const spacingMm = voxels * finestMm;
  const frame = { widthMm, heightMm, pointMm: [widthMm / 2, heightMm / 2] as const };
  return Array.from({ length: VIEWS }, (_, view) => {
    const directions = viewAround(front, (2 * Math.PI * view) / VIEWS);
    const stack = stackThrough(middle, directions, frame, [middle], { spacingMm, stepMm: 1, mostPixels });
    const degrees = Math.round((360 * view) / VIEWS);
    const label = t("Whole MIP, {degrees}°, sampled at {spacing} mm", {
      degrees,
      spacing: formatNumber(stack.spacingMm, 1),
    });
    const slab = { thicknessMm: Math.ceil(depthMm), projection: "max" } as const;
    return obliqueImages(volume.oblique, stack, label, slab).map((image) => ({
      ...image,
      sliceThicknessMm: null,
      // What is seen lies at any depth, so it cuts nothing and names no place in other pictures.
      frameOfReferenceUid: "",
    }));
  }).flat();
}
