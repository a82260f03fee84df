import { Emitter } from "../core/emitter";
import type { Palette } from "../dicom/palettes";
import type { Patient, StudyImage } from "../dicom/types";
import type { Camera, ScreenSize } from "../geometry/camera";
import { imageAt, type Stack } from "./stack";
import { FILE_DEFAULT, type VoiChoice } from "./voi";

/** What of a picture the pictures linked with it follow. A viewport is one, and so is what another window tells of one. */
export interface Leading {
  readonly stack: Stack | null;
  readonly image: StudyImage | null;
  readonly imageIndex: number;
  readonly camera: Camera;
  readonly screen: ScreenSize;
  readonly choice: VoiChoice;
  readonly invert: boolean;
  readonly palette: Palette | null;
}

/** A picture as it is told; the stack goes along where the other window does not have it yet. */
export interface ToldView extends Omit<Leading, "stack" | "image"> {
  readonly stackNumber: number;
  readonly stack: Stack | null;
}

/** Everything that a window shows. */
export interface Told {
  readonly views: readonly ToldView[];
  readonly patients: readonly Patient[];
}

/** The pictures of the other window, as it told them last. */
export class OtherWindow {
  readonly changed = new Emitter<void>();
  private shown: readonly Leading[] = [];
  private people: readonly Patient[] = [];
  private stacks: ReadonlyMap<number, Stack> = new Map();

  get views(): readonly Leading[] {
    return this.shown;
  }

  get images(): readonly StudyImage[] {
    return this.shown.flatMap(({ image }) => (image ? [image] : []));
  }

  /** Whose pictures and documents it shows. */
  get patients(): readonly Patient[] {
    return this.people;
  }

  take({ views: told, patients }: Told): void {
    const stacks = new Map<number, Stack>();
    this.shown = told.map(({ stackNumber, stack: come, ...view }) => {
      const stack = come ?? this.stacks.get(stackNumber) ?? null;
      if (stack) stacks.set(stackNumber, stack);
      return { ...view, stack, image: imageAt(stack, view.imageIndex) };
    });
    this.stacks = stacks;
    this.people = patients;
    this.changed.emit();
  }

  clear(): void {
    this.take({ views: [], patients: [] });
  }
}

/** Tells what the pictures of this window show: each stack once, and only what has changed. */
export class Teller {
  private readonly numbers = new WeakMap<Stack, number>();
  private count = 0;
  private told: ReadonlySet<number> = new Set();
  private last = "";

  /** The other window is new and knows nothing. */
  startAgain(): void {
    this.told = new Set();
    this.last = "";
  }

  /** @returns null where nothing has changed since. */
  tell(views: readonly Leading[], patients: readonly Patient[]): Told | null {
    const filled = views.flatMap((view) => (view.stack ? [{ view, stack: view.stack }] : []));
    const light = filled.map(({ view, stack }) => ({ ...lookOf(view), stackNumber: this.numberOf(stack) }));
    // A palette is told from another by its name.
    const written = JSON.stringify([light, patients], (name, value) =>
      name === "colours" ? undefined : value,
    );
    if (written === this.last) return null;
    this.last = written;
    const { told } = this;
    this.told = new Set(light.map(({ stackNumber }) => stackNumber));
    const toTell = light.map((view, index) => {
      const stack = told.has(view.stackNumber) ? null : (filled[index]?.stack ?? null);
      return { ...view, stack };
    });
    return { views: toTell, patients };
  }

  private numberOf(stack: Stack): number {
    const known = this.numbers.get(stack);
    if (known !== undefined) return known;
    this.count += 1;
    this.numbers.set(stack, this.count);
    return this.count;
  }
}

/** A presentation state belongs to its images, so no other picture follows it. */
function lookOf({ imageIndex, camera, screen, choice, invert, palette }: Leading) {
  const window = choice.kind === "presentation" ? FILE_DEFAULT : choice;
  return { imageIndex, camera, screen, invert, palette, choice: window };
}
