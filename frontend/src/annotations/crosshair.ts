import type { CrosshairLine, CrosshairOnScreen } from "../geometry/crosshairLines";
import type { ScreenPoint } from "../geometry/points";

/** The lines leave the place around the centre free, so that what is there can be seen (CSS pixels). */
const GAP = 14;
const HANDLE_RADIUS = 4.5;

/** Draw the other planes through a plane: lines with handles, open in the middle, dashed where a slab ends. */
export function drawCrosshair(
  context: CanvasRenderingContext2D,
  crosshair: CrosshairOnScreen | null,
  ratio: number,
): void {
  if (crosshair === null) return;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.lineWidth = ratio;
  for (const line of crosshair.lines) drawLine(context, crosshair.centre, line, ratio);
  context.restore();
}

function drawLine(
  context: CanvasRenderingContext2D,
  centre: ScreenPoint,
  line: CrosshairLine,
  ratio: number,
): void {
  context.strokeStyle = line.colour;
  context.fillStyle = line.colour;
  context.globalAlpha = 0.85;
  for (const end of [line.from, line.to]) {
    const length = Math.hypot(end.x - centre.x, end.y - centre.y);
    const share = (GAP * ratio) / length;
    stroke(
      context,
      centre.x + (end.x - centre.x) * share,
      centre.y + (end.y - centre.y) * share,
      end.x,
      end.y,
    );
  }
  for (const handle of line.handles) {
    context.beginPath();
    context.arc(handle.x, handle.y, HANDLE_RADIUS * ratio, 0, 2 * Math.PI);
    context.fill();
  }
  if (line.side === null) return;
  context.globalAlpha = 0.55;
  context.setLineDash([5 * ratio, 5 * ratio]);
  for (const sign of [-1, 1]) {
    const x = line.side.x * sign;
    const y = line.side.y * sign;
    stroke(context, line.from.x + x, line.from.y + y, line.to.x + x, line.to.y + y);
  }
  context.setLineDash([]);
}

function stroke(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}
