import { DisposerBag, listen } from "../../core/disposable";
import { unitText } from "../../dicom/waveform";
import { type CalliperGrip, type Callipers, calliperText, gripAt, moved } from "../../geometry/callipers";

const REACH_PX = 8;
const REACH_TOUCH_PX = 20;
/** A press that goes no further than this takes the callipers away. */
const SMALLEST_MM = 0.5;
const KEY_STEP_MM = 1;

export interface CalliperHost {
  readonly pixelsAMm: () => number;
  readonly changed: () => void;
}

/** Two pairs of legs that the reader draws over the paper and moves by their sides. */
export class CalliperTool {
  current: Callipers | null = null;
  /** With a finger, dragging scrolls until callipers are asked for. */
  isOn = !window.matchMedia("(pointer: coarse)").matches;
  private readonly bag = new DisposerBag();
  private grip: CalliperGrip | null = null;
  private start: { readonly x: number; readonly y: number; readonly from: Callipers | null } | null = null;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly host: CalliperHost,
  ) {
    this.bag.add(listen<PointerEvent>(scroller, "pointerdown", (event) => this.down(event)));
    this.bag.add(listen<PointerEvent>(scroller, "pointermove", (event) => this.move(event)));
    this.bag.add(listen<PointerEvent>(scroller, "pointerup", () => this.up()));
    this.bag.add(listen<PointerEvent>(scroller, "pointercancel", () => this.up()));
    this.setOn(this.isOn);
  }

  setOn(isOn: boolean): void {
    this.isOn = isOn;
    this.scroller.classList.toggle("waveform__scroll--measuring", isOn);
    if (!isOn) this.clear();
  }

  clear(): void {
    this.current = null;
    this.host.changed();
  }

  dispose(): void {
    this.bag.dispose();
  }

  text(speedMmS: number, mmAUnit: number | null, unit: string): string {
    return this.current ? calliperText(this.current, speedMmS, mmAUnit, unitText(unit)) : "";
  }

  /** Begin in the middle of what is in sight, then move the right or the lower leg. */
  moveByKey(key: string, { scrollLeft, scrollTop, clientWidth, clientHeight }: HTMLElement): boolean {
    const millimetres = this.host.pixelsAMm();
    if (this.current === null) {
      const x = (scrollLeft + clientWidth / 2) / millimetres;
      const y = (scrollTop + clientHeight / 2) / millimetres;
      this.current = { x0: x, y0: y, x1: x + 25, y1: y + 10 };
    } else {
      const isAcross = key === "ArrowLeft" || key === "ArrowRight";
      const step = key === "ArrowLeft" || key === "ArrowUp" ? -KEY_STEP_MM : KEY_STEP_MM;
      this.current = moved(
        this.current,
        isAcross ? "right" : "bottom",
        isAcross ? step : 0,
        isAcross ? 0 : step,
      );
    }
    this.host.changed();
    return true;
  }

  private down(event: PointerEvent): void {
    if (!this.isOn || event.button !== 0) return;
    const place = this.placeOf(event);
    // A press on a scroll bar is none on the paper.
    if (place === null) return;
    this.scroller.setPointerCapture(event.pointerId);
    const reach = (event.pointerType === "mouse" ? REACH_PX : REACH_TOUCH_PX) / this.host.pixelsAMm();
    this.grip = this.current && gripAt(this.current, place.x, place.y, reach);
    this.start = { ...place, from: this.grip ? this.current : null };
    if (this.grip === null) this.current = { x0: place.x, y0: place.y, x1: place.x, y1: place.y };
    this.host.changed();
  }

  private move(event: PointerEvent): void {
    const { start, grip } = this;
    const place = start && this.placeOf(event, true);
    if (!start || !place) return;
    this.current =
      start.from && grip
        ? moved(start.from, grip, place.x - start.x, place.y - start.y)
        : { x0: start.x, y0: start.y, x1: place.x, y1: place.y };
    this.host.changed();
  }

  private up(): void {
    if (this.start === null) return;
    this.start = null;
    const { current } = this;
    const isNothing =
      current &&
      Math.abs(current.x1 - current.x0) < SMALLEST_MM &&
      Math.abs(current.y1 - current.y0) < SMALLEST_MM;
    if (isNothing) this.clear();
  }

  /** Where on the paper a pointer is, in millimetres. */
  private placeOf(event: PointerEvent, isAnywhere = false): { x: number; y: number } | null {
    const { scroller } = this;
    const box = scroller.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (!isAnywhere && (x > scroller.clientWidth || y > scroller.clientHeight)) return null;
    const millimetres = this.host.pixelsAMm();
    return { x: (x + scroller.scrollLeft) / millimetres, y: (y + scroller.scrollTop) / millimetres };
  }
}
