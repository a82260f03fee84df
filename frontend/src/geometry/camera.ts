import { isTurnedSideways, type Orientation, UPRIGHT } from "./orientation";
import { type ImagePoint, imagePoint, type ScreenPoint, screenPoint } from "./points";

/** The size of a frame in pixels and the shape of one pixel. */
export interface FrameShape {
  readonly columns: number;
  readonly rows: number;
  /** Height of a pixel divided by its width (row spacing / column spacing). */
  readonly pixelAspect: number;
}

export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the reader looks.
 *
 * `scale` is device pixels per image column; null fits the whole frame. The centre is a fraction of the frame,
 * so that it keeps its meaning when the next image of a stack has another matrix.
 */
export interface Camera {
  readonly scale: number | null;
  readonly centre: readonly [number, number];
  readonly orientation: Orientation;
}

export const FITTED: Camera = { scale: null, centre: [0.5, 0.5], orientation: UPRIGHT };

/** screen x = ax·x + cx·y + ex, screen y = ay·x + cy·y + ey, from image points to device pixels. */
export interface ImageToScreen {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** Device pixels per image column at which the whole frame just fits. */
export function fitScale(frame: FrameShape, orientation: Orientation, screen: ScreenSize): number {
  const height = frame.rows * frame.pixelAspect;
  const sideways = isTurnedSideways(orientation);
  const across = sideways ? height : frame.columns;
  const down = sideways ? frame.columns : height;
  return Math.min(screen.width / across, screen.height / down);
}

export function effectiveScale(camera: Camera, frame: FrameShape, screen: ScreenSize): number {
  return camera.scale ?? fitScale(frame, camera.orientation, screen);
}

/**
 * The affine map from image points to device pixels.
 *
 * At whole-number scales the frame's corner lands on a whole device pixel, so that 1 : 1 shows every value
 * unchanged instead of a half-pixel mixture.
 */
export function imageToScreenMatrix(camera: Camera, frame: FrameShape, screen: ScreenSize): ImageToScreen {
  const scale = effectiveScale(camera, frame, screen);
  const { a, b, c, d } = camera.orientation;
  const vertical = scale * frame.pixelAspect;
  const matrix = { a: a * scale, c: b * vertical, b: c * scale, d: d * vertical };
  const centreX = camera.centre[0] * frame.columns;
  const centreY = camera.centre[1] * frame.rows;
  let e = screen.width / 2 - (matrix.a * centreX + matrix.c * centreY);
  let f = screen.height / 2 - (matrix.b * centreX + matrix.d * centreY);
  if (Number.isInteger(scale)) {
    e = Math.round(e);
    f = Math.round(f);
  }
  return { ...matrix, e, f };
}

export function imageToScreen(matrix: ImageToScreen, point: ImagePoint): ScreenPoint {
  return screenPoint(
    matrix.a * point.x + matrix.c * point.y + matrix.e,
    matrix.b * point.x + matrix.d * point.y + matrix.f,
  );
}

export function screenToImage(matrix: ImageToScreen, point: ScreenPoint): ImagePoint {
  const determinant = matrix.a * matrix.d - matrix.b * matrix.c;
  const x = point.x - matrix.e;
  const y = point.y - matrix.f;
  return imagePoint((matrix.d * x - matrix.c * y) / determinant, (matrix.a * y - matrix.b * x) / determinant);
}

/** Move the picture by a distance on the screen. */
export function pannedBy(
  camera: Camera,
  frame: FrameShape,
  screen: ScreenSize,
  delta: { readonly x: number; readonly y: number },
): Camera {
  const matrix = imageToScreenMatrix(camera, frame, screen);
  const determinant = matrix.a * matrix.d - matrix.b * matrix.c;
  const x = (matrix.d * delta.x - matrix.c * delta.y) / determinant;
  const y = (matrix.a * delta.y - matrix.b * delta.x) / determinant;
  return {
    ...camera,
    scale: effectiveScale(camera, frame, screen),
    centre: [camera.centre[0] - x / frame.columns, camera.centre[1] - y / frame.rows],
  };
}

/** Change the scale and keep the image point under `anchor` where it is. */
export function zoomedTo(
  camera: Camera,
  frame: FrameShape,
  screen: ScreenSize,
  scale: number,
  anchor: ScreenPoint,
): Camera {
  // A whole slide fits a screen only at a hundredth of its size.
  const smallest = Math.min(0.02, fitScale(frame, camera.orientation, screen) / 2);
  const limited = Math.min(64, Math.max(smallest, scale));
  const under = screenToImage(imageToScreenMatrix(camera, frame, screen), anchor);
  const next = { ...camera, scale: limited };
  const lands = imageToScreen(imageToScreenMatrix(next, frame, screen), under);
  return pannedBy(next, frame, screen, { x: anchor.x - lands.x, y: anchor.y - lands.y });
}
