import { Emitter } from "../core/emitter";
import type { ImagePoint } from "../geometry/points";
import type { Annotation, AnnotationKind } from "./schema";

/** The measurements of everything that is open, in memory. */
export class AnnotationStore {
  readonly changed = new Emitter<void>();
  private readonly annotations = new Map<number, Annotation>();
  private sequence = 0;
  private selected: number | null = null;

  get selectedId(): number | null {
    return this.selected;
  }

  add(kind: AnnotationKind, imageKey: string, points: readonly ImagePoint[]): Annotation {
    this.sequence += 1;
    const annotation = { id: this.sequence, kind, imageKey, points };
    this.annotations.set(annotation.id, annotation);
    this.selected = annotation.id;
    this.changed.emit();
    return annotation;
  }

  get(id: number): Annotation | null {
    return this.annotations.get(id) ?? null;
  }

  forImage(imageKey: string): Annotation[] {
    return [...this.annotations.values()].filter((annotation) => annotation.imageKey === imageKey);
  }

  movePoint(id: number, index: number, point: ImagePoint): void {
    const annotation = this.annotations.get(id);
    if (!annotation) return;
    const points = annotation.points.map((known, position) => (position === index ? point : known));
    this.annotations.set(id, { ...annotation, points });
    this.changed.emit();
  }

  addPoint(id: number, point: ImagePoint): void {
    const annotation = this.annotations.get(id);
    if (!annotation) return;
    this.annotations.set(id, { ...annotation, points: [...annotation.points, point] });
    this.changed.emit();
  }

  select(id: number | null): void {
    if (this.selected === id) return;
    this.selected = id;
    this.changed.emit();
  }

  remove(id: number): void {
    if (!this.annotations.delete(id)) return;
    if (this.selected === id) this.selected = null;
    this.changed.emit();
  }

  /** Delete the selected measurement. Answers whether there was one. */
  removeSelected(): boolean {
    if (this.selected === null) return false;
    this.remove(this.selected);
    return true;
  }
}
