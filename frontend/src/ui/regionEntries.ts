import { t } from "../core/i18n";
import { localDate, spokenMoment } from "../dicom/moment";
import { isPartShown, liesOn, type Region, toggledPart, toggledRegion } from "../dicom/regions";
import type { Viewport } from "../viewport/viewport";
import { element } from "./dom";
import type { ViewerContext } from "./viewerContext";

/** The regions that lie on any image of the viewport's series. */
export function regionsFor(viewport: Viewport, context: ViewerContext): readonly Region[] {
  const images = viewport.stack?.series.images ?? [];
  return context.presentations.current.regions.filter((region) =>
    images.some((image) => liesOn(region, image)),
  );
}

/** Switches of regions and their parts; `refresh` shows again what is on. They leave the menu open: a reader compares. */
export function regionEntries(context: ViewerContext): { elements: HTMLElement[]; refresh: () => void } {
  const viewport = context.grid.active;
  const switches: (() => void)[] = [];
  const refresh = () => {
    for (const one of switches) one();
  };
  const add = (button: HTMLElement, isOn: () => boolean, act: () => void) => {
    button.addEventListener("click", () => {
      act();
      context.changed.emit();
    });
    switches.push(() => button.setAttribute("aria-pressed", String(isOn())));
    return button;
  };
  const elements = regionsFor(viewport, context).map((region) =>
    element(
      "div",
      { role: "group", "aria-label": region.label },
      add(
        regionButton(region),
        () => viewport.regions.has(region.sopInstanceUid),
        () => switchRegion(viewport, region),
      ),
      ...region.parts.map((part, place) =>
        add(
          partButton(part),
          () => isPartShown(viewport.regions, region, place),
          () => viewport.setRegions(toggledPart(viewport.regions, region, place)),
        ),
      ),
    ),
  );
  refresh();
  return { elements, refresh };
}

/** A region that is switched on is shown at the nearest image that it lies on. */
function switchRegion(viewport: Viewport, region: Region): void {
  viewport.setRegions(toggledRegion(viewport.regions, region));
  const { image, imageIndex } = viewport;
  if (!viewport.regions.has(region.sopInstanceUid) || (image && liesOn(region, image))) return;
  const images = viewport.stack?.series.images ?? [];
  const places = images.flatMap((one, index) => (liesOn(region, one) ? [index] : []));
  const nearest = places.sort((a, b) => Math.abs(a - imageIndex) - Math.abs(b - imageIndex))[0];
  if (nearest !== undefined) viewport.setImageIndex(nearest);
}

function regionButton(region: Region): HTMLElement {
  const kind = region.kind === "SEG" ? t("Segmentation") : t("Structure set");
  const moment = spokenMoment(region.created ?? "", localDate(new Date()));
  const note = [region.note || kind, moment].filter(Boolean).join(", ");
  return element(
    "button",
    {
      type: "button",
      class: "menu__item",
      disabled: region.problem !== "",
      title: region.problem || null,
    },
    element("span", {}, region.label),
    element("span", { class: "menu__note" }, region.problem ? t("cannot be shown") : note),
  );
}

function partButton({ label, colour, note }: Region["parts"][number]): HTMLElement {
  const chip = element("span", { class: "menu__chip", "aria-hidden": "true" });
  chip.style.backgroundColor = colour;
  return element(
    "button",
    { type: "button", class: "menu__item menu__item--part" },
    element("span", {}, chip, label),
    note ? element("span", { class: "menu__note" }, note) : null,
  );
}
