import { canBeKept } from "../annotations/autosave";
import { describeAnnotation } from "../annotations/describe";
import { statisticsLines } from "../annotations/kinds/regions";
import { KINDS } from "../annotations/kinds/table";
import { onShownPlane } from "../annotations/planeMarks";
import { agree } from "../annotations/serverCheck";
import type { Annotation } from "../annotations/store";
import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { numberText, t } from "../core/i18n";
import { type FramePlace, frameKey } from "../dicom/annotation";
import { localDate, localMoment, spokenMoment } from "../dicom/moment";
import { imageKey, type StudyImage } from "../dicom/types";
import type { Stack } from "../viewport/stack";
import { element, icon } from "./dom";
import { kindIcon } from "./measureMenu";
import { showPlaneMark } from "./planes";
import type { ViewerContext } from "./viewerContext";

interface Found {
  readonly stack: Stack;
  readonly index: number;
  readonly image: StudyImage;
}

/** The list of all marks and key images of the open studies. A click shows the image and the mark. */
export function attachAnnotationPanel(body: HTMLElement, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  const close = element(
    "button",
    { type: "button", class: "button button--icon", "aria-label": t("Close the list") },
    icon("cross"),
  );
  const list = element("ol", { class: "marks__list" });
  const panel = element(
    "aside",
    { class: "marks", "aria-label": t("Marks and key images"), hidden: true },
    element("header", { class: "marks__header" }, element("h2", {}, t("Marks and key images")), close),
    list,
  );
  body.append(panel);
  let scheduled = 0;
  const refresh = () => {
    if (panel.hidden || scheduled !== 0) return;
    scheduled = requestAnimationFrame(() => {
      scheduled = 0;
      writeList(list, context);
    });
  };
  const toggle = () => {
    panel.hidden = !panel.hidden;
    context.page.classList.toggle("viewer--marks", !panel.hidden);
    refresh();
    context.changed.emit();
  };
  bag.add(listen(context.page, "viewer:marks", toggle));
  bag.add(listen(close, "click", toggle));
  bag.add(context.annotations.changed.subscribe(refresh));
  bag.add(context.presentations.changed.subscribe(refresh));
  bag.add(context.studies.changed.subscribe(refresh));
  bag.add(context.values.arrived.subscribe(refresh));
  bag.add(context.serverCheck.changed.subscribe(refresh));
  bag.add(() => panel.remove());
  return () => bag.dispose();
}

function writeList(list: HTMLElement, context: ViewerContext): void {
  const focused = list.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset.mark
    : undefined;
  const { annotations: store } = context;
  const stars = [
    ...store.keyImages.map((mark) => ({ place: mark, note: noteOf(mark.author, mark.changedAt) })),
    ...keyObjectPlaces(context),
  ].map(({ place, note }) => keyImageItem(context, place, note));
  const marks = [...store.all]
    .map((annotation) => ({ annotation, found: find(context, annotation) }))
    .sort((one, other) => order(context, one.found) - order(context, other.found))
    .map(({ annotation, found }) => annotationItem(context, annotation, found));
  const items = [...stars, ...marks];
  const empty = element(
    "li",
    { class: "marks__empty" },
    t("Nothing is marked. K marks a key image, D measures."),
  );
  list.replaceChildren(...(items.length > 0 ? items : [empty]));
  if (focused) list.querySelector<HTMLElement>(`[data-mark="${focused}"]`)?.focus();
}

function annotationItem(context: ViewerContext, annotation: Annotation, found: Found | null): HTMLElement {
  const { annotations: store, values } = context;
  const { kind, source, id } = annotation;
  const shown = found ? { image: found.image, annotation } : shownPlane(context, annotation);
  const lines = shown ? describeAnnotation(shown.annotation, shown.image, store, values) : [annotation.text];
  const kept = canBeKept(annotation) || source !== null;
  const by = source
    ? t("from {source}", { source: source.label || t("another system") })
    : noteOf(annotation.author, annotation.changedAt);
  return item({
    iconName: kindIcon(kind),
    title: [KINDS[kind].label, ...lines].filter(Boolean),
    where: annotation.plane ? t("on a plane through the series") : placeText(found),
    note: kept ? by : t("on a reformatted plane: not kept"),
    check: shown ? checkText(context, shown.annotation, shown.image) : "",
    mark: id,
    isSelected: id === store.selectedId,
    isReadOnly: source !== null || !annotation.mayEdit,
    act: () => {
      store.setHidden(false);
      if (annotation.plane) void showPlaneMark(context, annotation);
      else show(context, found);
      store.select(id);
    },
  });
}

/** A mark on the plane on the screen that shows it, in the pixels of that plane; its numbers are read there. */
function shownPlane(
  { grid }: ViewerContext,
  kept: Annotation,
): { image: StudyImage; annotation: Annotation } | null {
  for (const { image } of grid.visible) {
    const annotation = image && onShownPlane(kept, image);
    if (annotation) return { image, annotation };
  }
  return null;
}

function keyImageItem(context: ViewerContext, place: FramePlace, note: string): HTMLElement {
  const found = find(context, place);
  return item({
    iconName: "star",
    title: [t("Key image")],
    where: placeText(found),
    note,
    check: "",
    mark: `key ${frameKey(place)}`,
    isSelected: false,
    isReadOnly: false,
    act: () => show(context, found),
  });
}

/** What key objects of other systems, or stored before, say. */
function keyObjectPlaces(context: ViewerContext): { place: FramePlace; note: string }[] {
  return context.presentations.current.keyObjects.flatMap(({ title, description, images }) =>
    images.flatMap(({ sopInstanceUid, frameNumbers }) =>
      (frameNumbers.length > 0 ? frameNumbers : [1]).map((frameNumber) => ({
        place: {
          studyInstanceUid: context.manifest.study.studyInstanceUid,
          sopInstanceUid,
          frameNumber,
        },
        note: [title, description].filter(Boolean).join(", "),
      })),
    ),
  );
}

interface Item {
  readonly iconName: string;
  readonly title: readonly string[];
  readonly where: string;
  readonly note: string;
  readonly check: string;
  readonly mark: string;
  readonly isSelected: boolean;
  readonly isReadOnly: boolean;
  readonly act: () => void;
}

function item(one: Item): HTMLElement {
  const button = element(
    "button",
    {
      type: "button",
      class: one.isReadOnly ? "mark mark--read-only" : "mark",
      "data-mark": one.mark,
      "aria-current": one.isSelected ? "true" : null,
    },
    icon(one.iconName),
    element(
      "span",
      { class: "mark__text" },
      ...one.title.map((line, index) =>
        element("span", { class: index === 0 ? "mark__kind" : "mark__value" }, line),
      ),
      one.check ? element("span", { class: "mark__check" }, one.check) : null,
      element("span", { class: "mark__note" }, [one.where, one.note].filter(Boolean).join(" · ")),
    ),
  );
  button.addEventListener("click", one.act);
  return element("li", {}, button);
}

/** Whether the server, from the stored file, comes to what the page shows. */
function checkText(context: ViewerContext, annotation: Annotation, image: StudyImage): string {
  const theirs = context.serverCheck.of(annotation);
  if (theirs === null || theirs.mean === null) return "";
  const ours = context.values.statistics(image, annotation);
  if (ours === null) return [t("Server:"), ...statisticsLines(theirs, image)].join(" ");
  if (ours === "loading") return "";
  const factor = theirs.unit === "SUV" ? (image.suvFactor ?? 1) : 1;
  const scaled = { ...theirs, ...inModalityUnits(theirs, factor) };
  return agree(ours, scaled)
    ? t("✓ the server measures the same")
    : t("⚠ server: mean {mean}", { mean: numberText(theirs.mean, 2) });
}

function inModalityUnits(
  { mean, standardDeviation, minimum, maximum }: NonNullable<ReturnType<ViewerContext["serverCheck"]["of"]>>,
  factor: number,
) {
  const divided = (value: number | null) => (value === null ? null : value / factor);
  return {
    mean: divided(mean),
    standardDeviation: divided(standardDeviation),
    minimum: divided(minimum),
    maximum: divided(maximum),
  };
}

function noteOf(author: string, changedAt: string): string {
  const moment = changedAt ? spokenMoment(localMoment(changedAt), localDate(new Date())) : t("just now");
  return [author, moment].filter(Boolean).join(", ");
}

function find({ studies }: ViewerContext, place: FramePlace): Found | null {
  for (const stack of studies.stacks) {
    const index = stack.series.images.findIndex((image) => imageKey(image) === frameKey(place));
    const image = stack.series.images[index];
    if (image) return { stack, index, image };
  }
  return null;
}

function order({ studies }: ViewerContext, found: Found | null): number {
  return found ? studies.stacks.indexOf(found.stack) * 1e6 + found.index : Number.MAX_SAFE_INTEGER;
}

function placeText(found: Found | null): string {
  if (!found) return "";
  const { series } = found.stack;
  const name = series.seriesNumber === null ? series.seriesDescription : `S ${series.seriesNumber}`;
  return t("{series} image {number}", { series: name, number: found.index + 1 });
}

/** In a viewport that shows the series already, otherwise in the active one. */
function show({ grid, changed }: ViewerContext, found: Found | null): void {
  if (!found) return;
  const uid = found.stack.series.seriesInstanceUid;
  const isShown = ({ stack, image }: (typeof grid.visible)[number]) =>
    stack?.series.seriesInstanceUid === uid && image?.plane === "";
  const viewport = isShown(grid.active) ? grid.active : (grid.visible.find(isShown) ?? grid.active);
  if (isShown(viewport)) viewport.setImageIndex(found.index);
  else viewport.setStack(found.stack, found.index);
  grid.activate(viewport);
  changed.emit();
}
