import { type DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { formatNumber } from "../core/numbers";
import { bodyRegionName } from "../dicom/bodyRegions";
import type { Fit } from "../dicom/presets";
import { formatSuvRange } from "../dicom/suv";
import type { FileVoi } from "../dicom/types";
import { windowAutomatically } from "../tools/regionWindow";
import { element, icon, spokenName } from "./dom";
import { keysOf } from "./keyboard";
import { placeBelow } from "./menus";
import type { ViewerContext } from "./viewerContext";
import { activePresets, applyPreset } from "./windowCommands";

/** The windows of the file and the presets, for those who point instead of pressing number keys. */
export function presetMenu(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const panel = element("div", { class: "menu__panel menu__panel--presets" });
  const summary = element(
    "summary",
    {
      class: "tool",
      title: t("Window presets"),
      "aria-label": spokenName(t("Presets"), t("Window presets")),
    },
    icon("preset"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Presets")),
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
  const item = (label: string, commandId: string, act: () => void) => {
    const key = keysOf(context.preferences.keys, commandId);
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
    item(fileLabel(voi, index, factor), index === 0 ? "file-window" : "", () =>
      viewport.setChoice({ kind: "file", index }),
    ),
  );
  const ask = (name: string) => () => context.page.dispatchEvent(new CustomEvent(name));
  return [
    ...(file.length > 0
      ? file
      : [item(t("Default"), "file-window", () => viewport.setChoice({ kind: "file", index: 0 }))]),
    item(t("Full range"), "full-range", () => viewport.setChoice({ kind: "full" })),
    item(t("Automatic, from what is seen"), "automatic-window", () => windowAutomatically(viewport)),
    item(t("By a region"), "tool-region", () => context.setTool("region")),
    ...presetEntries(context, item),
    heading(t("Mine")),
    item(t("Keep this window…"), "", ask("viewer:keep-window")),
    item(t("My windows…"), "window-presets", ask("viewer:window-presets")),
  ];
}

const HEADINGS: Readonly<Record<Fit, string>> = {
  region: "",
  any: t("Any body part"),
  other: t("Other body parts"),
};

/** Those that fit the body part first. */
function presetEntries(
  context: ViewerContext,
  item: (label: string, commandId: string, act: () => void) => HTMLElement,
): HTMLElement[] {
  const viewport = context.grid.active;
  const presets = activePresets(context);
  return (["region", "any", "other"] as const).flatMap((fit) => {
    const group = presets.filter((preset) => preset.fit === fit);
    if (group.length === 0) return [];
    const title = HEADINGS[fit] || (viewport.stack?.series.bodyRegions ?? []).map(bodyRegionName).join(", ");
    return [
      heading(title),
      ...group.map((preset) =>
        item(
          [preset.label, preset.detail].filter(Boolean).join("  "),
          preset.place && `preset-${preset.place}`,
          () => applyPreset(viewport, preset),
        ),
      ),
    ];
  });
}

function heading(text: string): HTMLElement {
  return element("p", { class: "menu__heading" }, text);
}

function fileLabel(voi: FileVoi, index: number, suvFactor: number | null): string {
  const name = voi.label || t("File {number}", { number: index + 1 });
  if (voi.kind === "table") return `${name}  (${t("table")})`;
  if (suvFactor !== null) return `${name}  ${formatSuvRange(voi, suvFactor)}`;
  return `${name}  ${formatNumber(voi.windowWidth, 2)} / ${formatNumber(voi.windowCenter, 2)}`;
}
