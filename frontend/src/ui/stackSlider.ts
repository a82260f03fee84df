import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { clamp } from "../core/numbers";
import type { LookedAt } from "../viewport/lookedAt";
import type { Viewport } from "../viewport/viewport";
import { element } from "./dom";

const LOADED_COLOUR = "#5f8ea0";
const LOOKED_AT_COLOUR = "#cfd8dc";

/** The slider at the right edge: the place in the stack, which images are loaded and which were looked at. */
export function attachStackSlider(viewport: Viewport, lookedAt: LookedAt): Disposer {
  const marks = element("canvas", { class: "stack-slider__marks", "aria-hidden": "true" });
  const thumb = element("div", { class: "stack-slider__thumb" });
  const root = element(
    "div",
    {
      class: "stack-slider",
      role: "slider",
      "aria-label": t("Image in the series"),
      "aria-orientation": "vertical",
    },
    marks,
    thumb,
  );
  viewport.root.append(root);
  const bag = new DisposerBag();
  const jump = (event: PointerEvent) => {
    const box = root.getBoundingClientRect();
    const share = clamp((event.clientY - box.top) / box.height, 0, 1);
    viewport.setImageIndex(Math.floor(share * count(viewport)));
  };
  bag.add(
    listen<PointerEvent>(root, "pointerdown", (event) => {
      root.setPointerCapture(event.pointerId);
      jump(event);
    }),
  );
  bag.add(
    listen<PointerEvent>(root, "pointermove", (event) => {
      if (root.hasPointerCapture(event.pointerId)) jump(event);
    }),
  );
  bag.add(viewport.paintedChanged.subscribe(() => placeThumb(viewport, root, thumb)));
  let scheduled = 0;
  const schedule = () => {
    if (scheduled !== 0) return;
    scheduled = requestAnimationFrame(() => {
      scheduled = 0;
      drawMarks(viewport, marks, lookedAt);
    });
  };
  bag.add(lookedAt.changed.subscribe(schedule));
  bag.add(viewport.loader.progressed.subscribe(schedule));
  bag.add(() => cancelAnimationFrame(scheduled));
  bag.add(() => root.remove());
  return () => bag.dispose();
}

function count(viewport: Viewport): number {
  return viewport.stack?.series.images.length ?? 0;
}

function placeThumb(viewport: Viewport, root: HTMLElement, thumb: HTMLElement): void {
  const images = count(viewport);
  root.hidden = images < 2;
  if (images < 2) return;
  const index = viewport.imageIndex;
  thumb.style.top = `${(index / images) * 100}%`;
  thumb.style.height = `max(6px, ${100 / images}%)`;
  root.setAttribute("aria-valuemin", "1");
  root.setAttribute("aria-valuemax", String(images));
  root.setAttribute("aria-valuenow", String(index + 1));
}

function drawMarks(viewport: Viewport, canvas: HTMLCanvasElement, lookedAt: LookedAt): void {
  const series = viewport.stack?.series.images ?? [];
  const images = series.length;
  const context = canvas.getContext("2d");
  if (context === null || images === 0) return;
  // One row for each image; the browser stretches the canvas to the slider.
  canvas.width = 2;
  canvas.height = Math.min(images, 2000);
  for (let row = 0; row < canvas.height; row += 1) {
    const index = Math.floor((row * images) / canvas.height);
    const image = series[index];
    context.fillStyle = LOADED_COLOUR;
    if (viewport.loader.isReady(index)) context.fillRect(0, row, 1, 1);
    context.fillStyle = LOOKED_AT_COLOUR;
    if (image && lookedAt.has(image)) context.fillRect(1, row, 1, 1);
  }
}
