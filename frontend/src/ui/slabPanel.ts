import { groupOf, type Projection, type Slab } from "../api/volume";
import { type DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import type { PlaneSet } from "../viewport/planeSet";
import { element, icon, spokenName } from "./dom";
import { placeBelow } from "./menus";
import { groupLabels, isRotating, resetPlanesCommand, rotatingCommand, showGroup } from "./planes";
import type { ViewerContext } from "./viewerContext";

/** A thicker slab hides more than it shows. */
const MOST_MM = 100;
/** The planes follow the slider when it rests this long. */
const REST_MS = 120;

const PROJECTIONS: readonly (readonly [Projection, string])[] = [
  ["max", t("Maximum")],
  ["min", t("Minimum")],
  ["mean", t("Mean")],
];

/** Thickness and projection of the three planes, and what else can be done with them; there while they are. */
export function slabMenu(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const panel = element("div", { class: "menu__panel menu__panel--presets slab" });
  const label = t("Thickness of the planes, crosshair and rotating MIP");
  const summary = element(
    "summary",
    { class: "tool", title: label, "aria-label": spokenName(t("Slab"), label) },
    icon("slab"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Slab")),
  );
  const menu = element("details", { class: "menu menu--slab", "data-menu": true }, summary, panel);
  const refresh = () => {
    menu.hidden =
      context.planeSet === null || !context.grid.visible.some((one) => context.planeSet?.has(one));
    if (menu.hidden) menu.removeAttribute("open");
  };
  bag.add(
    listen(menu, "toggle", () => {
      const { planeSet } = context;
      if (!menu.open || planeSet === null) return;
      fillPanel(panel, context, planeSet, () => menu.removeAttribute("open"));
      placeBelow(panel, summary);
    }),
  );
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.changed.subscribe(refresh));
  refresh();
  return menu;
}

function fillPanel(panel: HTMLElement, context: ViewerContext, planeSet: PlaneSet, close: () => void): void {
  const most = Math.min(MOST_MM, Math.floor(planeSet.planes.mostSlabMm));
  let slab: Slab = planeSet.slab ?? { thicknessMm: 0, projection: "max" };
  const value = element("output", { class: "slab__value" });
  const slider = element("input", {
    type: "range",
    class: "slab__slider",
    min: 0,
    max: most,
    step: 1,
    value: slab.thicknessMm,
    "aria-label": t("Thickness of the planes in mm"),
  });
  const buttons = PROJECTIONS.map(([projection, text]) => {
    const button = element("button", { type: "button", class: "slab__projection" }, text);
    button.addEventListener("click", () => change({ ...slab, projection }));
    return { button, projection };
  });
  let timer = 0;
  const state = () => {
    value.textContent = slab.thicknessMm > 0 ? `${slab.thicknessMm} mm` : t("Thin");
    slider.setAttribute("aria-valuetext", value.textContent);
    for (const { button, projection } of buttons) {
      button.setAttribute("aria-pressed", String(projection === slab.projection));
    }
  };
  const change = (next: Slab) => {
    slab = next;
    state();
    clearTimeout(timer);
    timer = window.setTimeout(() => planeSet.setSlab(slab.thicknessMm > 0 ? slab : null), REST_MS);
  };
  slider.addEventListener("input", () => change({ ...slab, thicknessMm: Number(slider.value) }));
  state();
  panel.replaceChildren(
    element("div", { class: "slab__thickness" }, element("span", {}, t("Thickness")), slider, value),
    element(
      "div",
      { class: "slab__projections", role: "group", "aria-label": t("Projection") },
      ...buttons.map(({ button }) => button),
    ),
    ...actions(context, close),
    ...groupEntries(context, close),
  );
}

/** What the keys do as well, for those who have none. */
function actions(context: ViewerContext, close: () => void): HTMLElement[] {
  const item = (text: string, run: () => void) => {
    const button = element("button", { type: "button", class: "menu__item" }, text);
    button.addEventListener("click", () => {
      close();
      run();
    });
    return button;
  };
  return [
    item(t("Planes straight again"), () => resetPlanesCommand().run(context)),
    item(isRotating(context) ? t("Images instead of the MIP") : t("Rotating MIP"), () =>
      rotatingCommand().run(context),
    ),
  ];
}

/** What the planes can be made of, where several images lie at each position. */
function groupEntries(context: ViewerContext, close: () => void): HTMLElement[] {
  const shown = context.grid.visible.find((viewport) => context.planeSet?.has(viewport));
  const { stack, image } = shown ?? { stack: null, image: null };
  const labels = stack ? groupLabels(stack.series.seriesInstanceUid) : [];
  const entries = labels.map((label, group) => {
    const isOn = image !== null && groupOf(image) === group;
    const button = element(
      "button",
      { type: "button", class: "menu__item", "aria-pressed": String(isOn) },
      label,
    );
    button.addEventListener("click", () => {
      close();
      if (stack) void showGroup(context, stack.series, group);
    });
    return button;
  });
  return entries.length > 0 ? [element("p", { class: "menu__heading" }, t("Images")), ...entries] : [];
}
