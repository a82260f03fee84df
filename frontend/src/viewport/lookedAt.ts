import { Emitter } from "../core/emitter";
import { imageKey, type Series, type StudyImage } from "../dicom/types";

/** Which images of the open studies have been on the screen in full quality since the page was opened. */
export class LookedAt {
  readonly changed = new Emitter<void>();
  /** Seen in this window just now. */
  readonly added = new Emitter<string>();
  private readonly seen = new Set<string>();

  add(image: StudyImage): void {
    const key = imageKey(image);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.added.emit(key);
    this.changed.emit();
  }

  /** The names of everything seen, for another window. */
  get keys(): readonly string[] {
    return [...this.seen];
  }

  /** What was seen in another window. */
  take(keys: readonly string[]): void {
    for (const key of keys) this.seen.add(key);
    this.changed.emit();
  }

  has(image: StudyImage): boolean {
    return this.seen.has(imageKey(image));
  }

  /** How many images of a series have not been looked at. */
  left(series: Series): number {
    return series.images.reduce((count, image) => count + (this.has(image) ? 0 : 1), 0);
  }
}
