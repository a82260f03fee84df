import { type Disposer, DisposerBag, listen } from "../../core/disposable";

/** What hands can do with a volume; distances in CSS pixels. */
export interface VolumeHandling {
  readonly turn: (across: number, down: number) => void;
  readonly move: (across: number, down: number) => void;
  /** How many times larger. */
  readonly zoom: (factor: number) => void;
}

type Place = readonly [x: number, y: number];

/** One finger or the left button turns, two fingers zoom and move, other buttons move, the wheel zooms. */
export function attachVolumePointer(canvas: HTMLCanvasElement, handling: VolumeHandling): Disposer {
  const bag = new DisposerBag();
  const held = new Map<number, Place>();
  const release = ({ pointerId }: PointerEvent) => void held.delete(pointerId);
  bag.add(
    listen<PointerEvent>(canvas, "pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      held.set(event.pointerId, [event.clientX, event.clientY]);
    }),
  );
  bag.add(
    listen<PointerEvent>(canvas, "pointermove", (event) => {
      const before = held.get(event.pointerId);
      if (!before) return;
      const now: Place = [event.clientX, event.clientY];
      const still = [...held].find(([id]) => id !== event.pointerId)?.[1];
      held.set(event.pointerId, now);
      const [across, down] = [now[0] - before[0], now[1] - before[1]];
      if (still) {
        handling.zoom(distance(now, still) / Math.max(1, distance(before, still)));
        handling.move(across / 2, down / 2);
      } else if (event.buttons > 1) handling.move(across, down);
      else handling.turn(across, down);
    }),
  );
  bag.add(listen(canvas, "pointerup", release));
  bag.add(listen(canvas, "pointercancel", release));
  bag.add(listen(canvas, "contextmenu", (event) => event.preventDefault()));
  bag.add(
    listen<WheelEvent>(
      canvas,
      "wheel",
      (event) => {
        event.preventDefault();
        handling.zoom(Math.exp(-Math.sign(event.deltaY) * 0.12));
      },
      { passive: false },
    ),
  );
  return () => bag.dispose();
}

function distance([a, b]: Place, [c, d]: Place): number {
  return Math.hypot(a - c, b - d);
}
