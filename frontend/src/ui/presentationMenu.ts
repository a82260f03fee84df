import { type DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { localDate, spokenMoment } from "../dicom/moment";
import { isMeant, type KeyObject, lookOf, type PresentationState } from "../dicom/presentation";
import type { Viewport } from "../viewport/viewport";
import { element, icon, spokenName } from "./dom";
import { placeBelow } from "./menus";
import { regionEntries, regionsFor } from "./regionEntries";
import type { ViewerContext } from "./viewerContext";

/** How others wanted the series to be seen, and what they marked on it. Hidden where there is nothing of it. */
export function presentationMenu(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const panel = element("div", { class: "menu__panel menu__panel--presets" });
  const label = t("Presentation states, key images and regions");
  const summary = element(
    "summary",
    { class: "tool", title: label, "aria-label": spokenName(t("Notes"), label) },
    icon("presentation"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Notes")),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  let refreshSwitches = () => {};
  const refresh = () => {
    refreshSwitches();
    const { active } = context.grid;
    const offered = [statesFor(active, context), keyObjectsFor(active, context), regionsFor(active, context)];
    menu.hidden = offered.every((objects) => objects.length === 0);
  };
  bag.add(
    listen(menu, "toggle", () => {
      if (!menu.open) return;
      const regions = regionEntries(context);
      refreshSwitches = regions.refresh;
      panel.replaceChildren(
        ...entries(context, () => menu.removeAttribute("open")),
        ...(regions.elements.length > 0 ? [heading(t("Regions")), ...regions.elements] : []),
      );
      placeBelow(panel, summary);
    }),
  );
  bag.add(context.presentations.changed.subscribe(refresh));
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.changed.subscribe(refresh));
  refresh();
  return menu;
}

/** Show the series as the state says, at an image that the state speaks of. */
export function applyPresentation(viewport: Viewport, state: PresentationState): void {
  const images = viewport.stack?.series.images ?? [];
  const current = viewport.image;
  if (current === null || lookOf(state, current) === null) {
    viewport.setImageIndex(images.findIndex((image) => lookOf(state, image) !== null));
  }
  viewport.setPresentation(state);
}

/** Go to the next image of the selections, after the last one to the first. */
function showNextOf(viewport: Viewport, selections: readonly KeyObject[]): void {
  const images = viewport.stack?.series.images ?? [];
  const marked = images.flatMap((image, index) =>
    selections.some((selection) => selection.images.some((reference) => isMeant(reference, image)))
      ? [index]
      : [],
  );
  const next = marked.find((index) => index > viewport.imageIndex) ?? marked[0];
  if (next !== undefined) viewport.setImageIndex(next);
}

function statesFor(viewport: Viewport, context: ViewerContext): readonly PresentationState[] {
  const images = viewport.stack?.series.images ?? [];
  return context.presentations.current.states.filter(
    (state) => state.problem !== "" || images.some((image) => lookOf(state, image) !== null),
  );
}

function keyObjectsFor(viewport: Viewport, context: ViewerContext): readonly KeyObject[] {
  const images = viewport.stack?.series.images ?? [];
  return context.presentations.current.keyObjects.filter(
    (selection) =>
      selection.problem !== "" ||
      images.some((image) => selection.images.some((reference) => isMeant(reference, image))),
  );
}

function entries(context: ViewerContext, close: () => void): HTMLElement[] {
  const viewport = context.grid.active;
  const shown = viewport.presentation?.sopInstanceUid ?? "";
  const item = (words: readonly [string, string], isOn: boolean, problem: string, act: () => void) => {
    const button = element(
      "button",
      {
        type: "button",
        class: "menu__item",
        "aria-pressed": String(isOn),
        disabled: problem !== "",
        title: problem || null,
      },
      element("span", {}, words[0]),
      element("span", { class: "menu__note" }, problem ? t("cannot be applied") : words[1]),
    );
    button.addEventListener("click", () => {
      act();
      context.changed.emit();
      close();
    });
    return button;
  };
  const states = statesFor(viewport, context);
  const selections = keyObjectsFor(viewport, context);
  return [
    ...(states.length > 0 ? [heading(t("Shown as")), asAcquired(item, viewport, shown)] : []),
    ...states.map((state) =>
      item(
        [state.description || state.label, spokenMoment(state.created ?? "", localDate(new Date()))],
        state.sopInstanceUid === shown,
        state.problem,
        () => applyPresentation(viewport, state),
      ),
    ),
    ...(selections.length > 0 ? [heading(t("Key images"))] : []),
    ...selections.map((selection) =>
      item([selection.title, keyNote(selection)], false, selection.problem, () =>
        showNextOf(viewport, [selection]),
      ),
    ),
  ];
}

function heading(text: string): HTMLElement {
  return element("p", { class: "menu__heading" }, text);
}

type Item = (
  words: readonly [string, string],
  isOn: boolean,
  problem: string,
  act: () => void,
) => HTMLElement;

function asAcquired(item: Item, viewport: Viewport, shown: string): HTMLElement {
  return item([t("Acquired"), ""], shown === "", "", () => viewport.reset());
}

function keyNote({ description, images }: KeyObject): string {
  return description || `${images.length} ${images.length === 1 ? "image" : "images"}`;
}
