import { screenToImage } from "../geometry/camera";
import { crosshairOnScreen, hitCrosshair } from "../geometry/crosshairLines";
import { onPlane, patientPointOf } from "../geometry/planes";
import { patientPoint, type ScreenPoint } from "../geometry/points";
import type { Painted } from "../viewport/painted";
import type { PlaneSet } from "../viewport/planeSet";
import type { Viewport } from "../viewport/viewport";
import { type DragSession, dragging } from "./tool";

/** A drag on the crosshair of a plane: its centre moves the other planes, the end of a line turns them. */
export function crosshairSession(
  planes: PlaneSet | null,
  viewport: Viewport,
  from: ScreenPoint,
  reach: number,
): DragSession | null {
  const { painted, screen } = viewport;
  const view = planes?.viewIn(viewport);
  if (!planes || !painted || !view || painted.quality === "none") return null;
  const shown = crosshairOnScreen(painted.image, view, painted.matrix, screen);
  const hit = shown && hitCrosshair(shown, from, reach);
  if (!hit) return null;
  if (hit.line === null) {
    return dragging((point) => {
      const place = patientPointOf(painted.image, screenToImage(painted.matrix, point));
      if (place !== null) planes.moveCentre(viewport, [place.x, place.y, place.z]);
    });
  }
  const start = angleOf(painted, planes, from);
  planes.startTurning(viewport);
  return {
    move: (point) => planes.turn(angleOf(painted, planes, point) - start),
    end: () => planes.endTurning(),
    cancel: () => {
      planes.turn(0);
      planes.endTurning();
    },
  };
}

/** The direction from the centre to a point, in the plane and from its rows towards its columns. */
function angleOf({ image, matrix }: Painted, planes: PlaneSet, point: ScreenPoint): number {
  const [x, y, z] = planes.centre;
  const centre = onPlane(image, patientPoint(x, y, z));
  const [down, across] = image.pixelSpacingMm ?? [1, 1];
  const to = screenToImage(matrix, point);
  if (!centre) return 0;
  return Math.atan2((to.y - centre.point.y) * down, (to.x - centre.point.x) * across);
}
