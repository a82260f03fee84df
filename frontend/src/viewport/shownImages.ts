import { Emitter } from "../core/emitter";
import type { StudyImage } from "../dicom/types";
import type { CrosshairView } from "../geometry/crosshairLines";
import type { PatientPoint } from "../geometry/points";

/** A place that the reader pointed at, to be marked wherever its frame of reference is shown. */
export interface LocatedPoint {
  readonly frameOfReferenceUid: string;
  readonly point: PatientPoint;
}

/** Which image each viewport shows, so that the others can draw where it cuts through theirs. */
export class ShownImages {
  readonly changed = new Emitter<void>();
  private readonly images = new Map<HTMLElement, StudyImage>();
  private linesShown = true;
  private crosshairs: ReadonlyMap<HTMLElement, CrosshairView> = new Map();
  private located: LocatedPoint | null = null;
  private others: readonly StudyImage[] = [];

  /** The place that the reader pointed at last. */
  get locatedPoint(): LocatedPoint | null {
    return this.located;
  }

  setLocatedPoint(located: LocatedPoint | null): void {
    if (located === this.located) return;
    this.located = located;
    this.changed.emit();
  }

  /** Whether the reader wants reference lines. */
  get showsLines(): boolean {
    return this.linesShown;
  }

  setShowLines(shown: boolean): void {
    this.linesShown = shown;
    this.changed.emit();
  }

  set(viewport: HTMLElement, image: StudyImage | null): void {
    if ((this.images.get(viewport) ?? null) === image) return;
    if (image) this.images.set(viewport, image);
    else this.images.delete(viewport);
    this.changed.emit();
  }

  /** What another window shows. */
  setOthers(images: readonly StudyImage[]): void {
    this.others = images;
    this.changed.emit();
  }

  /** The planes of a layout of planes, by viewport; their crosshair takes the place of reference lines among them. */
  setCrosshairs(crosshairs: ReadonlyMap<HTMLElement, CrosshairView>): void {
    this.crosshairs = crosshairs;
    this.changed.emit();
  }

  crosshairIn(viewport: HTMLElement): CrosshairView | null {
    return this.linesShown ? (this.crosshairs.get(viewport) ?? null) : null;
  }

  /** The images of all other viewports that cut through the image of one. */
  besides(viewport: HTMLElement): readonly StudyImage[] {
    if (!this.linesShown) return [];
    const isPlane = this.crosshairs.has(viewport);
    const here = [...this.images]
      .filter(([shown]) => shown !== viewport && !(isPlane && this.crosshairs.has(shown)))
      .map(([, image]) => image);
    return [...here, ...this.others];
  }
}
