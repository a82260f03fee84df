import { KINDS } from "../annotations/kinds/table";
import { type AnnotationKind, frameKey } from "../dicom/annotation";
import { pixelAspect } from "../dicom/calibration";
import { imageKey, type StudyImage } from "../dicom/types";
import { type ImagePoint, type ScreenPoint, screenDistance } from "../geometry/points";
import type { Viewport } from "../viewport/viewport";
import { CLICK_REACH, type DrawingHost, emptyContent, paintedImage, pointOn } from "./drawing";
import type { DragSession, Modifiers, Tool } from "./tool";

interface Unfinished {
  readonly id: string;
  /** Points that stay where they are. */
  readonly fixed: readonly ImagePoint[];
}

/**
 * Places the points of an annotation by clicks or drags.
 *
 * A drag places two points, a click one; the point after it follows the pointer until the next press.
 */
export class PointsTool implements Tool {
  readonly cursor = "crosshair";
  private unfinished: Unfinished | null = null;

  constructor(
    readonly name: AnnotationKind,
    private readonly host: DrawingHost,
  ) {}

  start(viewport: Viewport, from: ScreenPoint): DragSession | null {
    const image = paintedImage(viewport);
    if (image === null) return null;
    const first = pointOn(viewport, image, from);
    const going = this.continued(image) ?? this.begin(viewport, image, first);
    this.unfinished = going;
    this.show(image, going, first);
    let hasMoved = false;
    const follow = (to: ScreenPoint) => {
      const isDrag = screenDistance(from, to) / viewport.ratio >= CLICK_REACH;
      const known = this.unfinished;
      if (!known) return;
      if (isDrag && !hasMoved) {
        hasMoved = true;
        // The press was the first end of a line, unless only one end is missing.
        if (known.fixed.length + 1 < this.total) {
          this.unfinished = { ...known, fixed: [...known.fixed, first] };
        }
      }
      if (this.unfinished && (isDrag || hasMoved)) {
        this.show(image, this.unfinished, pointOn(viewport, image, to));
      }
    };
    return {
      move: follow,
      end: (to, modifiers) => {
        follow(to);
        this.fix(viewport, image, hasMoved ? pointOn(viewport, image, to) : first, modifiers);
      },
      cancel: () => this.abandon(),
    };
  }

  hover(viewport: Viewport, at: ScreenPoint): void {
    const image = paintedImage(viewport);
    const going = image && this.continued(image);
    if (image && going) this.show(image, going, pointOn(viewport, image, at));
  }

  isWaiting(viewport: Viewport): boolean {
    const image = paintedImage(viewport);
    return image !== null && this.continued(image) !== null;
  }

  abandon(): boolean {
    if (this.unfinished === null) return false;
    this.host.store.revert(this.unfinished.id, null);
    this.unfinished = null;
    return true;
  }

  private get total(): number {
    return KINDS[this.name].placed;
  }

  private begin(viewport: Viewport, image: StudyImage, first: ImagePoint): Unfinished {
    this.abandon();
    const { id } = this.host.store.begin(emptyContent(this.name, viewport, image, [first]));
    return { id, fixed: [] };
  }

  /** The annotation that waits for its next point on this image. */
  private continued(image: StudyImage): Unfinished | null {
    const known = this.unfinished && this.host.store.get(this.unfinished.id);
    return known && frameKey(known) === imageKey(image) ? this.unfinished : null;
  }

  private show(image: StudyImage, { id, fixed }: Unfinished, floating: ImagePoint): void {
    const aspect = pixelAspect(image);
    const placed = [...fixed, floating];
    const points = placed.length < 2 && this.total > 1 ? placed : KINDS[this.name].build(placed, aspect);
    this.host.store.preview(id, { points });
  }

  private fix(viewport: Viewport, image: StudyImage, point: ImagePoint, modifiers: Modifiers): void {
    const known = this.unfinished;
    if (!known) return;
    const fixed = [...known.fixed, point];
    if (fixed.length < this.total) {
      this.unfinished = { ...known, fixed };
      this.show(image, this.unfinished, point);
      return;
    }
    this.show(image, known, point);
    this.unfinished = null;
    const annotation = this.host.store.get(known.id);
    if (annotation) this.host.finished(annotation, viewport, modifiers.shift);
  }
}
