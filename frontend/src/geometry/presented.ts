import type { DisplayedArea, PresentationLook } from "../dicom/presentation";
import { type Camera, type FrameShape, fitScale, type ScreenSize } from "./camera";
import { flipHorizontally, type Orientation, rotateRight, UPRIGHT } from "./orientation";

/** Where a presentation state looks: its turn and mirror, and the part of the image that it shows. */
export function presentedCamera(look: PresentationLook, frame: FrameShape, screen: ScreenSize): Camera {
  const orientation = presentedOrientation(look);
  const area = look.displayedArea;
  const { left, top, right, bottom } = area;
  const isWhole = left === 0 && top === 0 && right === frame.columns && bottom === frame.rows;
  return {
    scale: presentedScale(area, isWhole, frame, orientation, screen),
    centre: [(left + right) / 2 / frame.columns, (top + bottom) / 2 / frame.rows],
    orientation,
  };
}

/** Turned clockwise first, then mirrored (PS3.3 C.10.6). */
function presentedOrientation(look: PresentationLook): Orientation {
  let orientation = UPRIGHT;
  for (let quarter = 0; quarter < look.rotationDegrees / 90; quarter += 1) {
    orientation = rotateRight(orientation);
  }
  return look.isMirrored ? flipHorizontally(orientation) : orientation;
}

/** null where the whole image just fits, so that it goes on fitting when the window changes its size. */
function presentedScale(
  area: DisplayedArea,
  isWhole: boolean,
  frame: FrameShape,
  orientation: Orientation,
  screen: ScreenSize,
): number | null {
  if (area.mode === "MAGNIFY" && area.magnification) return area.magnification;
  if (isWhole) return null;
  const part = { ...frame, columns: area.right - area.left, rows: area.bottom - area.top };
  return fitScale(part, orientation, screen);
}
