import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t, tn } from "../core/i18n";
import { frameKey } from "../dicom/annotation";
import { formatDate } from "../dicom/text";
import { imageKey, type Series, type StudyManifest } from "../dicom/types";
import type { Stack } from "../viewport/stack";
import type { Viewport } from "../viewport/viewport";
import { showBeside, showSeriesOf } from "./beside";
import { DOCUMENT_DRAG_TYPE, documentItems, documentNamed, markDocuments } from "./documents/documentList";
import { element, icon } from "./dom";
import { attachLeft } from "./notLookedAt";
import { loadThumbnail } from "./thumbnails";
import type { ViewerContext } from "./viewerContext";

const LINK_TYPE = "text/uri-list";
const DRAG_TYPE = "application/x-reading-room-series";
export const STUDY_DRAG_TYPE = "application/x-reading-room-study";

/** The list of series. Click shows a series in the active viewport, dragging puts it into any. */
export function buildSeriesStrip(root: HTMLElement, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  const abort = new AbortController();
  bag.add(() => abort.abort());
  let items: readonly HTMLButtonElement[] = [];
  const made = new Map<Stack, HTMLButtonElement>();
  const build = () => {
    const { stacks, manifests } = context.studies;
    items = stacks.map((stack, index) => {
      const known = made.get(stack) ?? seriesItem(stack, index, context, abort.signal);
      made.set(stack, known);
      return known;
    });
    const parts = manifests.flatMap((manifest) => [
      ...(manifests.length > 1 ? [studyHeading(manifest, manifest.study === context.manifest.study)] : []),
      ...items.filter((_item, index) => stacks[index]?.study === manifest.study),
      ...documentItems(manifest, context),
    ]);
    root.replaceChildren(...parts);
    refresh();
  };
  const refresh = () => {
    markShown(items, context);
    markDocuments(root, context);
    markKeyImages(items, context);
  };
  bag.add(context.annotations.changed.subscribe(refresh));
  bag.add(context.changed.subscribe(refresh));
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.studies.changed.subscribe(build));
  build();
  bag.add(attachLeft(root, context));
  return () => bag.dispose();
}

function studyHeading({ study }: StudyManifest, isCurrent: boolean): HTMLElement {
  return element(
    "h2",
    { class: "strip__study", "data-study-instance-uid": study.studyInstanceUid },
    element("span", {}, isCurrent ? t("This study") : t("Beside it")),
    ` ${formatDate(study.studyDate)} ${study.studyDescription}`,
  );
}

function seriesItem(
  { study, series }: Stack,
  index: number,
  context: ViewerContext,
  signal: AbortSignal,
): HTMLButtonElement {
  const { button, picture } = seriesButton(series, index);
  void loadThumbnail(picture, series.thumbnailUrl, signal);
  listen(button, "click", () => {
    context.showSeries(index);
    context.page.classList.remove("viewer--sheet");
  });
  listen<DragEvent>(button, "dragstart", (event) => {
    event.dataTransfer?.setData(DRAG_TYPE, `${study.studyInstanceUid}/${series.seriesInstanceUid}`);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
  });
  return button;
}

/** Let a viewport receive a dragged series, a study of the timeline, or a study's link from another window. */
export function attachSeriesDrop(viewport: Viewport, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  const { root } = viewport;
  const isWelcome = ({ dataTransfer }: DragEvent) =>
    [DRAG_TYPE, DOCUMENT_DRAG_TYPE, STUDY_DRAG_TYPE, LINK_TYPE].some((type) =>
      dataTransfer?.types.includes(type),
    );
  bag.add(
    listen<DragEvent>(root, "dragover", (event) => {
      if (!isWelcome(event)) return;
      event.preventDefault();
      root.classList.add("viewport--drop");
    }),
  );
  bag.add(listen(root, "dragleave", () => root.classList.remove("viewport--drop")));
  bag.add(
    listen<DragEvent>(root, "drop", (event) => {
      root.classList.remove("viewport--drop");
      if (!isWelcome(event)) return;
      event.preventDefault();
      const data = (type: string) => event.dataTransfer?.getData(type) ?? "";
      const studyUid = data(STUDY_DRAG_TYPE) || linkedStudy(data(LINK_TYPE));
      const document = documentNamed(data(DOCUMENT_DRAG_TYPE), context);
      if (document) context.showDocument(document, viewport);
      else if (data(DRAG_TYPE)) dropSeries(data(DRAG_TYPE), context, viewport);
      else if (studyUid) void showBeside(context, studyUid, viewport);
    }),
  );
  return () => bag.dispose();
}

/** A series of this window, or of the other one, which may have studies open that this one has not. */
function dropSeries(dragged: string, context: ViewerContext, viewport: Viewport): void {
  const [studyInstanceUid = "", seriesInstanceUid = ""] = dragged.split("/");
  const index = context.studies.stacks.findIndex(
    ({ series }) => series.seriesInstanceUid === seriesInstanceUid,
  );
  if (index >= 0) context.showSeries(index, viewport);
  else void showSeriesOf(context, { studyInstanceUid, seriesInstanceUid, imageIndex: 0 }, viewport);
}

/** The study that a link of our own leads to, or "". */
function linkedStudy(link: string): string {
  const url = URL.parse(link.split("\n")[0]?.trim() ?? "");
  if (url?.origin !== location.origin) return "";
  return /^\/viewer\/studies\/([0-9.]+)\/$/.exec(url.pathname)?.[1] ?? "";
}

function seriesButton(
  series: Series,
  index: number,
): { button: HTMLButtonElement; picture: HTMLImageElement } {
  const picture = element("img", { class: "series__picture", alt: "", draggable: "false" });
  const count = series.images.length;
  const number = series.seriesNumber === null ? "" : `S ${series.seriesNumber}`;
  const title =
    series.seriesDescription ||
    series.bodyPartExamined ||
    series.modality ||
    t("Series {number}", { number: index + 1 });
  const button = element(
    "button",
    { type: "button", class: "series", draggable: "true", title, "data-series-index": index },
    element("span", { class: "series__frame" }, picture),
    element(
      "span",
      { class: "series__text" },
      element(
        "span",
        { class: "series__meta" },
        element("span", {}, [number, series.modality, series.laterality].filter(Boolean).join(" ")),
        element("span", { class: "series__key", hidden: true }),
        element("span", { class: "series__count" }, icon("series"), String(count)),
      ),
      element("span", { class: "series__title" }, title),
    ),
  );
  return { button, picture };
}

/** How many key images a series has. */
function markKeyImages(items: readonly HTMLButtonElement[], context: ViewerContext): void {
  const keys = new Set(context.annotations.keyImages.map(frameKey));
  items.forEach((item, index) => {
    const images = context.studies.stacks[index]?.series.images ?? [];
    const count = keys.size === 0 ? 0 : images.filter((image) => keys.has(imageKey(image))).length;
    const label = item.querySelector<HTMLElement>(".series__key");
    if (label === null || label.dataset.count === String(count)) return;
    label.dataset.count = String(count);
    label.hidden = count === 0;
    label.title = tn("{count} key image", "{count} key images", count);
    label.replaceChildren(icon("star"), String(count));
  });
}

function markShown(items: readonly HTMLButtonElement[], context: ViewerContext): void {
  const shown = new Set(context.grid.visible.map((viewport) => context.seriesIndexOf(viewport)));
  const active = context.seriesIndexOf();
  items.forEach((item, index) => {
    item.classList.toggle("series--shown", shown.has(index));
    if (index === active) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  });
}
