import { frameKey } from "../dicom/annotation";
import { imageKey, type StudyImage } from "../dicom/types";
import { imageToScreen } from "../geometry/camera";
import { type ImagePoint, type ScreenPoint, screenDistance } from "../geometry/points";
import type { Viewport } from "../viewport/viewport";
import { type DrawingHost, emptyContent, paintedImage, pointOn } from "./drawing";
import type { DragSession, Modifiers, Tool } from "./tool";

/** How near to the first corner a click closes the polygon (CSS pixels). */
const CLOSING_REACH = 12;
const DOUBLE_CLICK_MS = 350;

/** Click the corners; a click on the first one, a double click or Enter closes the outline. */
export class PolygonTool implements Tool {
  readonly name = "polygon";
  readonly cursor = "crosshair";
  private id: string | null = null;
  private corners: readonly ImagePoint[] = [];
  private viewport: Viewport | null = null;
  private lastClick = 0;

  constructor(private readonly host: DrawingHost) {}

  start(viewport: Viewport, from: ScreenPoint): DragSession | null {
    const image = paintedImage(viewport);
    if (image === null) return null;
    if (!this.isOn(image)) this.begin(viewport, image, pointOn(viewport, image, from));
    return {
      move: (to) => this.show(pointOn(viewport, image, to)),
      end: (to, modifiers) => this.click(viewport, image, to, modifiers),
      cancel: () => this.abandon(),
    };
  }

  hover(viewport: Viewport, at: ScreenPoint): void {
    const image = paintedImage(viewport);
    if (image && this.isOn(image)) this.show(pointOn(viewport, image, at));
  }

  isWaiting(viewport: Viewport): boolean {
    const image = paintedImage(viewport);
    return image !== null && this.isOn(image);
  }

  abandon(): boolean {
    if (this.id === null) return false;
    this.host.store.revert(this.id, null);
    this.id = null;
    return true;
  }

  complete(): boolean {
    if (this.id === null || this.viewport === null || this.corners.length < 3) return false;
    this.close(this.viewport, false);
    return true;
  }

  private isOn(image: StudyImage): boolean {
    const known = this.id === null ? null : this.host.store.get(this.id);
    return known !== null && frameKey(known) === imageKey(image);
  }

  private begin(viewport: Viewport, image: StudyImage, first: ImagePoint): void {
    this.abandon();
    this.viewport = viewport;
    this.corners = [];
    this.id = this.host.store.begin(emptyContent("polygon", viewport, image, [first])).id;
  }

  private show(floating: ImagePoint): void {
    if (this.id !== null) this.host.store.preview(this.id, { points: [...this.corners, floating] });
  }

  private click(viewport: Viewport, image: StudyImage, at: ScreenPoint, modifiers: Modifiers): void {
    const matrix = viewport.painted?.matrix;
    const [first] = this.corners;
    const now = performance.now();
    const last = this.corners.at(-1);
    const near = (corner: ImagePoint | undefined, reach: number) =>
      matrix !== undefined &&
      corner !== undefined &&
      screenDistance(imageToScreen(matrix, corner), at) <= reach * viewport.ratio;
    const isDouble = now - this.lastClick < DOUBLE_CLICK_MS && near(last, 4);
    this.lastClick = now;
    if (this.corners.length >= 3 && (isDouble || near(first, CLOSING_REACH))) {
      this.close(viewport, modifiers.shift);
      return;
    }
    if (!isDouble) this.corners = [...this.corners, pointOn(viewport, image, at)];
    this.show(pointOn(viewport, image, at));
  }

  private close(viewport: Viewport, keepsTool: boolean): void {
    if (this.id === null) return;
    this.host.store.preview(this.id, { points: this.corners });
    const annotation = this.host.store.get(this.id);
    this.id = null;
    if (annotation) this.host.finished(annotation, viewport, keepsTool);
  }
}
