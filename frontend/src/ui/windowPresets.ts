import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { bodyRegionName } from "../dicom/bodyRegions";
import { type OwnPreset, PRESET_PLACES, PRESET_REGIONS } from "../dicom/presets";
import { suvRange } from "../dicom/suv";
import type { Viewport } from "../viewport/viewport";
import { element } from "./dom";
import { keysOf } from "./keyboard";
import type { KeyTable } from "./keyTable";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

/** The dialog in which a reader keeps windows of their own. */
export function attachWindowPresets(page: HTMLElement, context: ViewerContext): Disposer {
  const dialog = new WindowPresetsDialog(context);
  page.append(dialog.root);
  const bag = new DisposerBag();
  bag.add(listen(page, "viewer:window-presets", () => dialog.open(false)));
  bag.add(listen(page, "viewer:keep-window", () => dialog.open(true)));
  bag.add(() => dialog.root.remove());
  return () => bag.dispose();
}

class WindowPresetsDialog {
  readonly root = element("dialog", { class: "help presets", "aria-labelledby": "presets-title" });
  private readonly list = element("div", { class: "presets__rows" });
  private readonly none = element("p", { class: "presets__none" }, t("You keep no windows of your own yet."));
  private readonly problem = element("p", { class: "alert alert--error", role: "alert", hidden: true });
  private rows: Row[] = [];

  constructor(private readonly context: ViewerContext) {
    const button = (text: string, act: () => void, type = "button", look = "") => {
      const node = element("button", { type, class: `button ${look}` }, text);
      if (type === "button") node.addEventListener("click", act);
      return node;
    };
    const form = element(
      "form",
      { class: "hanging-form__fields" },
      element("h1", { id: "presets-title" }, t("My windows")),
      element(
        "p",
        { class: "presets__hint" },
        t(
          "Offered first where modality and body part fit, instead of the delivered preset with the same key. CT in Hounsfield units, PET in SUV.",
        ),
      ),
      this.none,
      this.list,
      this.problem,
      element(
        "div",
        { class: "hanging-form__buttons presets__buttons" },
        button(t("Add the window on the screen"), () => this.addShown()),
        button(t("Cancel"), () => this.root.close()),
        button(t("Save"), () => undefined, "submit", "button--primary"),
      ),
    );
    listen(form, "submit", (event) => {
      event.preventDefault();
      this.save();
    });
    this.root.append(form);
  }

  /** @param isAdding with a row for what the active picture shows. */
  open(isAdding: boolean): void {
    this.problem.hidden = true;
    this.rows = [];
    this.list.replaceChildren();
    for (const preset of this.context.preferences.windows) this.add(preset);
    this.refresh();
    this.root.showModal();
    if (isAdding) this.addShown();
  }

  private addShown(): void {
    const preset = shownWindow(this.context.grid.active);
    if (preset === null) {
      this.tell(t("The active picture has no window to keep."));
      return;
    }
    this.add(preset).name.focus();
    this.refresh();
  }

  private add(preset: OwnPreset): Row {
    const shown = this.context.grid.active.stack?.series.bodyRegions ?? [];
    const row = new Row(preset, [...PRESET_REGIONS, ...shown], this.context.preferences.keys, () => {
      this.rows = this.rows.filter((one) => one !== row);
      row.root.remove();
      this.refresh();
    });
    this.rows.push(row);
    this.list.append(row.root);
    return row;
  }

  private refresh(): void {
    this.none.hidden = this.rows.length > 0;
  }

  private save(): void {
    const windows = this.rows.map((row) => row.preset);
    const places = windows.flatMap(({ modality, bodyRegion, place }) =>
      place ? [`${modality}/${bodyRegion}/${place}`] : [],
    );
    if (new Set(places).size < places.length) {
      this.tell(t("Two windows for the same modality and body part have one key."));
      return;
    }
    this.context.preferences.set({ windows });
    this.root.close();
    showMessage(this.context.page, t("Your windows are kept."));
  }

  private tell(text: string): void {
    this.problem.textContent = text;
    this.problem.hidden = false;
  }
}

/** One window that is being edited. */
class Row {
  readonly name: HTMLInputElement;
  readonly root: HTMLElement;
  private readonly modality: HTMLInputElement;
  private readonly region: HTMLSelectElement;
  private readonly center: HTMLInputElement;
  private readonly width: HTMLInputElement;
  private readonly place: HTMLSelectElement;

  constructor(preset: OwnPreset, regions: readonly string[], keys: KeyTable, remove: () => void) {
    const known = [...new Set([...regions, preset.bodyRegion].filter(Boolean))].sort();
    this.name = input({ value: preset.name, maxlength: 40, required: true });
    this.modality = input({
      value: preset.modality,
      maxlength: 16,
      required: true,
      pattern: "[A-Z0-9_]{2,16}",
    });
    this.center = input({ type: "number", step: "any", required: true, value: String(preset.windowCenter) });
    this.width = input({ type: "number", step: "any", required: true, value: String(preset.windowWidth) });
    this.width.min = "0.001";
    this.region = choice(preset.bodyRegion, [
      ["", t("any")],
      ...known.map((one) => [one, bodyRegionName(one)] as const),
    ]);
    this.place = choice(preset.place, [
      ["", t("none")],
      ...PRESET_PLACES.map(
        (one) => [one, keysOf(keys, `preset-${one}`) || t("place {number}", { number: one })] as const,
      ),
    ]);
    const removal = element(
      "button",
      {
        type: "button",
        class: "button button--quiet presets__remove",
        "aria-label": t("Remove"),
        title: t("Remove"),
      },
      "×",
    );
    removal.addEventListener("click", remove);
    const field = (label: string, control: HTMLElement) =>
      element("label", { class: "hanging-form__field" }, element("span", {}, label), control);
    this.root = element(
      "div",
      { class: "presets__row" },
      field(t("Name"), this.name),
      field(t("Modality"), this.modality),
      field(t("Body part"), this.region),
      field(t("Width"), this.width),
      field(t("Centre"), this.center),
      field(t("Key"), this.place),
      removal,
    );
  }

  get preset(): OwnPreset {
    return {
      name: this.name.value.trim(),
      modality: this.modality.value,
      bodyRegion: this.region.value,
      windowCenter: this.center.valueAsNumber,
      windowWidth: this.width.valueAsNumber,
      place: this.place.value,
    };
  }
}

/** What a picture shows, as a preset without a name; null where that is no window on values. */
function shownWindow(viewport: Viewport): OwnPreset | null {
  const { painted } = viewport;
  if (painted?.voi?.kind !== "window" || painted.image.kind !== "grey") return null;
  const { series } = painted.stack;
  const { suvFactor } = painted.image;
  const { windowCenter, windowWidth } = painted.voi.window;
  const [lowest, highest] =
    suvFactor === null
      ? [windowCenter - windowWidth / 2, windowCenter + windowWidth / 2]
      : suvRange(painted.voi.window, suvFactor);
  const digits = suvFactor === null && windowWidth >= 10 ? 0 : 2;
  return {
    name: "",
    modality: series.modality,
    bodyRegion: series.bodyRegions.length === 1 ? (series.bodyRegions[0] ?? "") : "",
    windowCenter: Number(((lowest + highest) / 2).toFixed(digits)),
    windowWidth: Number((highest - lowest).toFixed(digits)),
    place: "",
  };
}

function input(properties: Readonly<Record<string, string | number | boolean>>): HTMLInputElement {
  return element("input", { type: "text", autocomplete: "off", ...properties });
}

function choice(value: string, options: readonly (readonly [string, string])[]): HTMLSelectElement {
  const select = element(
    "select",
    {},
    ...options.map(([option, text]) => element("option", { value: option }, text)),
  );
  select.value = value;
  return select;
}
