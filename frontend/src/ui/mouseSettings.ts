import { DRAG_TOOLS, type MouseButtons, WHEEL_ACTIONS } from "../api/preferences";
import { t } from "../core/i18n";
import { element } from "./dom";
import type { ReaderPreferences } from "./readerPreferences";

const PROFILES: readonly (readonly [string, MouseButtons])[] = [
  [t("Standard"), { left: "window", middle: "pan", right: "zoom", wheel: "scroll" }],
  [t("Left drag scrolls"), { left: "scroll", middle: "pan", right: "window", wheel: "scroll" }],
  [t("Right drag windows"), { left: "pan", middle: "zoom", right: "window", wheel: "scroll" }],
];
const CUSTOM = t("My own");
const WORDS = { window: t("Window"), scroll: t("Scroll"), pan: t("Move"), zoom: t("Zoom") } as const;
const BUTTONS = [
  ["left", t("Left button, when no other tool is chosen"), DRAG_TOOLS],
  ["middle", t("Middle button"), DRAG_TOOLS],
  ["right", t("Right button"), DRAG_TOOLS],
  ["wheel", t("Wheel"), WHEEL_ACTIONS],
] as const;
const POINTER: readonly (readonly [string, string])[] = [
  [t("One finger"), t("the chosen tool")],
  [t("Two fingers"), t("zoom and move")],
  [t("Shift + wheel"), t("ten images")],
  [t("Ctrl + wheel"), t("zoom at the pointer; scroll where the wheel zooms")],
  [t("Ctrl + left button"), t("move")],
  [t("Double click"), t("this picture alone, and back; on a mark, its words")],
  [t("Drag a handle"), t("change a mark; its line moves it, its words move aside")],
  [t("Shift at the last point"), t("keep the measuring tool for another")],
  [t("Window drag"), t("sideways the width, up brighter, down darker")],
];

/** What the mouse buttons do: a profile, or each chosen by itself. */
export function mouseSection(preferences: ReaderPreferences): HTMLElement {
  const profile = select(t("Profile"), [...PROFILES.map(([name]) => name), CUSTOM]);
  const buttons = BUTTONS.map(([name, label, actions]) => ({
    name,
    label,
    control: select(
      label,
      actions.map((action) => WORDS[action]),
      actions,
    ),
  }));
  const refresh = () => {
    for (const { name, control } of buttons) control.value = preferences.mouse[name];
    const known = PROFILES.find(([, mouse]) =>
      buttons.every(({ name }) => mouse[name] === preferences.mouse[name]),
    );
    profile.value = known?.[0] ?? CUSTOM;
  };
  profile.addEventListener("change", () => {
    const chosen = PROFILES.find(([name]) => name === profile.value);
    if (chosen) preferences.set({ mouse: chosen[1] });
  });
  for (const { name, control } of buttons) {
    control.addEventListener("change", () =>
      preferences.set({ mouse: { ...preferences.mouse, [name]: control.value } as MouseButtons }),
    );
  }
  preferences.changed.subscribe(refresh);
  refresh();
  const rows = [{ label: t("Profile"), control: profile }, ...buttons];
  return element(
    "section",
    { class: "help__mouse" },
    element("h2", {}, t("Mouse and touch")),
    element(
      "div",
      { class: "help__buttons" },
      ...rows.map(({ label, control }) => element("label", {}, element("span", {}, label), control)),
    ),
    element(
      "dl",
      { class: "help__keys" },
      ...POINTER.flatMap(([key, text]) => [
        element("dt", {}, element("kbd", {}, key)),
        element("dd", {}, text),
      ]),
    ),
  );
}

function select(label: string, texts: readonly string[], values = texts): HTMLSelectElement {
  return element(
    "select",
    { class: "field__input", "aria-label": label },
    ...texts.map((text, index) => element("option", { value: values[index] }, text)),
  );
}
