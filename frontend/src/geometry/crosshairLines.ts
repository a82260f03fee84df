import type { StudyImage } from "../dicom/types";
import { type ImageToScreen, imageToScreen, type ScreenSize } from "./camera";
import { cutDirection, type Directions } from "./crosshair";
import { onPlane, planeOf, type Vector } from "./planes";
import { patientPoint, type ScreenPoint, screenDistance, screenPoint } from "./points";

/** What one plane shows of the others. */
export interface CrosshairView {
  readonly centre: Vector;
  readonly cuts: readonly {
    readonly directions: Directions;
    readonly colour: string;
    /** Half the thickness of its slab, 0 for a plane. */
    readonly halfMm: number;
  }[];
}

/** A line of the crosshair in device pixels, with the handles by which it is turned. */
export interface CrosshairLine {
  readonly colour: string;
  readonly from: ScreenPoint;
  readonly to: ScreenPoint;
  readonly handles: readonly [ScreenPoint, ScreenPoint];
  /** From the line to each side of the slab; null for a plane. */
  readonly side: { readonly x: number; readonly y: number } | null;
}

export interface CrosshairOnScreen {
  readonly centre: ScreenPoint;
  readonly lines: readonly CrosshairLine[];
}

/** Handles lie this far from the centre, as a part of the shorter side of the picture. */
export const HANDLE_REACH = 0.36;

/** Where the lines of the other planes run on an image. */
export function crosshairOnScreen(
  image: StudyImage,
  view: CrosshairView,
  matrix: ImageToScreen,
  screen: ScreenSize,
): CrosshairOnScreen | null {
  const plane = planeOf(image);
  const [x, y, z] = view.centre;
  const met = onPlane(image, patientPoint(x, y, z));
  if (!plane || !met || !image.pixelSpacingMm) return null;
  const [down, across] = image.pixelSpacingMm;
  const centre = imageToScreen(matrix, met.point);
  const onScreen = ([right, below]: readonly [number, number]) => ({
    x: matrix.a * (right / across) + matrix.c * (below / down),
    y: matrix.b * (right / across) + matrix.d * (below / down),
  });
  const reach = HANDLE_REACH * Math.min(screen.width, screen.height);
  const far = screen.width + screen.height + screenDistance(centre, screenPoint(0, 0));
  const lines = view.cuts.flatMap(({ directions, colour, halfMm }) => {
    const direction = cutDirection(plane, directions);
    if (direction === null) return [];
    const along = onScreen(direction);
    const length = Math.hypot(along.x, along.y);
    const at = (distance: number) =>
      screenPoint(centre.x + (along.x / length) * distance, centre.y + (along.y / length) * distance);
    const aside = onScreen([-direction[1] * halfMm, direction[0] * halfMm]);
    return [
      {
        colour,
        from: at(-far),
        to: at(far),
        handles: [at(-reach), at(reach)] as const,
        side: halfMm > 0 ? aside : null,
      },
    ];
  });
  return { centre, lines };
}

/** What of the crosshair lies under a pointer: its centre, or the line whose handle it is. */
export function hitCrosshair(
  { centre, lines }: CrosshairOnScreen,
  point: ScreenPoint,
  reach: number,
): { readonly line: number | null } | null {
  if (screenDistance(centre, point) <= reach) return { line: null };
  const line = lines.findIndex(({ handles }) =>
    handles.some((handle) => screenDistance(handle, point) <= reach),
  );
  return line < 0 ? null : { line };
}
