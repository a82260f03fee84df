import { t } from "../../core/i18n";
import type { VolumePreset } from "../../dicom/volumePresets";
import type { Vector } from "../../geometry/planes";
import { STANCES, type StanceName } from "../../geometry/turning";
import { type ClipBox, WHOLE_BOX } from "../../render/volumeCaster";
import { element } from "../dom";

export interface ControlActions {
  readonly choose: (preset: VolumePreset) => void;
  readonly lookFrom: (name: StanceName) => void;
  readonly clip: (box: ClipBox) => void;
  readonly reset: () => void;
}

const SIDES: Readonly<Record<StanceName, readonly [letter: string, label: string]>> = {
  anterior: ["A", t("From the front")],
  posterior: ["P", t("From the back")],
  left: ["L", t("From the left")],
  right: ["R", t("From the right")],
  head: ["H", t("From the head")],
  feet: ["F", t("From the feet")],
};
const STANCE_NAMES = Object.keys(STANCES) as readonly StanceName[];

/** What is cut away: along each axis of the patient from its low and from its high end. */
const CUTS = [
  [t("Right"), t("Left")],
  [t("Front"), t("Back")],
  [t("Feet"), t("Head")],
] as const;
const THINNEST = 0.02;

/** Presets, sides and the box of what is seen. */
export class VolumeControls {
  readonly root = element("div", { class: "volume__controls" });
  private readonly presetButtons: readonly HTMLButtonElement[];
  private readonly sliders: readonly (readonly [HTMLInputElement, HTMLInputElement])[];

  constructor(presets: readonly VolumePreset[], actions: ControlActions) {
    this.presetButtons = presets.map((preset, index) => {
      const button = control(preset.label, `${preset.label} (${index + 1})`, () => actions.choose(preset));
      button.append(element("kbd", {}, String(index + 1)));
      return button;
    });
    const sides = STANCE_NAMES.map((name) => {
      const [letter, label] = SIDES[name];
      return control(letter, `${label} (${letter})`, () => actions.lookFrom(name));
    });
    this.sliders = CUTS.map(
      ([low, high]) =>
        [
          slider(t("Cut away from: {side}", { side: low })),
          slider(t("Cut away from: {side}", { side: high })),
        ] as const,
    );
    for (const one of this.sliders.flat()) one.addEventListener("input", () => actions.clip(this.clip));
    this.root.append(
      section(t("Look"), ...this.presetButtons),
      section(t("From"), ...sides),
      section(t("Cut away"), ...this.sliders.flatMap((pair, axis) => cutRows(pair, CUTS[axis] ?? ["", ""]))),
      control(t("As opened"), t("As opened (Space)"), () => actions.reset()),
    );
  }

  get clip(): ClipBox {
    const share = ({ value }: HTMLInputElement) => Number(value) / 100;
    const low = this.sliders.map(([from]) => Math.min(share(from), 1 - THINNEST)) as unknown as Vector;
    const high = this.sliders.map(([, from], axis) =>
      Math.max(1 - share(from), (low[axis] ?? 0) + THINNEST),
    ) as unknown as Vector;
    return { low, high };
  }

  showPreset(index: number): void {
    this.presetButtons.forEach((button, place) => {
      button.setAttribute("aria-pressed", String(place === index));
    });
  }

  /** Nothing cut away. */
  reset(): ClipBox {
    for (const one of this.sliders.flat()) one.value = "0";
    return WHOLE_BOX;
  }
}

/** The side that a key stands for. */
export function stanceOfKey(key: string): StanceName | undefined {
  return STANCE_NAMES.find((name) => SIDES[name][0].toLowerCase() === key.toLowerCase());
}

function section(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element(
    "section",
    { class: "volume__section", "aria-label": title },
    element("h2", {}, title),
    element("div", { class: "volume__buttons" }, ...children),
  );
}

function control(text: string, label: string, act: () => void): HTMLButtonElement {
  const button = element(
    "button",
    { type: "button", class: "button", "aria-label": label, title: label },
    text,
  );
  button.addEventListener("click", act);
  return button;
}

function slider(label: string): HTMLInputElement {
  return element("input", { type: "range", min: 0, max: 98, step: 1, value: 0, "aria-label": label });
}

function cutRows(
  pair: readonly [HTMLInputElement, HTMLInputElement],
  labels: readonly [string, string],
): HTMLElement[] {
  return pair.map((input, end) =>
    element("label", { class: "volume__cut" }, element("span", {}, labels[end] ?? ""), input),
  );
}
