import { Emitter } from "../core/emitter";
import {
  type AnnotationContent,
  type FramePlace,
  frameKey,
  isSameContent,
  type KeyImage,
  newUid,
  type StoredAnnotation,
} from "../dicom/annotation";
import type { CalibrationLine } from "../dicom/calibration";
import { imageKey, type StudyImage } from "../dicom/types";
import { imagePoint } from "../geometry/points";
import { History } from "./history";
import { onShownPlane, planePlaceOf } from "./planeMarks";

/** An annotation on the page. Its id stays, also where the server comes to know it by another UID. */
export interface Annotation extends StoredAnnotation {
  readonly id: string;
}

/** Where the reader dragged the words of an annotation, in CSS pixels from the middle of the mark. */
export interface TextOffset {
  readonly x: number;
  readonly y: number;
}

/** Where a copy goes. */
export interface PastePlace {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly image: StudyImage;
}

/** The annotations and key images of everything that is open, with what can be undone. */
export class AnnotationStore {
  readonly changed = new Emitter<void>();
  /** The id of an annotation whose content the reader changed for good. */
  readonly edited = new Emitter<string>();
  /** A key image that the reader marked, or took the mark from. */
  readonly marked = new Emitter<KeyImage>();
  readonly history = new History();
  private readonly items = new Map<string, Annotation>();
  private readonly keys = new Map<string, KeyImage>();
  private readonly offsets = new Map<string, TextOffset>();
  private readonly drafts = new Set<string>();
  /** What the reader has in his hand: a newer version from elsewhere must wait. */
  private readonly held = new Set<string>();
  private selected: string | null = null;
  private hidden = false;
  private copied: Annotation | null = null;

  get selectedId(): string | null {
    return this.selected;
  }

  get selectedAnnotation(): Annotation | null {
    return this.selected === null ? null : this.get(this.selected);
  }

  get isHidden(): boolean {
    return this.hidden;
  }

  /** Everything that is drawn to its end, in the order in which it came. */
  get all(): readonly Annotation[] {
    return [...this.items.values()].filter(({ id }) => !this.drafts.has(id));
  }

  get keyImages(): readonly KeyImage[] {
    return [...this.keys.values()];
  }

  get clipboard(): Annotation | null {
    return this.copied;
  }

  get(id: string): Annotation | null {
    return this.items.get(id) ?? null;
  }

  isHeld(id: string): boolean {
    return this.held.has(id);
  }

  get holdsAny(): boolean {
    return this.held.size > 0;
  }

  /** The reader starts to change an annotation; it is let go by `commit`, `revert` or `release`. */
  hold(id: string): void {
    this.held.add(id);
  }

  release(id: string): void {
    this.held.delete(id);
  }

  isDraft(id: string): boolean {
    return this.drafts.has(id);
  }

  /** What lies on an image; on a plane through a volume, in the pixels of that plane. */
  forImage(image: StudyImage): Annotation[] {
    const key = imageKey(image);
    return [...this.items.values()].flatMap((annotation) => {
      if (annotation.plane) return onShownPlane(annotation, image) ?? [];
      return frameKey(annotation) === key ? annotation : [];
    });
  }

  /** The line that says how large the pixels of an instance are: the newest of all its frames. */
  calibrationLine(sopInstanceUid: string): CalibrationLine | null {
    let newest: Annotation | null = null;
    for (const item of this.items.values()) {
      const counts = item.kind === "calibration" && item.sopInstanceUid === sopInstanceUid;
      if (!counts || item.lengthMm === null) continue;
      // What the server does not know yet was drawn just now.
      if (newest === null || item.changedAt === "" || item.changedAt >= newest.changedAt) newest = item;
    }
    const [from, to] = newest?.points ?? [];
    return newest?.lengthMm && from && to ? { from, to, lengthMm: newest.lengthMm } : null;
  }

  /** Start a new annotation. It is no more than a drawing until it is committed. */
  begin(content: AnnotationContent): Annotation {
    const uid = newUid();
    const draft: Annotation = {
      ...content,
      id: uid,
      uid,
      revision: 0,
      author: "",
      changedAt: "",
      mayEdit: true,
      source: null,
    };
    this.drafts.add(draft.id);
    this.items.set(draft.id, draft);
    this.select(draft.id);
    this.changed.emit();
    return draft;
  }

  /** Show a change while it is made. */
  preview(id: string, change: Partial<AnnotationContent>): void {
    const known = this.items.get(id);
    if (!known) return;
    this.hold(id);
    this.items.set(id, { ...known, ...change });
    this.changed.emit();
  }

  /** Make a change for good: it can be undone, and is saved. `before` is null for what is new. */
  commit(id: string, before: Annotation | null): void {
    this.release(id);
    const known = this.items.get(id);
    if (!known) return;
    this.drafts.delete(id);
    const after = { ...known, points: known.points.map(({ x, y }) => imagePoint(rounded(x), rounded(y))) };
    this.items.set(id, after);
    if (before === null || !isSameContent(before, after)) this.record(id, before, after);
    this.changed.emit();
  }

  /** Give up what was previewed since. */
  revert(id: string, before: Annotation | null): void {
    this.release(id);
    this.drafts.delete(id);
    this.place(id, before);
    this.changed.emit();
  }

  /** A change made at once. */
  change(id: string, change: Partial<AnnotationContent>): void {
    const before = this.items.get(id);
    if (!before?.mayEdit) return;
    this.items.set(id, { ...before, ...change });
    this.commit(id, before);
  }

  remove(id: string): void {
    const before = this.items.get(id);
    if (!before?.mayEdit) return;
    this.place(id, null);
    this.record(id, before, null);
    this.changed.emit();
  }

  /** Delete the selected annotation. Answers whether there was one that may be deleted. */
  removeSelected(): boolean {
    const annotation = this.selectedAnnotation;
    if (!annotation?.mayEdit) return false;
    this.remove(annotation.id);
    return true;
  }

  copySelected(): boolean {
    this.copied = this.selectedAnnotation ?? this.copied;
    return this.selected !== null;
  }

  /** The same mark on another frame. */
  paste(annotation: Annotation, place: PastePlace): void {
    const { kind, points, text, lengthMm } = annotation;
    const { studyInstanceUid, seriesInstanceUid, image } = place;
    const { sopInstanceUid, frameNumber } = image;
    const { id } = this.begin({
      kind,
      points,
      text,
      lengthMm,
      studyInstanceUid,
      seriesInstanceUid,
      sopInstanceUid,
      frameNumber,
      plane: planePlaceOf(image),
    });
    this.commit(id, null);
  }

  select(id: string | null): void {
    if (this.selected === id) return;
    this.selected = id;
    this.changed.emit();
  }

  setHidden(hidden: boolean): void {
    this.hidden = hidden;
    this.changed.emit();
  }

  textOffset(id: string): TextOffset | null {
    return this.offsets.get(id) ?? null;
  }

  setTextOffset(id: string, offset: TextOffset | null): void {
    if (offset) this.offsets.set(id, offset);
    else this.offsets.delete(id);
    this.changed.emit();
  }

  keyImage(place: FramePlace): KeyImage | null {
    return this.keys.get(frameKey(place)) ?? null;
  }

  /** Mark a frame as a key image, or take the mark away. */
  toggleKeyImage(place: FramePlace): void {
    const { studyInstanceUid, sopInstanceUid, frameNumber } = place;
    const before = this.keyImage(place);
    const mark = before ?? { studyInstanceUid, sopInstanceUid, frameNumber, author: "", changedAt: "" };
    const put = (isMarked: boolean) => {
      if (isMarked) this.keys.set(frameKey(mark), mark);
      else this.keys.delete(frameKey(mark));
      this.changed.emit();
      this.marked.emit(mark);
    };
    put(before === null);
    this.history.push({ undo: () => put(before !== null), redo: () => put(before === null) });
  }

  /** Take in what the server holds of an annotation, as content that needs no saving. */
  take(id: string, stored: StoredAnnotation | null): void {
    this.place(id, stored && { ...stored, id });
    this.changed.emit();
  }

  /** Note what the server says of an annotation without touching its content. */
  acknowledge(id: string, { uid, revision, author, changedAt, mayEdit }: StoredAnnotation): void {
    const known = this.items.get(id);
    if (known) this.items.set(id, { ...known, uid, revision, author, changedAt, mayEdit });
    this.changed.emit();
  }

  /** Take in the key images of a study, except those whose change is still on its way. */
  takeKeyImages(
    studyInstanceUid: string,
    keyImages: readonly KeyImage[],
    isPending: (place: FramePlace) => boolean,
  ): void {
    for (const [key, known] of this.keys) {
      if (known.studyInstanceUid === studyInstanceUid && !isPending(known)) this.keys.delete(key);
    }
    for (const mark of keyImages) if (!isPending(mark)) this.keys.set(frameKey(mark), mark);
    this.changed.emit();
  }

  private record(id: string, before: Annotation | null, after: Annotation | null): void {
    const put = (content: Annotation | null) => {
      const known = this.items.get(id);
      // The server's word on it may be newer than the content that comes back.
      const stamp = known ?? content;
      this.place(
        id,
        content && stamp && { ...content, uid: stamp.uid, revision: stamp.revision, mayEdit: stamp.mayEdit },
      );
      this.changed.emit();
      this.edited.emit(id);
    };
    this.history.push({ undo: () => put(before), redo: () => put(after) });
    this.edited.emit(id);
  }

  private place(id: string, annotation: Annotation | null): void {
    if (annotation) {
      this.items.set(id, annotation);
      return;
    }
    this.items.delete(id);
    if (this.selected === id) this.selected = null;
  }
}

/** A thousandth of a pixel is finer than any hand. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
