import { type DisposerBag, listen } from "../core/disposable";
import { formatNumber } from "../core/numbers";
import { formatSuvRange } from "../dicom/suv";
import type { FileVoi } from "../dicom/types";
import { windowAutomatically } from "../tools/regionWindow";
import { element, icon } from "./dom";
import { placeBelow } from "./menus";
import type { ViewerContext } from "./viewerContext";
import { activePresets, applyPreset } from "./windowCommands";

/** The windows of the file and the presets, for those who point instead of pressing number keys. */
export function presetMenu(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const panel = element("div", { class: "menu__panel menu__panel--presets" });
  const summary = element(
    "summary",
    { class: "tool", title: "Window presets (1 to 8, 0)", "aria-label": "Window presets" },
    icon("preset"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, "Presets"),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  bag.add(
    listen(menu, "toggle", () => {
      if (!menu.open) return;
      panel.replaceChildren(...entries(context, () => menu.removeAttribute("open")));
      placeBelow(panel, summary);
    }),
  );
  return menu;
}

function entries(context: ViewerContext, close: () => void): HTMLElement[] {
  const viewport = context.grid.active;
  const item = (label: string, key: string, act: () => void) => {
    const button = element(
      "button",
      { type: "button", class: "menu__item" },
      element("span", {}, label),
      key ? element("kbd", {}, key) : null,
    );
    button.addEventListener("click", () => {
      act();
      close();
    });
    return button;
  };
  const factor = viewport.image?.suvFactor ?? null;
  const file = (viewport.image?.voi ?? []).map((voi, index) =>
    item(fileLabel(voi, index, factor), index === 0 ? "1" : "", () =>
      viewport.setChoice({ kind: "file", index }),
    ),
  );
  const presets = activePresets(viewport).map((preset) =>
    item([preset.label, preset.detail].filter(Boolean).join("  "), preset.key, () =>
      applyPreset(viewport, preset),
    ),
  );
  const automatic = item("Default", "1", () => viewport.setChoice({ kind: "file", index: 0 }));
  const full = item("Full range", "0", () => viewport.setChoice({ kind: "full" }));
  const ofValues = item("Automatic, from what is seen", "9", () => windowAutomatically(viewport));
  const region = item("By a region", "", () => context.setTool("region"));
  return [...(file.length > 0 ? file : [automatic]), ...presets, full, ofValues, region];
}

function fileLabel(voi: FileVoi, index: number, suvFactor: number | null): string {
  const name = voi.label || `File ${index + 1}`;
  if (voi.kind === "table") return `${name}  (table)`;
  if (suvFactor !== null) return `${name}  ${formatSuvRange(voi, suvFactor)}`;
  return `${name}  ${formatNumber(voi.windowWidth, 2)} / ${formatNumber(voi.windowCenter, 2)}`;
}
