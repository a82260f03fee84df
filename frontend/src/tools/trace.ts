import { imageToScreen } from "../geometry/camera";
import type { ImagePoint, ScreenPoint } from "../geometry/points";
import { screenDistance } from "../geometry/points";
import { simplifiedLine } from "../geometry/simplifiedLine";
import type { Viewport } from "../viewport/viewport";
import { type DrawingHost, emptyContent, paintedImage, pointOn } from "./drawing";
import type { DragSession, Tool } from "./tool";

/** Points nearer than this on the screen (CSS pixels) say nothing new. */
const STEP = 2;
/** How far the kept line may lie from the drawn one (CSS pixels), and how many points it may have. */
const TOLERANCE = 0.4;
const MOST_POINTS = 2000;

/** Draw around a region with the button or finger down; letting go closes it. */
export class TraceTool implements Tool {
  readonly name = "freehand";
  readonly cursor = "crosshair";

  constructor(private readonly host: DrawingHost) {}

  start(viewport: Viewport, from: ScreenPoint): DragSession | null {
    const image = paintedImage(viewport);
    if (image === null) return null;
    const { store } = this.host;
    const points: ImagePoint[] = [pointOn(viewport, image, from)];
    const { id } = store.begin(emptyContent("freehand", viewport, image, points));
    let last = from;
    return {
      move: (to) => {
        if (screenDistance(last, to) < STEP * viewport.ratio) return;
        last = to;
        points.push(pointOn(viewport, image, to));
        store.preview(id, { points: [...points] });
      },
      end: (_to, modifiers) => {
        const kept = this.simplified(viewport, points);
        if (kept.length < 3) {
          store.revert(id, null);
          return;
        }
        store.preview(id, { points: kept });
        const annotation = store.get(id);
        if (annotation) this.host.finished(annotation, viewport, modifiers.shift);
      },
      cancel: () => store.revert(id, null),
    };
  }

  private simplified(viewport: Viewport, points: readonly ImagePoint[]): readonly ImagePoint[] {
    const matrix = viewport.painted?.matrix;
    const [first] = points;
    if (!matrix || !first) return points;
    const one = imageToScreen(matrix, first);
    const other = imageToScreen(matrix, { ...first, x: first.x + 1 });
    const pixel = screenDistance(one, other) || 1;
    let tolerance = (TOLERANCE * viewport.ratio) / pixel;
    let kept = simplifiedLine(points, tolerance);
    while (kept.length > MOST_POINTS) {
      tolerance *= 2;
      kept = simplifiedLine(points, tolerance);
    }
    return kept;
  }
}
