import { clamp } from "../core/numbers";
import type { StudyImage } from "../dicom/types";
import { areParallel, dot, type ImagePlane, onPlane, planeOf, type Vector } from "./planes";
import type { PatientPoint } from "./points";

type Images = readonly StudyImage[];

/**
 * How the images of one stack correspond to those of another.
 *
 * "position": the same place of the patient in one frame of reference. "distance": both are parallel slices, and a
 * place of one is a place of the other after `offsetMm` along the first one's normal. "index": the image number plus
 * `offset`. Position and distance are in mm and so survive different slice spacings.
 */
export type Alignment =
  | { readonly kind: "position" }
  | { readonly kind: "distance"; readonly offsetMm: number }
  | { readonly kind: "index"; readonly offset: number };

/** How two stacks correspond before the reader says anything: their images begin together where nothing tells more. */
export function naturalAlignment(driver: Images, follower: Images): Alignment | null {
  const [mine] = driver;
  const [theirs] = follower;
  if (!mine || !theirs) return null;
  const plane = planeOf(mine);
  const other = planeOf(theirs);
  if (!plane || !other) return { kind: "index", offset: 0 };
  const isSame = mine.frameOfReferenceUid !== "" && mine.frameOfReferenceUid === theirs.frameOfReferenceUid;
  if (!areParallel(plane, other)) return isSame ? null : { kind: "index", offset: 0 };
  if (isSame) return { kind: "position" };
  return { kind: "distance", offsetMm: beginning(follower, plane.normal, driver) };
}

/** The correspondence that the reader shows: what is on the screen now belongs together. */
export function alignmentHere(
  driver: Images,
  driverIndex: number,
  follower: Images,
  followerIndex: number,
): Alignment | null {
  const mine = driver[driverIndex];
  const theirs = follower[followerIndex];
  if (!mine || !theirs) return null;
  const plane = planeOf(mine);
  const other = planeOf(theirs);
  if (!plane || !other || !areParallel(plane, other)) {
    return { kind: "index", offset: followerIndex - driverIndex };
  }
  return { kind: "distance", offsetMm: along(other, plane.normal) - along(plane, plane.normal) };
}

/** The same correspondence seen from the other stack. */
export function reversed(alignment: Alignment, driver: Images, follower: Images): Alignment {
  if (alignment.kind === "index") return { kind: "index", offset: -alignment.offset };
  if (alignment.kind === "position") return alignment;
  const mine = driver[0] ? planeOf(driver[0]) : null;
  const theirs = follower[0] ? planeOf(follower[0]) : null;
  const sameSide = !mine || !theirs || dot(mine.normal, theirs.normal) >= 0;
  return { kind: "distance", offsetMm: sameSide ? -alignment.offsetMm : alignment.offsetMm };
}

/** Which image of the follower belongs to an image of the driver; null where the driver is outside of it. */
export function followedIndex(
  alignment: Alignment,
  driver: Images,
  driverIndex: number,
  follower: Images,
): number | null {
  const mine = driver[driverIndex];
  if (!mine || follower.length === 0) return null;
  if (alignment.kind === "index") return clamp(driverIndex + alignment.offset, 0, follower.length - 1);
  const plane = planeOf(mine);
  if (!plane) return null;
  const offset = alignment.kind === "distance" ? alignment.offsetMm : 0;
  return nearestAlong(follower, plane.normal, along(plane, plane.normal) + offset);
}

/** The image of a stack whose plane lies nearest to a point of the patient; null where none has a plane. */
export function nearestToPoint(images: Images, point: PatientPoint): number | null {
  return nearestBy(images, (image) => {
    const found = onPlane(image, point);
    return found === null ? null : Math.abs(found.distanceMm);
  });
}

function nearestAlong(images: Images, normal: Vector, target: number): number | null {
  return nearestBy(images, (image) => {
    const plane = planeOf(image);
    return plane === null ? null : Math.abs(along(plane, normal) - target);
  });
}

function nearestBy(images: Images, distanceOf: (image: StudyImage) => number | null): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  images.forEach((image, index) => {
    const distance = distanceOf(image);
    if (distance === null || distance >= least) return;
    least = distance;
    best = index;
  });
  return best;
}

/** What brings that end of the follower which lies at the driver's beginning onto it. */
function beginning(follower: Images, normal: Vector, driver: Images): number {
  const places = (images: Images) =>
    images.flatMap((image) => {
      const plane = planeOf(image);
      return plane === null ? [] : [along(plane, normal)];
    });
  const mine = places(driver);
  const theirs = places(follower);
  const [first = 0] = mine;
  const startsLow = first <= (mine.at(-1) ?? first);
  return (startsLow ? Math.min(...theirs) : Math.max(...theirs)) - first;
}

function along(plane: ImagePlane, normal: Vector): number {
  return dot(plane.position, normal);
}
