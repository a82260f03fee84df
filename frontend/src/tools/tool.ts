import type { ScreenPoint } from "../geometry/points";
import type { Viewport } from "../viewport/viewport";

/** One drag with a tool. Points are in device pixels of the viewport. */
export interface DragSession {
  move(point: ScreenPoint): void;
  end(point: ScreenPoint): void;
  /** The drag was taken over, for instance by a second finger. */
  cancel(): void;
}

/** What a mouse button or finger does in a viewport. */
export interface Tool {
  readonly name: ToolName;
  readonly cursor: string;
  start(viewport: Viewport, point: ScreenPoint): DragSession | null;
  /** The pointer moves without a button. */
  hover?(viewport: Viewport, point: ScreenPoint): void;
  /** A measurement waits for its next point, so that a press belongs to it and not to a handle below. */
  isWaiting?(viewport: Viewport): boolean;
  /** Give up something half done. Answers whether there was something. */
  abandon?(): boolean;
}

export type ToolName = "window" | "scroll" | "pan" | "zoom" | "length" | "angle" | "probe" | "locate";

/** A session for tools that only follow the pointer. */
export function dragging(move: (point: ScreenPoint) => void): DragSession {
  return { move, end: () => undefined, cancel: () => undefined };
}
