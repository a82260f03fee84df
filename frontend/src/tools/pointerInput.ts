import { hitAnnotation } from "../annotations/hit";
import type { AnnotationStore } from "../annotations/store";
import type { DragTool, MouseButtons } from "../api/preferences";
import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { ANNOTATION_KINDS } from "../dicom/annotation";
import { effectiveScale, pannedBy, zoomedTo } from "../geometry/camera";
import { type ScreenPoint, screenDistance, screenPoint } from "../geometry/points";
import { frameShape } from "../render/tilePlan";
import type { Viewport } from "../viewport/viewport";
import { panTool, zoomBy } from "./camera";
import { editSession } from "./edit";
import { WheelSteps } from "./scroll";
import type { DragSession, Tool } from "./tool";

/** What pointer input needs from the page. */
export interface PointerHost {
  readonly annotations: AnnotationStore;
  /** The tool of the left button and of one finger. */
  readonly tool: () => Tool;
  /** What the reader chose for the other buttons and the wheel. */
  readonly mouse: () => MouseButtons;
  readonly toolNamed: (name: DragTool) => Tool;
  /** A drag on what lies on the picture and is not a measurement; null where there is nothing. */
  readonly grab: (viewport: Viewport, point: ScreenPoint, reach: number) => DragSession | null;
  readonly activate: (viewport: Viewport) => void;
  readonly oneUp: (viewport: Viewport) => void;
  /** A double click on an annotation. */
  readonly openAnnotation: (viewport: Viewport, id: string) => void;
}

const REACH_MOUSE = 9;
const REACH_TOUCH = 22;

/** Left button or one finger: the tool. Middle, right and wheel: the reader's choice. Two fingers: zoom and pan. */
export function attachPointerInput(viewport: Viewport, host: PointerHost): Disposer {
  const input = new PointerInput(viewport, host);
  return input.attach();
}

class PointerInput {
  private readonly fingers = new Map<number, ScreenPoint>();
  private readonly wheel = new WheelSteps();
  private session: DragSession | null = null;
  /** The press before belonged to a tool that draws. */
  private wasDrawing = false;

  constructor(
    private readonly viewport: Viewport,
    private readonly host: PointerHost,
  ) {}

  attach(): Disposer {
    const bag = new DisposerBag();
    const { canvas } = this.viewport;
    bag.add(listen<PointerEvent>(canvas, "pointerdown", (event) => this.down(event)));
    bag.add(listen<PointerEvent>(canvas, "pointermove", (event) => this.move(event)));
    bag.add(listen<PointerEvent>(canvas, "pointerup", (event) => this.up(event)));
    bag.add(listen<PointerEvent>(canvas, "pointercancel", (event) => this.up(event)));
    bag.add(listen<WheelEvent>(canvas, "wheel", (event) => this.turn(event), { passive: false }));
    bag.add(listen<MouseEvent>(canvas, "dblclick", (event) => this.doubleClick(event)));
    bag.add(listen<MouseEvent>(canvas, "contextmenu", (event) => event.preventDefault()));
    // The middle button would start the browser's own scrolling.
    bag.add(listen<MouseEvent>(canvas, "mousedown", (event) => event.button === 1 && event.preventDefault()));
    return () => bag.dispose();
  }

  private down(event: PointerEvent): void {
    this.host.activate(this.viewport);
    this.viewport.root.focus({ preventScroll: true });
    this.viewport.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, this.pointOf(event));
    this.session?.cancel();
    this.session = this.fingers.size >= 2 ? null : this.sessionFor(event);
  }

  private move(event: PointerEvent): void {
    const point = this.pointOf(event);
    if (!this.fingers.has(event.pointerId)) {
      this.host.tool().hover?.(this.viewport, point);
      return;
    }
    if (this.fingers.size === 2) this.pinch(event.pointerId, point);
    this.fingers.set(event.pointerId, point);
    this.session?.move(point);
  }

  private up(event: PointerEvent): void {
    if (!this.fingers.delete(event.pointerId)) return;
    if (event.type === "pointercancel") this.session?.cancel();
    else this.session?.end(this.pointOf(event), { shift: event.shiftKey });
    this.session = null;
  }

  /** The two clicks may have been about an annotation; otherwise the picture is shown alone. */
  private doubleClick(event: MouseEvent): void {
    if (this.wasDrawing || this.host.tool().isWaiting?.(this.viewport)) return;
    const drawn = this.viewport.painted?.measurements ?? [];
    const hit = hitAnnotation(drawn, this.pointOf(event), REACH_MOUSE * this.viewport.ratio);
    if (hit) this.host.openAnnotation(this.viewport, hit.annotation.id);
    else this.host.oneUp(this.viewport);
  }

  private turn(event: WheelEvent): void {
    event.preventDefault();
    this.host.activate(this.viewport);
    if (event.ctrlKey !== (this.host.mouse().wheel === "zoom")) {
      zoomBy(this.viewport, Math.exp(-event.deltaY * 0.002), this.pointOf(event));
      return;
    }
    const steps = this.wheel.steps(event) * (event.shiftKey ? 10 : 1);
    if (steps !== 0) this.viewport.setImageIndex(this.viewport.imageIndex + steps);
  }

  private sessionFor(event: PointerEvent): DragSession | null {
    const point = this.pointOf(event);
    const { middle, right } = this.host.mouse();
    if (event.button === 1) return this.host.toolNamed(middle).start(this.viewport, point);
    if (event.button === 2) return this.host.toolNamed(right).start(this.viewport, point);
    const tool = this.host.tool();
    const kinds: readonly string[] = ANNOTATION_KINDS;
    this.wasDrawing = kinds.includes(tool.name);
    if (tool.isWaiting?.(this.viewport)) return tool.start(this.viewport, point);
    const reach = (event.pointerType === "mouse" ? REACH_MOUSE : REACH_TOUCH) * this.viewport.ratio;
    const edit = editSession(this.host.annotations, this.viewport, point, reach, !this.wasDrawing);
    if (edit !== null) {
      this.wasDrawing = false;
      return edit;
    }
    const grabbed = this.wasDrawing ? null : this.host.grab(this.viewport, point, reach);
    if (grabbed !== null) return grabbed;
    this.host.annotations.select(null);
    return (event.ctrlKey ? panTool : tool).start(this.viewport, point);
  }

  /** Keep the two points of the picture under the two fingers, as far as moving and scaling can. */
  private pinch(moving: number, point: ScreenPoint): void {
    const image = this.viewport.image;
    const [first, second] = [...this.fingers.entries()];
    if (!first || !second || image === null) return;
    const [one, other] = [first[1], second[1]];
    const [newOne, newOther] = [moving === first[0] ? point : one, moving === second[0] ? point : other];
    const frame = frameShape(image);
    const { screen } = this.viewport;
    const before = screenPoint((one.x + other.x) / 2, (one.y + other.y) / 2);
    const after = screenPoint((newOne.x + newOther.x) / 2, (newOne.y + newOther.y) / 2);
    const factor = screenDistance(newOne, newOther) / Math.max(1, screenDistance(one, other));
    const scale = effectiveScale(this.viewport.camera, frame, screen) * factor;
    const zoomed = zoomedTo(this.viewport.camera, frame, screen, scale, before);
    this.viewport.setCamera(
      pannedBy(zoomed, frame, screen, { x: after.x - before.x, y: after.y - before.y }),
    );
  }

  private pointOf(event: MouseEvent): ScreenPoint {
    const box = this.viewport.canvas.getBoundingClientRect();
    const { ratio } = this.viewport;
    return screenPoint((event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio);
  }
}
