import { DRAG_TOOLS, type MouseButtons, WHEEL_ACTIONS } from "../api/preferences";
import { element } from "./dom";
import type { ReaderPreferences } from "./readerPreferences";

const PROFILES: readonly (readonly [string, MouseButtons])[] = [
  ["Standard", { left: "window", middle: "pan", right: "zoom", wheel: "scroll" }],
  ["Left drag scrolls", { left: "scroll", middle: "pan", right: "window", wheel: "scroll" }],
  ["Right drag windows", { left: "pan", middle: "zoom", right: "window", wheel: "scroll" }],
];
const CUSTOM = "My own";
const WORDS = { window: "Window", scroll: "Scroll", pan: "Move", zoom: "Zoom" } as const;
const BUTTONS = [
  ["left", "Left button, when no other tool is chosen", DRAG_TOOLS],
  ["middle", "Middle button", DRAG_TOOLS],
  ["right", "Right button", DRAG_TOOLS],
  ["wheel", "Wheel", WHEEL_ACTIONS],
] as const;
const POINTER: readonly (readonly [string, string])[] = [
  ["One finger", "the chosen tool"],
  ["Two fingers", "zoom and move"],
  ["Shift + wheel", "ten images"],
  ["Ctrl + wheel", "zoom at the pointer; scroll where the wheel zooms"],
  ["Ctrl + left button", "move"],
  ["Double click", "this picture alone, and back; on a mark, its words"],
  ["Drag a handle", "change a mark; its line moves it, its words move aside"],
  ["Shift at the last point", "keep the measuring tool for another"],
  ["Window drag", "sideways the width, up brighter, down darker"],
];

/** What the mouse buttons do: a profile, or each chosen by itself. */
export function mouseSection(preferences: ReaderPreferences): HTMLElement {
  const profile = select("Profile", [...PROFILES.map(([name]) => name), CUSTOM]);
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
  const rows = [{ label: "Profile", control: profile }, ...buttons];
  return element(
    "section",
    { class: "help__mouse" },
    element("h2", {}, "Mouse and touch"),
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
