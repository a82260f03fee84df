import {
  obliqueImage,
  obliqueImages,
  PLANE_NAMES,
  type PlaneName,
  type Planes,
  planeTitle,
  type Slab,
  slabLabel,
} from "../api/volume";
import { DisposerBag } from "../core/disposable";
import { Emitter } from "../core/emitter";
import { t } from "../core/i18n";
import type { PlanePlace } from "../dicom/annotation";
import type { StudyImage } from "../dicom/types";
import {
  broughtOnto,
  type Crosshair,
  type Directions,
  normalOf,
  withLinesTurned,
} from "../geometry/crosshair";
import type { CrosshairView } from "../geometry/crosshairLines";
import { type PlaneFrame, stackThrough } from "../geometry/planeStacks";
import { dot, onPlane, type Vector } from "../geometry/planes";
import { patientPoint } from "../geometry/points";
import {
  boxOf,
  directionsOf,
  directionsOfPlace,
  frameAround,
  indexIn,
  isSame,
  middleOf,
  positionOf,
  stepOf,
} from "./planePlaces";
import type { ShownImages } from "./shownImages";
import type { Viewport } from "./viewport";

/** The colour of each plane: of its name, and of its line in the others. */
export const PLANE_COLOURS: Readonly<Record<PlaneName, string>> = {
  axial: "#ff9a8b",
  coronal: "#86e08d",
  sagittal: "#f4cf5b",
};

/** While planes are turned they are sampled this much coarser, and asked for no oftener. */
const COARSER = 3;
const TURNING_MS = 70;
/** A turned plane is made of points one by one, so only the nearest ones are made ahead. */
const MOST_AHEAD = 8;
const MOST_SLABS_AHEAD = 2;

interface Member {
  readonly viewport: Viewport;
  readonly name: PlaneName;
  images: readonly StudyImage[];
  /** What the plane covers around the centre, since it was turned; null as it came. */
  frame: PlaneFrame | null;
}

/** Three planes through one point: they move with their crosshair, share slab and window, and turn together. */
export class PlaneSet {
  readonly changed = new Emitter<void>();
  private readonly members: readonly Member[];
  private readonly bag = new DisposerBag();
  private readonly upright: readonly Directions[];
  private crosshair: Crosshair;
  private slabShown: Slab | null = null;
  private isQuiet = false;
  private turning: { readonly start: Crosshair; readonly place: number } | null = null;
  private turnTimer = 0;

  constructor(
    private volume: Planes,
    viewports: readonly Viewport[],
    private readonly shown: ShownImages,
  ) {
    this.members = volume.planes.flatMap(({ name, images }, place) => {
      const viewport = viewports[place];
      return viewport ? [{ viewport, name, images, frame: null }] : [];
    });
    this.upright = volume.planes.map(({ images }) => directionsOf(images[0]));
    this.crosshair = { centre: middleOf(volume), planes: this.upright };
    for (const member of this.members) {
      this.bag.add(
        member.viewport.viewChanged.subscribe((change) => {
          if (this.isQuiet || !this.shows(member)) return;
          if (change === "index") this.follow(member);
          if (change === "window") this.shareWindow(member.viewport);
        }),
      );
      this.bag.add(member.viewport.paintedChanged.subscribe(() => this.notice(member)));
    }
    for (const member of this.members) this.follow(member);
  }

  dispose(): void {
    clearTimeout(this.turnTimer);
    this.bag.dispose();
    for (const { viewport } of this.members) delete viewport.root.dataset.plane;
    this.shown.setCrosshairs(new Map());
  }

  get centre(): Vector {
    return this.crosshair.centre;
  }

  get slab(): Slab | null {
    return this.slabShown;
  }

  get planes(): Planes {
    return this.volume;
  }

  get isTurned(): boolean {
    return this.members.some(({ frame }) => frame !== null);
  }

  /** Whether a viewport still shows its plane: the reader may have put something else there. */
  has(viewport: Viewport): boolean {
    return this.members.some((member) => member.viewport === viewport && this.shows(member));
  }

  /** The lines of the other planes in a viewport. */
  viewIn(viewport: Viewport): CrosshairView | null {
    const own = this.members.findIndex((member) => member.viewport === viewport);
    const { centre, planes } = this.crosshair;
    if (own < 0 || !this.has(viewport)) return null;
    const halfMm = (this.slabShown?.thicknessMm ?? 0) / 2;
    const cuts = this.members.flatMap((member, place) => {
      const directions = planes[place];
      if (place === own || !directions || !this.shows(member)) return [];
      return [{ directions, colour: PLANE_COLOURS[member.name], halfMm }];
    });
    return { centre, cuts };
  }

  /** Put the crosshair on a point of a plane; the other planes go there. */
  moveCentre(source: Viewport, point: Vector): void {
    this.crosshair = { ...this.crosshair, centre: point };
    this.quietly(() => {
      for (const member of this.members) {
        if (member.viewport === source || !this.shows(member)) continue;
        const index = indexIn(member.images, point);
        if (index !== null) member.viewport.setImageIndex(index);
      }
    });
    this.redraw();
  }

  /** Bring a plane of any direction before the reader, the crosshair on a point of it; returns where it is shown. */
  goTo(point: Vector, plane: PlanePlace): Viewport | null {
    const directions = directionsOfPlace(plane);
    const alike = (of: Directions | undefined) =>
      of ? Math.abs(dot(normalOf(of), normalOf(directions))) : -1;
    const place = this.members.reduce(
      (best, _member, index) => (alike(this.upright[index]) > alike(this.upright[best]) ? index : best),
      0,
    );
    const member = this.members[place];
    if (!member || !this.shows(member)) return null;
    const isUpright = isSame(this.upright[place], directions);
    const planes = this.upright.map((one, index) => (index === place ? directions : one));
    for (const one of this.members) one.frame = null;
    if (!isUpright) member.frame = frameAround(plane, point);
    this.crosshair = { centre: point, planes: isUpright ? this.upright : planes };
    this.showPlanes(1);
    this.changed.emit();
    return member.viewport;
  }

  startTurning(source: Viewport): void {
    const place = this.members.findIndex(({ viewport }) => viewport === source);
    this.turning = { start: this.crosshair, place };
    this.members.forEach((member, index) => {
      if (index !== place && this.shows(member)) member.frame = this.frameOf(member);
    });
  }

  /** Turn the other planes from how they lay at the start; coarse pixels until the end. */
  turn(radians: number): void {
    if (this.turning === null) return;
    this.crosshair = withLinesTurned(this.turning.start, this.turning.place, radians);
    this.redraw();
    if (this.turnTimer !== 0) return;
    this.turnTimer = window.setTimeout(() => {
      this.turnTimer = 0;
      this.showPlanes(COARSER);
    }, TURNING_MS);
  }

  endTurning(): void {
    clearTimeout(this.turnTimer);
    this.turnTimer = 0;
    this.turning = null;
    this.showPlanes(1);
    this.changed.emit();
  }

  /** The planes as they came, through the middle of the volume. */
  reset(): void {
    this.crosshair = { centre: middleOf(this.volume), planes: this.upright };
    for (const member of this.members) member.frame = null;
    this.showPlanes(1);
    this.changed.emit();
  }

  setSlab(slab: Slab | null): void {
    this.slabShown = slab;
    this.showPlanes(1);
    this.changed.emit();
  }

  /** The same planes of other images at the same positions. */
  setVolume(volume: Planes): void {
    this.volume = volume;
    this.showPlanes(1);
    this.changed.emit();
  }

  private shows({ viewport, images }: Member): boolean {
    return viewport.stack?.series.images === images;
  }

  /** The reader went to another plane: the crosshair comes along. */
  private follow({ viewport, name }: Member): void {
    const position = positionOf(viewport.image);
    const directions = this.crosshair.planes[PLANE_NAMES.indexOf(name)];
    if (!position || !directions) return;
    this.crosshair = { ...this.crosshair, centre: broughtOnto(this.centre, directions, position) };
    this.redraw();
  }

  private shareWindow(source: Viewport): void {
    const { choice, invert, palette } = source;
    this.quietly(() => {
      for (const member of this.members) {
        const { viewport } = member;
        if (viewport === source || !this.shows(member)) continue;
        if (viewport.choice !== choice) viewport.setChoice(choice);
        if (viewport.invert !== invert) viewport.setInvert(invert);
        if (viewport.palette !== palette) viewport.setPalette(palette);
      }
    });
  }

  /** Put the planes through the crosshair into their viewports, with the slab and as they are turned. */
  private showPlanes(coarser: number): void {
    const thick = this.volume.thick(this.slabShown);
    this.quietly(() => {
      this.members.forEach((member, place) => {
        if (!this.shows(member) || (coarser > 1 && place === this.turning?.place)) return;
        if (member.frame === null) {
          member.images = thick[place]?.images ?? member.images;
          member.viewport.replaceImages(member.images, indexIn(member.images, this.centre) ?? undefined);
        } else this.showTurned(member, member.frame, place, coarser);
      });
    });
    this.redraw();
  }

  private showTurned(member: Member, frame: PlaneFrame, place: number, coarser: number): void {
    const directions = this.crosshair.planes[place];
    const first = this.volume.planes[place]?.images[0];
    if (!directions || !first) return;
    const { oblique } = this.volume;
    const spacingMm = (first.pixelSpacingMm?.[0] ?? 1) * coarser;
    const stack = stackThrough(this.centre, directions, frame, boxOf(this.volume), {
      spacingMm,
      stepMm: stepOf(this.volume, place),
      mostPixels: oblique.mostPixels,
    });
    const thickness = this.slabShown ? slabLabel(this.slabShown) : "";
    const label = [t("{plane}, turned", { plane: planeTitle(member.name) }), thickness]
      .filter(Boolean)
      .join(", ");
    if (coarser > 1) {
      member.images = [obliqueImage(oblique, stack, stack.index, label, this.slabShown)];
      member.viewport.replaceImages(member.images, 0);
    } else {
      member.images = obliqueImages(oblique, stack, label, this.slabShown);
      member.viewport.replaceImages(
        member.images,
        stack.index,
        this.slabShown ? MOST_SLABS_AHEAD : MOST_AHEAD,
      );
    }
  }

  /** What a plane covers around the centre now; it goes on covering as much, so that nothing jumps when it turns. */
  private frameOf({ viewport }: Member): PlaneFrame | null {
    const { image } = viewport;
    const [x, y, z] = this.centre;
    const at = image && onPlane(image, patientPoint(x, y, z));
    if (!at || !image?.pixelSpacingMm) return null;
    const [down, across] = image.pixelSpacingMm;
    return {
      widthMm: image.columns * across,
      heightMm: image.rows * down,
      pointMm: [at.point.x * across, at.point.y * down],
    };
  }

  /** A viewport went on to something else: its line goes from the others. */
  private notice({ viewport }: Member): void {
    if (viewport.root.dataset.plane !== undefined && !this.has(viewport)) this.redraw();
  }

  private redraw(): void {
    const views = new Map<HTMLElement, CrosshairView>();
    for (const { viewport, name } of this.members) {
      const view = this.viewIn(viewport);
      if (view) {
        views.set(viewport.root, view);
        viewport.root.dataset.plane = name;
      } else delete viewport.root.dataset.plane;
    }
    this.shown.setCrosshairs(views);
  }

  private quietly(act: () => void): void {
    this.isQuiet = true;
    try {
      act();
    } finally {
      this.isQuiet = false;
    }
  }
}
