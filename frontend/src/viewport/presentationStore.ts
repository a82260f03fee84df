import { Emitter } from "../core/emitter";
import { NO_PRESENTATIONS, type StudyPresentations } from "../dicom/presentation";

/** What the study holds of presentation states, key objects and regions; it comes after the first image. */
export class PresentationStore {
  readonly changed = new Emitter<void>();
  private held: StudyPresentations = NO_PRESENTATIONS;

  get current(): StudyPresentations {
    return this.held;
  }

  set(presentations: StudyPresentations): void {
    this.held = presentations;
    this.changed.emit();
  }
}
