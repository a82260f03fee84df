import { type Disposer, DisposerBag } from "../core/disposable";
import { t, tn } from "../core/i18n";
import { element, setText } from "./dom";
import type { ViewerContext } from "./viewerContext";

/** Say in the list of series what has not been looked at: for each series begun, and for the study as a whole. */
export function attachLeft(root: HTMLElement, context: ViewerContext): Disposer {
  const { lookedAt, studies } = context;
  const total = element("p", { class: "strip__left", "data-part": "not-looked-at" });
  const bag = new DisposerBag();
  let scheduled = 0;
  const refresh = () => {
    scheduled = 0;
    root.append(total);
    for (const item of root.querySelectorAll<HTMLElement>("[data-series-index]")) {
      const series = studies.stacks[Number(item.dataset.seriesIndex)]?.series;
      if (!series) continue;
      const left = lookedAt.left(series);
      item.classList.toggle("series--finished", left === 0);
      setText(noteOf(item), noteText(left, series.images.length));
    }
    const own = studies.stacks.filter(({ study }) => study === context.manifest.study);
    const counts = own.map(({ series }) => lookedAt.left(series));
    setText(total, totalText(counts));
  };
  const schedule = () => {
    if (scheduled === 0) scheduled = requestAnimationFrame(refresh);
  };
  bag.add(lookedAt.changed.subscribe(schedule));
  bag.add(studies.changed.subscribe(schedule));
  bag.add(() => cancelAnimationFrame(scheduled));
  schedule();
  return () => bag.dispose();
}

function noteOf(item: HTMLElement): Element {
  const known = item.querySelector(".series__left");
  if (known) return known;
  const note = element("span", { class: "series__left" });
  item.querySelector(".series__text")?.append(note);
  return note;
}

/** Nothing for a series that was not begun: its number of images is there already. */
export function noteText(left: number, count: number): string {
  if (left === 0) return t("✓ looked at");
  return left === count ? "" : t("{left} not yet looked at", { left });
}

/** How much of the study is left, from how much of each series. */
export function totalText(counts: readonly number[]): string {
  if (counts.length === 0) return "";
  const images = counts.reduce((sum, count) => sum + count, 0);
  if (images === 0) return t("Everything has been looked at");
  const series = counts.filter((count) => count > 0).length;
  if (series > 1)
    return t("Not yet looked at: {images} in {series} series", { images: countText(images), series });
  return t("Not yet looked at: {images}", { images: countText(images) });
}

function countText(images: number): string {
  return tn("{count} image", "{count} images", images);
}
