import { hitAnnotation } from "../annotations/hit";
import { type AnnotationKind, POINT_COUNT } from "../annotations/schema";
import type { AnnotationStore } from "../annotations/store";
import { clamp } from "../core/numbers";
import { imageKey, type StudyImage } from "../dicom/types";
import { screenToImage } from "../geometry/camera";
import { type ImagePoint, imagePoint, type ScreenPoint, screenDistance } from "../geometry/points";
import type { Viewport } from "../viewport/viewport";
import type { DragSession, Tool } from "./tool";

/** A press that moves less than this (CSS pixels) is a click. */
const CLICK_REACH = 4;

/**
 * Places a measurement by dragging or by clicking its points.
 *
 * After a click the last point follows the pointer until the next click; an angle's third point always does.
 */
export class DrawTool implements Tool {
  readonly cursor = "crosshair";
  private floating: number | null = null;

  constructor(
    readonly name: AnnotationKind,
    private readonly store: AnnotationStore,
  ) {}

  start(viewport: Viewport, from: ScreenPoint): DragSession | null {
    const image = paintedImage(viewport);
    if (image === null) return null;
    const point = pointOn(viewport, image, from);
    const id = this.continued(image) ?? this.begin(image, point);
    this.moveLast(id, point);
    return {
      move: (to) => this.moveLast(id, pointOn(viewport, image, to)),
      end: (to) => this.finishStep(id, viewport, image, screenDistance(from, to) / viewport.ratio, to),
      cancel: () => this.abandonId(id),
    };
  }

  hover(viewport: Viewport, at: ScreenPoint): void {
    const image = paintedImage(viewport);
    if (this.floating === null || image === null) return;
    const id = this.continued(image);
    if (id !== null) this.moveLast(id, pointOn(viewport, image, at));
  }

  isWaiting(viewport: Viewport): boolean {
    const image = paintedImage(viewport);
    return image !== null && this.continued(image) !== null;
  }

  abandon(): boolean {
    if (this.floating === null) return false;
    this.abandonId(this.floating);
    return true;
  }

  private begin(image: StudyImage, point: ImagePoint): number {
    this.abandon();
    const points = this.name === "probe" ? [point] : [point, point];
    return this.store.add(this.name, imageKey(image), points).id;
  }

  /** The measurement that waits for its next point on this image. */
  private continued(image: StudyImage): number | null {
    if (this.floating === null) return null;
    const annotation = this.store.get(this.floating);
    return annotation?.imageKey === imageKey(image) ? annotation.id : null;
  }

  private moveLast(id: number, point: ImagePoint): void {
    const count = this.store.get(id)?.points.length ?? 0;
    if (count > 0) this.store.movePoint(id, count - 1, point);
  }

  private finishStep(
    id: number,
    viewport: Viewport,
    image: StudyImage,
    moved: number,
    to: ScreenPoint,
  ): void {
    const annotation = this.store.get(id);
    if (!annotation) return;
    const isFirstClick = this.floating !== id && moved < CLICK_REACH && this.name !== "probe";
    if (isFirstClick) {
      this.floating = id;
      return;
    }
    if (annotation.points.length < POINT_COUNT[this.name]) {
      this.store.addPoint(id, pointOn(viewport, image, to));
      this.floating = id;
      return;
    }
    this.floating = null;
  }

  private abandonId(id: number): void {
    this.floating = null;
    this.store.remove(id);
  }
}

/** A drag on a handle or line that is already there, whatever tool is active. */
export function editSession(
  store: AnnotationStore,
  viewport: Viewport,
  from: ScreenPoint,
  reach: number,
): DragSession | null {
  const painted = viewport.painted;
  const image = paintedImage(viewport);
  if (!painted || image === null) return null;
  const hit = hitAnnotation(store.forImage(imageKey(image)), painted.matrix, from, reach);
  if (hit === null) return null;
  const { annotation, handle } = hit;
  store.select(annotation.id);
  const start = pointOn(viewport, image, from);
  const moveTo = (to: ScreenPoint) => {
    const point = pointOn(viewport, image, to);
    if (handle !== null) store.movePoint(annotation.id, handle, point);
    else {
      annotation.points.forEach((known, index) => {
        const moved = imagePoint(known.x + point.x - start.x, known.y + point.y - start.y);
        store.movePoint(annotation.id, index, within(image, moved));
      });
    }
  };
  return { move: moveTo, end: () => undefined, cancel: () => moveTo(from) };
}

/** Measurements belong to the picture that is seen, so none starts while another image is awaited. */
function paintedImage(viewport: Viewport): StudyImage | null {
  const painted = viewport.painted;
  if (!painted || painted.quality === "none" || painted.awaitedIndex !== null) return null;
  return painted.image;
}

function pointOn(viewport: Viewport, image: StudyImage, at: ScreenPoint): ImagePoint {
  const matrix = viewport.painted?.matrix;
  return matrix ? within(image, screenToImage(matrix, at)) : imagePoint(0, 0);
}

function within(image: StudyImage, point: ImagePoint): ImagePoint {
  // The last pixel reaches up to, but does not include, the outer edge.
  return imagePoint(clamp(point.x, 0, image.columns - 1e-3), clamp(point.y, 0, image.rows - 1e-3));
}
