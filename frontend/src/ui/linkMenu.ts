import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { formatNumber } from "../core/numbers";
import type { Alignment } from "../geometry/alignment";
import { UNLINKED } from "../viewport/synchronizer";
import type { Viewport } from "../viewport/viewport";
import { element, icon, setText, spokenName } from "./dom";
import { keysOf, withKeys } from "./keyboard";
import { placeBelow } from "./menus";
import type { ViewerContext } from "./viewerContext";

/** What goes together: scrolling, zoom and place, the window. */
export function linkMenu(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const { sync } = context;
  const { keys } = context.preferences;
  const panel = element("div", { class: "menu__panel menu__panel--presets" });
  const summary = element(
    "summary",
    { class: "tool", "aria-label": spokenName(t("Link"), t("Linked pictures")) },
    icon("link"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Link")),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  const item = (label: string, commandId: string, isOn: boolean | null, act: () => void) => {
    const key = keysOf(keys, commandId);
    const button = element(
      "button",
      { type: "button", class: "menu__item", "aria-pressed": isOn === null ? null : String(isOn) },
      element("span", {}, label),
      key ? element("kbd", {}, key) : null,
    );
    button.addEventListener("click", () => {
      act();
      menu.removeAttribute("open");
      context.changed.emit();
    });
    return button;
  };
  bag.add(
    listen(menu, "toggle", () => {
      if (!menu.open) return;
      const { links } = sync;
      panel.replaceChildren(
        item(t("Scroll together"), "link-all", links.scroll, () =>
          sync.setLinks({ ...links, scroll: !links.scroll }),
        ),
        item(t("Scroll together from here"), "link-here", null, () => sync.linkHere()),
        item(t("Zoom and move together"), "link-view", links.view, () =>
          sync.setLinks({ ...links, view: !links.view }),
        ),
        item(t("Window together"), "link-window", links.window, () =>
          sync.setLinks({ ...links, window: !links.window }),
        ),
        item(t("Nothing together"), "", null, () => sync.setLinks(UNLINKED)),
      );
      placeBelow(panel, summary);
    }),
  );
  const refresh = () => {
    summary.classList.toggle("tool--on", sync.isLinked);
    summary.title = withKeys(t("Linked pictures"), keys, "link-all");
  };
  bag.add(sync.changed.subscribe(refresh));
  bag.add(keys.changed.subscribe(refresh));
  refresh();
  return menu;
}

/** Says in each viewport whether and how it goes with the active one; a click takes it out or in. */
export function attachLinkBadge(viewport: Viewport, context: ViewerContext): Disposer {
  const { sync, grid } = context;
  const text = element("span", {});
  const picture = element("span", { class: "link-badge__icon" }, icon("link"));
  const badge = element("button", { type: "button", class: "link-badge", hidden: true }, picture, text);
  viewport.root.append(badge);
  const bag = new DisposerBag();
  const refresh = () => {
    const filled = grid.visible.filter(({ stack }) => stack !== null);
    const isAlone = filled.length < 2 && !sync.hasOthers;
    badge.hidden = !sync.isLinked || isAlone || viewport.stack === null;
    if (badge.hidden) return;
    const isIn = sync.takesPart(viewport);
    badge.classList.toggle("link-badge--apart", !isIn);
    setText(text, isIn ? linkedText(viewport, context) : t("Not linked"));
    badge.setAttribute("aria-pressed", String(isIn));
    badge.title = isIn ? t("Take this picture out") : t("Link this picture again");
  };
  bag.add(listen(badge, "click", () => sync.toggle(viewport)));
  bag.add(sync.changed.subscribe(refresh));
  bag.add(grid.changed.subscribe(refresh));
  bag.add(context.changed.subscribe(refresh));
  bag.add(() => badge.remove());
  refresh();
  return () => bag.dispose();
}

function linkedText(viewport: Viewport, { sync, grid }: ViewerContext): string {
  const { links } = sync;
  const also = [links.view ? t("zoom") : "", links.window ? t("window") : ""].filter(Boolean);
  const isActive = viewport === grid.active;
  const scroll = !links.scroll ? "" : isActive ? t("scroll") : scrollText(sync.alignmentWithActive(viewport));
  return t("Linked: {what}", { what: [scroll, ...also].filter(Boolean).join(", ") });
}

function scrollText(alignment: Alignment | null): string {
  if (alignment === null) return t("no scroll, other plane");
  if (alignment.kind === "position") return t("position");
  if (alignment.kind === "index") return t("image number") + signed(alignment.offset, "");
  return t("distance") + signed(alignment.offsetMm, " mm");
}

function signed(value: number, unit: string): string {
  const text = formatNumber(Math.abs(value), 1);
  if (text === "0") return "";
  return ` ${value < 0 ? "−" : "+"}${text}${unit}`;
}
