import { type Disposer, DisposerBag, listen } from "../core/disposable";
import type { OtherObject, Series } from "../dicom/types";
import type { Viewport } from "../viewport/viewport";
import { element, icon } from "./dom";
import { loadThumbnail } from "./thumbnails";
import type { ViewerContext } from "./viewerContext";

const DRAG_TYPE = "application/x-reading-room-series";

/** The list of series. Click shows a series in the active viewport, dragging puts it into any. */
export function buildSeriesStrip(root: HTMLElement, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  const abort = new AbortController();
  bag.add(() => abort.abort());
  const items = context.manifest.series.map((series, index) => {
    const { button, picture } = seriesButton(series, index);
    void loadThumbnail(picture, series.thumbnailUrl, abort.signal);
    bag.add(
      listen(button, "click", () => {
        context.showSeries(index);
        context.page.classList.remove("viewer--sheet");
      }),
    );
    bag.add(
      listen<DragEvent>(button, "dragstart", (event) => {
        event.dataTransfer?.setData(DRAG_TYPE, String(index));
        if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
      }),
    );
    return button;
  });
  root.replaceChildren(...items, ...otherObjects(context.manifest.other));
  const refresh = () => markShown(items, context);
  bag.add(context.changed.subscribe(refresh));
  bag.add(context.grid.changed.subscribe(refresh));
  refresh();
  return () => bag.dispose();
}

/** Let a viewport receive a dragged series. */
export function attachSeriesDrop(viewport: Viewport, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  const { root } = viewport;
  const isSeries = (event: DragEvent) => event.dataTransfer?.types.includes(DRAG_TYPE) ?? false;
  bag.add(
    listen<DragEvent>(root, "dragover", (event) => {
      if (!isSeries(event)) return;
      event.preventDefault();
      root.classList.add("viewport--drop");
    }),
  );
  bag.add(listen(root, "dragleave", () => root.classList.remove("viewport--drop")));
  bag.add(
    listen<DragEvent>(root, "drop", (event) => {
      root.classList.remove("viewport--drop");
      if (!isSeries(event)) return;
      event.preventDefault();
      context.showSeries(Number(event.dataTransfer?.getData(DRAG_TYPE)), viewport);
    }),
  );
  return () => bag.dispose();
}

function seriesButton(
  series: Series,
  index: number,
): { button: HTMLButtonElement; picture: HTMLImageElement } {
  const picture = element("img", { class: "series__picture", alt: "", draggable: "false" });
  const count = series.images.length;
  const number = series.seriesNumber === null ? "" : `S ${series.seriesNumber}`;
  const title =
    series.seriesDescription || series.bodyPartExamined || series.modality || `Series ${index + 1}`;
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
        element("span", { class: "series__count" }, icon("series"), String(count)),
      ),
      element("span", { class: "series__title" }, title),
    ),
  );
  return { button, picture };
}

function otherObjects(others: readonly OtherObject[]): HTMLElement[] {
  if (others.length === 0) return [];
  const list = others.map((other) =>
    element("li", {}, [other.modality, other.description].filter(Boolean).join("  ") || "Object"),
  );
  return [
    element(
      "section",
      { class: "strip__others" },
      element("h2", {}, "Without images"),
      element("ul", {}, ...list),
    ),
  ];
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
