import { Emitter } from "../core/emitter";
import type { StudyImage } from "../dicom/types";
import {
  type Alignment,
  alignmentHere,
  followedIndex,
  naturalAlignment,
  nearestToPoint,
  reversed,
} from "../geometry/alignment";
import { type Camera, effectiveScale } from "../geometry/camera";
import { areParallel, onPlane, patientPointOf, planeOf } from "../geometry/planes";
import { imagePoint, type PatientPoint } from "../geometry/points";
import { frameShape } from "../render/tilePlan";
import type { ViewportGrid } from "./layout";
import type { Leading } from "./otherWindow";
import type { Stack } from "./stack";
import type { Viewport, ViewportChange } from "./viewport";

/** What linked viewports share. */
export interface Links {
  readonly scroll: boolean;
  readonly view: boolean;
  readonly window: boolean;
}

export const UNLINKED: Links = { scroll: false, view: false, window: false };

/** Keeps viewports in step: what the reader does in one, the other linked ones follow. */
export class Synchronizer {
  readonly changed = new Emitter<void>();
  /** The reader did something in a linked viewport; a second window follows it. */
  readonly led = new Emitter<{ readonly viewport: Viewport; readonly change: ViewportChange }>();
  /** The reader said that what is shown now belongs together. */
  readonly linkedHere = new Emitter<void>();
  private others: readonly Leading[] = [];
  private shared: Links = UNLINKED;
  private readonly apart = new Set<Viewport>();
  /** Correspondences that the reader showed, by the names of the two stacks. */
  private readonly shown = new Map<string, Alignment>();
  private isFollowing = false;

  constructor(private readonly grid: ViewportGrid) {
    grid.attach((viewport) => viewport.viewChanged.subscribe((change) => this.follow(viewport, change)));
  }

  get links(): Links {
    return this.shared;
  }

  get isLinked(): boolean {
    const { scroll, view, window } = this.shared;
    return scroll || view || window;
  }

  setLinks(links: Links): void {
    this.shared = links;
    this.bringTogether();
  }

  /** What another window links; its pictures lead. */
  takeLinks(links: Links): void {
    this.shared = links;
    this.changed.emit();
  }

  /** The pictures of another window, which can be linked with those of this one. */
  setOthers(others: readonly Leading[]): void {
    this.others = others;
  }

  get hasOthers(): boolean {
    return this.others.length > 0;
  }

  /** Follow a picture of another window. */
  followOther(driver: Leading, change: ViewportChange): void {
    if (this.isWanted(change)) this.lead(driver, change);
  }

  /** Link all viewports, or none. */
  toggleAll(): void {
    this.apart.clear();
    this.setLinks(this.isLinked ? UNLINKED : { ...this.shared, scroll: true });
  }

  takesPart(viewport: Viewport): boolean {
    return this.isLinked && !this.apart.has(viewport);
  }

  /** Take a viewport out, or let it follow again. */
  toggle(viewport: Viewport): void {
    if (!this.apart.delete(viewport)) this.apart.add(viewport);
    this.changed.emit();
  }

  /** A viewport with another series comes to where the active one is. */
  joinIn(viewport: Viewport): void {
    const { active } = this.grid;
    if (this.shared.scroll && this.takesPart(viewport) && this.takesPart(active)) {
      this.quietly(() => this.scroll(active, viewport));
    }
    this.changed.emit();
  }

  /** What the viewports show now belongs together, from here on in step. */
  linkHere(): void {
    this.rememberHere();
    this.linkedHere.emit();
  }

  /** The same, said in another window. */
  rememberHere(): void {
    this.shown.clear();
    this.apart.clear();
    const views: readonly Leading[] = [...this.grid.visible, ...this.others];
    for (const one of views) for (const other of views) if (one !== other) this.remember(one, other);
    this.shared = { ...this.shared, scroll: true };
    this.changed.emit();
  }

  /** How a viewport follows the active one; null where it cannot. */
  alignmentWithActive(viewport: Viewport): Alignment | null {
    const { active } = this.grid;
    if (viewport === active || !active.stack || !viewport.stack) return null;
    return this.alignment(active.stack, viewport.stack);
  }

  /** Let all viewports in the frame of reference show the place, except the one where the reader points at it. */
  showPoint(frameOfReferenceUid: string, point: PatientPoint, source: Viewport | null = null): void {
    const uid = frameOfReferenceUid;
    if (uid === "") return;
    this.quietly(() => {
      for (const viewport of this.grid.visible) {
        const images = viewport.stack?.series.images ?? [];
        if (viewport === source || viewport.image?.frameOfReferenceUid !== uid) continue;
        const index = nearestToPoint(images, point);
        if (index !== null) viewport.setImageIndex(index);
      }
    });
  }

  private remember(one: Leading, other: Leading): void {
    if (!one.stack || !other.stack) return;
    const alignment = alignmentHere(
      one.stack.series.images,
      one.imageIndex,
      other.stack.series.images,
      other.imageIndex,
    );
    if (alignment !== null) this.shown.set(pairName(one.stack, other.stack), alignment);
  }

  private alignment(driver: Stack, follower: Stack): Alignment | null {
    const shown = this.shown.get(pairName(driver, follower));
    if (shown) return shown;
    const back = this.shown.get(pairName(follower, driver));
    if (back) return reversed(back, driver.series.images, follower.series.images);
    return naturalAlignment(driver.series.images, follower.series.images);
  }

  /** After linking, the others come to where the active one is. */
  private bringTogether(): void {
    for (const change of ["index", "camera", "window"] as const) this.follow(this.grid.active, change);
    this.changed.emit();
  }

  private follow(driver: Viewport, change: ViewportChange): void {
    if (this.isFollowing || !this.isWanted(change) || !this.takesPart(driver)) return;
    if (!this.grid.visible.includes(driver)) return;
    this.lead(driver, change);
    this.led.emit({ viewport: driver, change });
  }

  private isWanted(change: ViewportChange): boolean {
    const { scroll, view, window } = this.shared;
    return { index: scroll, camera: view, window }[change];
  }

  private lead(driver: Leading, change: ViewportChange): void {
    this.quietly(() => {
      for (const follower of this.grid.visible) {
        if (follower === driver || !this.takesPart(follower)) continue;
        if (change === "index") this.scroll(driver, follower);
        else if (change === "camera") followCamera(driver, follower);
        else followWindow(driver, follower);
      }
    });
  }

  private scroll(driver: Leading, follower: Viewport): void {
    if (!driver.stack || !follower.stack) return;
    const alignment = this.alignment(driver.stack, follower.stack);
    if (alignment === null) return;
    const { images } = follower.stack.series;
    const index = followedIndex(alignment, driver.stack.series.images, driver.imageIndex, images);
    if (index !== null) follower.setImageIndex(index);
  }

  /** Followers do not lead: their changes pass no further. */
  private quietly(act: () => void): void {
    this.isFollowing = true;
    try {
      act();
    } finally {
      this.isFollowing = false;
    }
  }
}

/** The same magnification in millimetres, and the same part of the picture where both are cut the same way. */
function followCamera(driver: Leading, follower: Viewport): void {
  const [mine, theirs] = [driver.image, follower.image];
  if (!mine || !theirs) return;
  const { camera } = driver;
  const scale = camera.scale === null ? null : sameSize(driver, follower);
  const [plane, other] = [planeOf(mine), planeOf(theirs)];
  const isSameCut = !plane || !other || areParallel(plane, other);
  const next: Camera = isSameCut
    ? { ...camera, scale, centre: sameCentre(camera, mine, theirs) }
    : { ...follower.camera, scale };
  follower.setCamera(next);
}

/** The middle of the view: the same place of the patient, else as far from the middle of the frame. */
function sameCentre(camera: Camera, mine: StudyImage, theirs: StudyImage): readonly [number, number] {
  const [x, y] = camera.centre;
  const isSame = mine.frameOfReferenceUid !== "" && mine.frameOfReferenceUid === theirs.frameOfReferenceUid;
  const place = isSame ? patientPointOf(mine, imagePoint(x * mine.columns, y * mine.rows)) : null;
  const found = place ? onPlane(theirs, place) : null;
  if (found) return [found.point.x / theirs.columns, found.point.y / theirs.rows];
  if (!mine.pixelSpacingMm || !theirs.pixelSpacingMm) return camera.centre;
  const [down, across] = mine.pixelSpacingMm;
  const [otherDown, otherAcross] = theirs.pixelSpacingMm;
  return [
    0.5 + ((x - 0.5) * mine.columns * across) / (theirs.columns * otherAcross),
    0.5 + ((y - 0.5) * mine.rows * down) / (theirs.rows * otherDown),
  ];
}

/** The scale at which a millimetre is as long as in the driver; without spacings, the same share of fitting. */
function sameSize(driver: Leading, follower: Viewport): number {
  const [mine, theirs] = [driver.image, follower.image];
  if (!mine || !theirs) return 1;
  const scale = effectiveScale(driver.camera, frameShape(mine), driver.screen);
  if (mine.pixelSpacingMm && theirs.pixelSpacingMm) {
    return (scale * theirs.pixelSpacingMm[1]) / mine.pixelSpacingMm[1];
  }
  const fitted = (viewport: Leading, image: typeof mine) =>
    effectiveScale({ ...viewport.camera, scale: null }, frameShape(image), viewport.screen);
  return (scale / fitted(driver, mine)) * fitted(follower, theirs);
}

/** The same window, where the values mean the same. */
function followWindow(driver: Leading, follower: Viewport): void {
  const [mine, theirs] = [driver.stack, follower.stack];
  if (!mine || !theirs || mine.series.modality !== theirs.series.modality) return;
  if (driver.image?.valueUnits !== follower.image?.valueUnits) return;
  if (driver.choice.kind !== "presentation") follower.setChoice(driver.choice);
  follower.setInvert(driver.invert);
  follower.setPalette(driver.palette);
}

/** Planes through a series carry its UID, so their name tells them apart. */
function pairName(...stacks: readonly [Stack, Stack]): string {
  return stacks
    .map(({ series }) => `${series.seriesInstanceUid} ${series.images[0]?.plane ?? ""}`)
    .join(" / ");
}
