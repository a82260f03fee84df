import { KINDS } from "../annotations/kinds/table";
import type { Annotation } from "../annotations/store";
import { t } from "../core/i18n";
import { ANNOTATION_KINDS, frameKey } from "../dicom/annotation";
import { measureLength } from "../dicom/calibration";
import { imageKey } from "../dicom/types";
import type { DrawingHost } from "../tools/drawing";
import { PointsTool } from "../tools/points";
import { PolygonTool } from "../tools/polygon";
import { nextSpineLevel } from "../tools/spine";
import type { Tool, ToolName } from "../tools/tool";
import { TraceTool } from "../tools/trace";
import type { Viewport } from "../viewport/viewport";
import { askBeside } from "./textEntry";
import type { ViewerContext } from "./viewerContext";

const KEEPS_TOOL = "reading-room-keeps-measuring-tool";

export function isDrawingTool(name: ToolName): boolean {
  return name in KINDS;
}

/** One tool for each kind of annotation. */
export function drawingTools(host: DrawingHost): Readonly<Record<(typeof ANNOTATION_KINDS)[number], Tool>> {
  const tools = ANNOTATION_KINDS.map((kind): readonly [string, Tool] => {
    if (KINDS[kind].gesture === "trace") return [kind, new TraceTool(host)];
    if (KINDS[kind].gesture === "corners") return [kind, new PolygonTool(host)];
    return [kind, new PointsTool(kind, host)];
  });
  return Object.fromEntries(tools) as Record<(typeof ANNOTATION_KINDS)[number], Tool>;
}

/** Whether the reader wants to stay with a measuring tool until Esc. */
export function keepsTool(): boolean {
  return localStorage.getItem(KEEPS_TOOL) === "1";
}

export function setKeepsTool(keeps: boolean): void {
  localStorage.setItem(KEEPS_TOOL, keeps ? "1" : "0");
}

/** What happens when the last point is placed: ask what must be asked, keep it, go back to the tool before. */
export async function finishAnnotation(
  context: ViewerContext,
  annotation: Annotation,
  viewport: Viewport,
  staysWithTool: boolean,
): Promise<void> {
  const { annotations: store } = context;
  const { id, kind } = annotation;
  const { asks } = KINDS[kind];
  if (kind === "spine_label") nameVertebra(context, annotation, viewport);
  // Labels of a spine come in a row.
  if (!staysWithTool && !keepsTool() && kind !== "spine_label") context.leaveDrawing();
  if (asks && !(await askFor(context, annotation, viewport))) {
    store.revert(id, null);
    return;
  }
  store.commit(id, null);
  if (kind === "spine_label") store.select(null);
}

/** Change the words of an annotation, or the length of a calibration line. */
export async function openAnnotation(context: ViewerContext, viewport: Viewport, id: string): Promise<void> {
  const { annotations: store } = context;
  const before = store.get(id);
  if (!before?.mayEdit || store.isDraft(id)) return;
  store.select(id);
  store.hold(id);
  if (await askFor(context, before, viewport)) store.commit(id, before);
  else store.release(id);
}

async function askFor(context: ViewerContext, annotation: Annotation, viewport: Viewport): Promise<boolean> {
  const { annotations: store } = context;
  const { id, kind, points, text, lengthMm } = annotation;
  const at = points.at(-1);
  if (!at) return false;
  if (KINDS[kind].asks === "length") {
    const answer = await askBeside(viewport, at, {
      label: t("True length"),
      value: String(lengthMm ?? guessedLength(viewport, annotation)),
      isLength: true,
    });
    const length = Number(answer);
    if (answer === null || !(length > 0)) return false;
    store.preview(id, { lengthMm: length });
    return true;
  }
  const answer = await askBeside(viewport, at, { label: t("Words beside the mark"), value: text });
  const mustHaveWords = kind === "text" || kind === "spine_label";
  if (answer === null || (answer === "" && mustHaveWords)) return false;
  store.preview(id, { text: answer });
  return true;
}

/** The length by the file, as a start; nothing where the file knows none. */
function guessedLength(viewport: Viewport, { points: [from, to] }: Annotation): number | "" {
  const spacingMm = viewport.image?.pixelSpacingMm;
  if (!from || !to || !spacingMm) return "";
  return Math.round(measureLength({ spacingMm, unit: "mm" }, from, to) * 10) / 10;
}

function nameVertebra(context: ViewerContext, annotation: Annotation, viewport: Viewport): void {
  const { annotations: store } = context;
  const { image } = viewport;
  const [point] = annotation.points;
  if (!image || !point) return;
  const labels = store
    .forImage(image)
    .filter(({ kind, id }) => kind === "spine_label" && id !== annotation.id);
  const last = context.spineStart.isForced ? null : (labels.at(-1) ?? null);
  const level = nextSpineLevel(last, point, image, context.spineStart.level);
  context.setSpineStart(level, false);
  store.preview(annotation.id, { text: level });
}

/** Put a copy on the next image of the series and go there. */
export function copyToNextImage(context: ViewerContext): void {
  const { annotations: store, grid } = context;
  const annotation = store.selectedAnnotation;
  const { stack, imageIndex } = grid.active;
  const next = stack?.series.images[imageIndex + 1];
  if (!annotation || !stack || !next) return;
  if (frameKey(annotation) !== imageKey(stack.series.images[imageIndex] ?? next)) return;
  store.paste(annotation, {
    seriesInstanceUid: stack.series.seriesInstanceUid,
    image: next,
    studyInstanceUid: stack.study.studyInstanceUid,
  });
  grid.active.setImageIndex(imageIndex + 1);
}

/** Put what was copied on the image that is looked at. */
export function pasteHere(context: ViewerContext): void {
  const { annotations: store, grid } = context;
  const { clipboard } = store;
  const { stack, image } = grid.active;
  if (!clipboard || !stack || !image) return;
  // On its own image the copy lies beside the original.
  const aside = frameKey(clipboard) === imageKey(image) ? image.columns / 40 : 0;
  const points = clipboard.points.map((point) => ({ ...point, x: point.x + aside, y: point.y + aside }));
  store.paste(
    { ...clipboard, points },
    {
      studyInstanceUid: stack.study.studyInstanceUid,
      seriesInstanceUid: stack.series.seriesInstanceUid,
      image,
    },
  );
}
