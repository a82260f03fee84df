import type { AnnotationKind } from "../dicom/annotation";
import type { ScreenPoint } from "../geometry/points";
import type { Viewport } from "../viewport/viewport";

/** Keys held while a button or finger is let go. */
export interface Modifiers {
  readonly shift: boolean;
}

/** One drag with a tool. Points are in device pixels of the viewport. */
export interface DragSession {
  move(point: ScreenPoint): void;
  end(point: ScreenPoint, modifiers: Modifiers): void;
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
  /** An annotation waits for its next point, so that a press belongs to it and not to a handle below. */
  isWaiting?(viewport: Viewport): boolean;
  /** Give up something half done. Answers whether there was something. */
  abandon?(): boolean;
  /** End something that has no last point of its own. Answers whether there was something. */
  complete?(): boolean;
}

export type ToolName =
  | "window"
  | "scroll"
  | "pan"
  | "zoom"
  | "locate"
  | "region"
  | "magnifier"
  | AnnotationKind;

/** A session for tools that only follow the pointer. */
export function dragging(move: (point: ScreenPoint) => void): DragSession {
  return { move, end: () => undefined, cancel: () => undefined };
}
