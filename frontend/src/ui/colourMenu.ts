import { type DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { PALETTE_LABELS, PALETTE_NAMES, type PaletteName } from "../dicom/palettes";
import { element, icon, spokenName } from "./dom";
import { placeBelow } from "./menus";
import { mayBeInColours, showInColours } from "./paletteCommands";
import type { ViewerContext } from "./viewerContext";

/** The palettes that the greys of a picture are shown in; there while they can be. */
export function colourMenu(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const panel = element("div", { class: "menu__panel menu__panel--presets" });
  const label = t("Colours of the greys");
  const summary = element(
    "summary",
    { class: "tool", title: label, "aria-label": spokenName(t("Colours"), label) },
    icon("palette"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Colours")),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  const refresh = () => {
    menu.hidden = !mayBeInColours(context);
  };
  bag.add(
    listen(menu, "toggle", () => {
      if (!menu.open) return;
      panel.replaceChildren(...entries(context, () => menu.removeAttribute("open")));
      placeBelow(panel, summary);
    }),
  );
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.changed.subscribe(refresh));
  refresh();
  return menu;
}

function entries(context: ViewerContext, close: () => void): HTMLElement[] {
  const shown = context.grid.active.palette?.name ?? null;
  const entry = (name: PaletteName | null, label: string) => {
    const isShown = String(shown === name);
    const button = element("button", { type: "button", class: "menu__item", "aria-pressed": isShown }, label);
    button.addEventListener("click", () => {
      close();
      void showInColours(context, name);
    });
    return button;
  };
  return [entry(null, t("Greys")), ...PALETTE_NAMES.map((name) => entry(name, PALETTE_LABELS[name]))];
}
