import { screenToImage } from "../geometry/camera";
import { patientPointOf } from "../geometry/planes";
import type { PatientPoint, ScreenPoint } from "../geometry/points";
import type { Viewport } from "../viewport/viewport";
import { dragging, type Tool } from "./tool";

/** Press or drag on a place: the other viewports go there and mark it. */
export function locateTool(show: (viewport: Viewport, point: PatientPoint) => void): Tool {
  const showAt = (viewport: Viewport, point: ScreenPoint) => {
    const { painted } = viewport;
    if (painted === null) return;
    const place = patientPointOf(painted.image, screenToImage(painted.matrix, point));
    if (place !== null) show(viewport, place);
  };
  return {
    name: "locate",
    cursor: "crosshair",
    start(viewport, from) {
      showAt(viewport, from);
      return dragging((point) => showAt(viewport, point));
    },
  };
}
