import {
  type Camera,
  type FrameShape,
  fitScale,
  type ImageToScreen,
  imageToScreen,
  imageToScreenMatrix,
  type ScreenSize,
  screenToImage,
} from "./camera";
import { isTurnedSideways } from "./orientation";
import { type ScreenPoint, screenPoint } from "./points";

/** The whole image made small, turned as in the viewport, and where the viewport looks. CSS pixels of the map. */
export interface NavigatorMap {
  readonly size: ScreenSize;
  /** From image points to the map. */
  readonly matrix: ImageToScreen;
  readonly view: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** Images below this many pixels along their longer side are found again without a map. */
const LARGE_PX = 1500;
/** A map is worth its place while less of the image is in view than this share. */
const MOST_IN_VIEW = 0.6;

/** Return the map, or null where it would tell nothing: for small images, and while most of the image is in view. */
export function navigatorMap(
  camera: Camera,
  frame: FrameShape,
  screen: ScreenSize,
  longestPx: number,
): NavigatorMap | null {
  if (Math.max(frame.columns, frame.rows) < LARGE_PX) return null;
  const whole = imageToScreenMatrix(camera, frame, screen);
  const size = mapSize(camera, frame, longestPx);
  const matrix = imageToScreenMatrix({ ...camera, scale: null, centre: [0.5, 0.5] }, frame, size);
  const onMap = (x: number, y: number) => imageToScreen(matrix, screenToImage(whole, screenPoint(x, y)));
  const one = onMap(0, 0);
  const other = onMap(screen.width, screen.height);
  const x = Math.max(0, Math.min(one.x, other.x));
  const y = Math.max(0, Math.min(one.y, other.y));
  const width = Math.min(size.width, Math.max(one.x, other.x)) - x;
  const height = Math.min(size.height, Math.max(one.y, other.y)) - y;
  const share = (Math.max(0, width) * Math.max(0, height)) / (size.width * size.height);
  if (share > MOST_IN_VIEW) return null;
  return { size, matrix, view: { x, y, width: Math.max(0, width), height: Math.max(0, height) } };
}

/** Look at the place of the image that lies under a point of the map. */
export function lookedAt(
  camera: Camera,
  frame: FrameShape,
  screen: ScreenSize,
  map: NavigatorMap,
  point: ScreenPoint,
): Camera {
  const under = screenToImage(map.matrix, point);
  const share = (value: number, most: number) => Math.min(1, Math.max(0, value / most));
  return {
    ...camera,
    scale: camera.scale ?? fitScale(frame, camera.orientation, screen),
    centre: [share(under.x, frame.columns), share(under.y, frame.rows)],
  };
}

function mapSize(camera: Camera, frame: FrameShape, longestPx: number): ScreenSize {
  const height = frame.rows * frame.pixelAspect;
  const sideways = isTurnedSideways(camera.orientation);
  const across = sideways ? height : frame.columns;
  const down = sideways ? frame.columns : height;
  const scale = longestPx / Math.max(across, down);
  return { width: Math.max(1, across * scale), height: Math.max(1, down * scale) };
}
