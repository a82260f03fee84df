import { type DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import type { Fusion, FusionPartner } from "../dicom/fusion";
import { suvWindow } from "../dicom/suv";
import type { VoiWindow } from "../dicom/types";
import type { Viewport } from "../viewport/viewport";
import type { Command } from "./command";
import { element, icon, spokenName } from "./dom";
import { placeBelow } from "./menus";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

const LABEL = t("PET in colours over the images, and back");
const LAID_UNDER: ReadonlySet<string> = new Set(["CT", "MR"]);
const SHOWN_FOR: ReadonlySet<string> = new Set(["CT", "MR", "PT", "NM"]);
const HIGHEST_SUV = [5, 7, 10, 15, 20] as const;

export function fusionCommand(): Command {
  return {
    id: "fusion",
    label: LABEL,
    group: "layout",
    keys: ["u"],
    run: (context) => void switchFusion(context),
    isOn: ({ grid }) => grid.active.fusion !== null,
  };
}

/** Lay the first partner over every picture of the series, or take it away; say why where there is none. */
async function switchFusion(context: ViewerContext): Promise<void> {
  const { active } = context.grid;
  const { stack } = active;
  if (stack === null) return;
  const uid = stack.series.seriesInstanceUid;
  if (active.fusion !== null) {
    for (const viewport of viewportsOf(context, uid)) viewport.setFusion(null);
    context.changed.emit();
    return;
  }
  if (!LAID_UNDER.has(stack.series.modality)) {
    showMessage(context.page, reasonFor(stack.series.modality));
    return;
  }
  const offer = await context.fusionOffers.fetch(uid);
  const [partner] = offer?.partners ?? [];
  const [palette] = offer?.palettes ?? [];
  if (!offer || !partner || !palette) {
    showMessage(context.page, offer?.problem || t("What can be laid over this series is not known now."));
    return;
  }
  const { opacityPercent } = offer;
  if (active.stack?.series.seriesInstanceUid !== uid) return;
  applyFusion(context, { seriesInstanceUid: uid, partner, palette, opacityPercent, window: null });
  if (partner.suvProblem) showMessage(context.page, t("No SUV: {reason}", { reason: partner.suvProblem }));
}

function reasonFor(modality: string): string {
  if (modality === "PT" || modality === "NM") return t("Show the CT or MR first: the PET is laid over it.");
  return t("A PET can only be laid over a CT or MR.");
}

function viewportsOf({ grid }: ViewerContext, seriesInstanceUid: string): Viewport[] {
  return grid.viewports.filter(({ stack }) => stack?.series.seriesInstanceUid === seriesInstanceUid);
}

/** Images and planes of a series are fused alike. */
function applyFusion(context: ViewerContext, fusion: Fusion): void {
  for (const viewport of viewportsOf(context, fusion.seriesInstanceUid)) viewport.setFusion(fusion);
  context.changed.emit();
}

/** The button; where nothing can be laid over the series it says why. */
export function fusionButton(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const button = element(
    "button",
    {
      type: "button",
      class: "tool",
      id: "command-fusion",
      "aria-label": spokenName(t("Fusion"), LABEL),
      "aria-keyshortcuts": "u",
    },
    icon("fusion"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Fusion")),
  );
  const refresh = () => {
    const { active } = context.grid;
    const series = active.stack?.series;
    button.hidden = !SHOWN_FOR.has(series?.modality ?? "");
    if (!series || button.hidden) return;
    const offer = LAID_UNDER.has(series.modality) ? context.fusionOffers.of(series.seriesInstanceUid) : null;
    const problem = LAID_UNDER.has(series.modality) ? (offer?.problem ?? "") : reasonFor(series.modality);
    button.setAttribute("aria-pressed", String(active.fusion !== null));
    button.setAttribute("aria-disabled", String(problem !== ""));
    button.title = problem || `${LABEL} (U)`;
  };
  bag.add(listen(button, "click", () => void switchFusion(context)));
  bag.add(context.fusionOffers.arrived.subscribe(refresh));
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.changed.subscribe(refresh));
  refresh();
  return button;
}

/** Opacity, range and colours of what is laid over; there while something is. */
export function fusionMenu(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const panel = element("div", { class: "menu__panel menu__panel--presets fusion" });
  const label = t("Colours and opacity of the PET");
  const summary = element(
    "summary",
    { class: "tool", title: label, "aria-label": spokenName(t("Colours"), label) },
    icon("palette"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Colours")),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  const refresh = () => {
    menu.hidden = context.grid.active.fusion === null;
  };
  bag.add(
    listen(menu, "toggle", () => {
      const { fusion } = context.grid.active;
      if (!menu.open || fusion === null) return;
      fillPanel(panel, context);
      placeBelow(panel, summary);
    }),
  );
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.changed.subscribe(refresh));
  refresh();
  return menu;
}

function fillPanel(panel: HTMLElement, context: ViewerContext): void {
  const { fusion } = context.grid.active;
  const offer = fusion && context.fusionOffers.of(fusion.seriesInstanceUid);
  if (!fusion || !offer) return;
  const change = (changes: Partial<Fusion>) => {
    const current = context.grid.active.fusion;
    if (current) applyFusion(context, { ...current, ...changes });
    refreshPressed();
  };
  const switches: (() => void)[] = [];
  const refreshPressed = () => {
    for (const one of switches) one();
  };
  const item = (
    text: string,
    isOn: (shown: Fusion) => boolean,
    changes: Partial<Fusion>,
    chip?: HTMLElement,
  ) => {
    const button = element(
      "button",
      { type: "button", class: "menu__item" },
      element("span", {}, chip ?? null, text),
    );
    button.addEventListener("click", () => change(changes));
    switches.push(() => {
      const shown = context.grid.active.fusion;
      button.setAttribute("aria-pressed", String(shown !== null && isOn(shown)));
    });
    return button;
  };
  const partners = offer.partners.map((partner) =>
    item(partnerName(partner), (shown) => shown.partner.seriesInstanceUid === partner.seriesInstanceUid, {
      partner,
      window: null,
    }),
  );
  panel.replaceChildren(
    opacityControl(fusion.opacityPercent, (opacityPercent) => change({ opacityPercent })),
    heading(t("Range")),
    ...ranges(fusion.partner).map(([text, window]) =>
      item(text, (shown) => isSame(shown.window, window), { window }),
    ),
    heading(t("Colours")),
    ...offer.palettes.map((palette) =>
      item(palette.label, (shown) => shown.palette.name === palette.name, { palette }, bar(palette.colours)),
    ),
    ...(partners.length > 1 ? [heading(t("Series")), ...partners] : []),
  );
  refreshPressed();
}

function ranges(partner: FusionPartner): (readonly [string, VoiWindow | null])[] {
  const { suvFactor } = partner;
  if (suvFactor === null) return [[t("Default"), null]];
  return HIGHEST_SUV.map((highest) => [
    `SUV 0 – ${highest}`,
    // The default has the same range, and stays the default.
    highest === 10 ? null : suvWindow(0, highest, suvFactor),
  ]);
}

function isSame(one: VoiWindow | null, other: VoiWindow | null): boolean {
  return one?.windowWidth === other?.windowWidth && one?.windowCenter === other?.windowCenter;
}

function opacityControl(percent: number, change: (percent: number) => void): HTMLElement {
  const value = element("output", { class: "fusion__value" }, `${percent} %`);
  const slider = element("input", {
    type: "range",
    class: "fusion__slider",
    min: 0,
    max: 100,
    step: 5,
    value: percent,
    "aria-label": t("Opacity of the PET"),
  });
  slider.addEventListener("input", () => {
    value.textContent = `${slider.value} %`;
    change(Number(slider.value));
  });
  return element("div", { class: "fusion__opacity" }, element("span", {}, t("Opacity")), slider, value);
}

/** The colours of a palette from the lowest to the highest value. */
function bar(colours: Uint8Array): HTMLElement {
  const canvas = element("canvas", { class: "fusion__bar", width: 256, height: 1, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const image = context?.createImageData(256, 1);
  if (!context || !image) return canvas;
  for (let index = 0; index < 256; index += 1) {
    image.data.set([...colours.subarray(index * 3, index * 3 + 3), 255], index * 4);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function partnerName({ seriesNumber, modality, seriesDescription, studyDate }: FusionPartner): string {
  const number = seriesNumber === null ? "" : `S ${seriesNumber}`;
  return [number, modality, seriesDescription, studyDate].filter(Boolean).join("  ");
}

function heading(text: string): HTMLElement {
  return element("p", { class: "menu__heading" }, text);
}
