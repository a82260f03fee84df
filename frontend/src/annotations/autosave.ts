import type { RemoveAnswer, SaveAnswer } from "../api/annotations";
import { RequestError } from "../api/client";
import { Emitter } from "../core/emitter";
import { t } from "../core/i18n";
import {
  type FramePlace,
  frameKey,
  isSameContent,
  type KeyImage,
  newUid,
  type StoredAnnotation,
  type StudyAnnotations,
} from "../dicom/annotation";
import type { Annotation, AnnotationStore } from "./store";

/** What keeps annotations. */
export interface AnnotationServer {
  readonly fetch: (studyInstanceUid: string) => Promise<StudyAnnotations>;
  readonly save: (annotation: StoredAnnotation) => Promise<SaveAnswer>;
  readonly remove: (studyInstanceUid: string, uid: string, revision: number) => Promise<RemoveAnswer>;
  readonly mark: (place: FramePlace, isMarked: boolean) => Promise<void>;
}

export interface SaveState {
  readonly kind: "saved" | "saving" | "unsaved";
  /** Why something is not saved, or "". */
  readonly reason: string;
  /** Whether anything was changed here at all. */
  readonly isTouched: boolean;
}

/** Somebody else changed what the reader changed here; null: deleted it. */
export interface Conflict {
  readonly id: string;
  readonly current: StoredAnnotation | null;
}

/** Changes are gathered for a moment, and sent at the latest after the longer time. */
const QUIET_MS = 500;
const LATEST_MS = 1500;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
const KEY_IMAGE = "key image ";

/** Keeps the server's annotations the same as those of the page, by itself and without ever overwriting others'. */
export class Autosave {
  readonly changed = new Emitter<void>();
  /** The server has kept an annotation. */
  readonly saved = new Emitter<string>();
  /** What the server holds, by the id of the page. */
  private readonly held = new Map<string, StoredAnnotation>();
  private readonly heldKeys = new Map<string, KeyImage>();
  private readonly wantedKeys = new Map<string, KeyImage>();
  /** When each change was made that the server does not know. */
  private readonly dirty = new Map<string, number>();
  private readonly sending = new Set<string>();
  private readonly disputed = new Map<string, Conflict>();
  /** Refusals that trying again does not change. */
  private readonly refused = new Map<string, string>();
  private readonly deletedUids = new Set<string>();
  /** Studies that the reader may look at only, and why. */
  private readonly lookOnly = new Map<string, string>();
  private trouble = "";
  private retries = 0;
  private isTouched = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly store: AnnotationStore,
    private readonly server: AnnotationServer,
  ) {
    store.edited.subscribe((id) => this.note(id));
    store.marked.subscribe((mark) => {
      this.wantedKeys.set(frameKey(mark), mark);
      this.note(KEY_IMAGE + frameKey(mark));
    });
  }

  get state(): SaveState {
    const { isTouched } = this;
    const refusal = [...this.refused.values()][0] ?? "";
    const [lookOnly = ""] = this.lookOnly.values();
    const reason =
      lookOnly || this.trouble || refusal || (this.disputed.size > 0 ? t("changed by others meanwhile") : "");
    if (reason) return { kind: "unsaved", reason, isTouched };
    return { kind: this.hasUnsaved ? "saving" : "saved", reason: "", isTouched };
  }

  get conflicts(): readonly Conflict[] {
    return [...this.disputed.values()];
  }

  /** Whether anything would be lost if the page closed now. */
  get hasUnsaved(): boolean {
    return this.dirty.size + this.sending.size + this.disputed.size + this.refused.size > 0;
  }

  /** Take in what the server holds of a study; what is changed here and not yet saved stays. */
  async load(studyInstanceUid: string): Promise<void> {
    const { annotations, keyImages, readOnly } = await this.server.fetch(studyInstanceUid);
    const stored = [...annotations, ...readOnly];
    const there = new Set(stored.map(({ uid }) => uid));
    for (const annotation of this.store.all) {
      const isOurs = annotation.studyInstanceUid === studyInstanceUid && !this.isPending(annotation.id);
      const wasKept = this.held.has(annotation.id);
      if (isOurs && wasKept && !there.has(annotation.uid)) this.takeStored(annotation.id, null);
    }
    const idOf = new Map([...this.held].map(([id, { uid }]) => [uid, id]));
    for (const one of stored) {
      const id = idOf.get(one.uid) ?? one.uid;
      if (!this.isPending(id) && !this.deletedUids.has(one.uid)) this.takeStored(id, one);
    }
    const isPending = (place: FramePlace) => this.isPending(KEY_IMAGE + frameKey(place));
    for (const [key, mark] of this.heldKeys) {
      if (mark.studyInstanceUid === studyInstanceUid && !isPending(mark)) this.heldKeys.delete(key);
    }
    for (const mark of keyImages) this.heldKeys.set(frameKey(mark), mark);
    this.store.takeKeyImages(studyInstanceUid, keyImages, isPending);
  }

  /** Whether a revision of an annotation is on the page already, or its own change is on the way. */
  knows(uid: string, revision: number): boolean {
    for (const [id, held] of this.held) {
      if (held.uid === uid) return held.revision >= revision || this.sending.has(id);
    }
    return this.deletedUids.has(uid) || [...this.sending].some((id) => this.store.get(id)?.uid === uid);
  }

  /** Send what waits at once, also what failed. */
  retry(): void {
    for (const id of [...this.refused.keys()]) this.dirty.set(id, 0);
    this.refused.clear();
    this.flush();
  }

  /** The reader's change is kept beside the other's, or, where it was a deletion, is made all the same. */
  keepMine(id: string): void {
    const conflict = this.disputed.get(id);
    if (!conflict) return;
    this.disputed.delete(id);
    const mine = this.store.get(id);
    if (mine === null) {
      if (conflict.current) this.held.set(id, conflict.current);
    } else {
      this.held.delete(id);
      this.store.acknowledge(id, { ...mine, uid: newUid(), revision: 0 });
      // The other's version becomes an annotation of its own beside ours.
      if (conflict.current) this.takeStored(`${conflict.current.uid} theirs`, conflict.current);
    }
    this.note(id);
  }

  takeTheirs(id: string): void {
    const conflict = this.disputed.get(id);
    if (!conflict) return;
    this.disputed.delete(id);
    this.dirty.delete(id);
    this.takeStored(id, conflict.current);
    this.changed.emit();
  }

  private takeStored(id: string, stored: StoredAnnotation | null): void {
    if (stored) this.held.set(id, stored);
    else this.held.delete(id);
    this.store.take(id, stored);
  }

  private isPending(id: string): boolean {
    const isChanged = this.dirty.has(id) || this.sending.has(id) || this.disputed.has(id);
    return isChanged || this.refused.has(id) || this.store.isHeld(id);
  }

  private note(id: string): void {
    const annotation = this.store.get(id);
    // A view of a volume from outside has no place that an annotation could belong to.
    if (annotation && !canBeKept(annotation)) return;
    const study =
      annotation?.studyInstanceUid ?? this.wantedKeys.get(id.slice(KEY_IMAGE.length))?.studyInstanceUid;
    if (study !== undefined && this.lookOnly.has(study)) return;
    this.isTouched = true;
    this.refused.delete(id);
    if (!this.dirty.has(id)) this.dirty.set(id, Date.now());
    const earliest = Math.min(...this.dirty.values());
    this.schedule(Math.min(QUIET_MS, Math.max(0, earliest + LATEST_MS - Date.now())));
    this.changed.emit();
  }

  private schedule(delayMs: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delayMs);
  }

  private flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (const id of [...this.dirty.keys()]) {
      if (!this.sending.has(id) && !this.disputed.has(id)) void this.sendOne(id);
    }
    this.changed.emit();
  }

  private async sendOne(id: string): Promise<void> {
    this.dirty.delete(id);
    this.sending.add(id);
    try {
      if (id.startsWith(KEY_IMAGE)) await this.sendMark(id.slice(KEY_IMAGE.length));
      else await this.sendAnnotation(id);
      this.trouble = "";
      this.retries = 0;
    } catch (error) {
      this.failed(id, error);
    } finally {
      this.sending.delete(id);
      if (this.dirty.has(id) && this.trouble === "") this.schedule(QUIET_MS);
      this.changed.emit();
    }
  }

  private async sendMark(key: string): Promise<void> {
    const mark = this.wantedKeys.get(key);
    if (!mark) return;
    const wanted = this.store.keyImage(mark) !== null;
    if (wanted === this.heldKeys.has(key)) return;
    await this.server.mark(mark, wanted);
    if (wanted) this.heldKeys.set(key, mark);
    else this.heldKeys.delete(key);
  }

  private async sendAnnotation(id: string): Promise<void> {
    const held = this.held.get(id);
    const local = this.store.get(id);
    if (local === null) {
      if (held) await this.sendRemoval(id, held);
      return;
    }
    if (held && isSameContent(held, local)) return;
    const uid = held?.uid ?? (this.deletedUids.has(local.uid) ? newUid() : local.uid);
    // A second attempt of a request whose answer was lost must name the same UID.
    if (uid !== local.uid) this.store.acknowledge(id, { ...local, uid });
    const answer = await this.server.save({ ...local, uid, revision: held?.revision ?? 0 });
    if (answer.kind === "conflict") {
      this.disputed.set(id, { id, current: answer.current });
      return;
    }
    this.held.set(id, answer.annotation);
    this.store.acknowledge(id, answer.annotation);
    const now = this.store.get(id);
    if (now === null || !isSameContent(now, local)) this.dirty.set(id, Date.now());
    this.saved.emit(id);
  }

  private async sendRemoval(id: string, held: StoredAnnotation): Promise<void> {
    const answer = await this.server.remove(held.studyInstanceUid, held.uid, held.revision);
    if (answer.kind === "conflict" && answer.current !== null) {
      this.disputed.set(id, { id, current: answer.current });
      return;
    }
    this.held.delete(id);
    this.deletedUids.add(held.uid);
    if (this.store.get(id) !== null) this.dirty.set(id, Date.now());
  }

  private failed(id: string, error: unknown): void {
    if (!(error instanceof RequestError)) {
      this.refused.set(id, t("the server's answer was not understood"));
      return;
    }
    if (error.kind === "network" || error.kind === "server" || error.kind === "session") {
      if (!this.dirty.has(id)) this.dirty.set(id, Date.now());
      this.trouble = error.message.replace(/\.$/, "");
      const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.retries);
      this.retries += 1;
      this.schedule(wait);
      return;
    }
    const reason = error.message.replace(/\.$/, "");
    const place = this.store.get(id) ?? this.wantedKeys.get(id.slice(KEY_IMAGE.length));
    // Who may only look can measure all the same; it stays on the page, and leaving it loses nothing that was promised.
    if (error.kind === "forbidden" && place) this.lookOnly.set(place.studyInstanceUid, reason);
    else this.refused.set(id, reason);
  }
}

/** Tell whether there is an image or a plane that the server can keep an annotation for. */
export function canBeKept(annotation: Pick<Annotation, "sopInstanceUid" | "source" | "plane">): boolean {
  return (
    annotation.source === null && (annotation.plane !== null || !annotation.sopInstanceUid.includes("/"))
  );
}
