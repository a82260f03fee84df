import { type Disposer, DisposerBag, listen } from "../core/disposable";
import type { Command, CommandGroup } from "./command";
import { element } from "./dom";
import { keyLabel } from "./keyboard";

const TITLES: readonly (readonly [CommandGroup, string])[] = [
  ["tool", "Tools for the left button"],
  ["draw", "Measure and mark"],
  ["scroll", "Through the images"],
  ["window", "Window"],
  ["picture", "Picture"],
  ["layout", "Layout"],
  ["cine", "Cine"],
  ["measure", "Measurements and key images"],
  ["page", "Page"],
];

const POINTER: readonly (readonly [string, string])[] = [
  ["One finger", "the chosen tool"],
  ["Two fingers", "zoom and move"],
  ["Left button", "the chosen tool"],
  ["Middle button", "move"],
  ["Right button", "zoom, up is larger"],
  ["Wheel", "scroll, with Shift ten images"],
  ["Ctrl + wheel", "zoom at the pointer"],
  ["Double click", "this picture alone, and back; on a mark, its words"],
  ["Drag a handle", "change a mark; its line moves it, its words move aside"],
  ["Shift at the last point", "keep the measuring tool for another"],
  ["Window drag", "sideways the width, up brighter, down darker"],
];

/** The list of keys, made from the commands themselves. */
export function attachHelp(page: HTMLElement, commands: readonly Command[]): Disposer {
  const close = element("button", { type: "button", class: "button" }, "Close");
  const keys = TITLES.map(([group, title]) => section(title, rowsOf(group, commands)));
  const pointer = section("Mouse and touch", POINTER);
  // Where there is a finger and no mouse there is hardly a keyboard.
  const isTouched = matchMedia("(hover: none)").matches;
  const dialog = element(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    element(
      "header",
      { class: "help__header" },
      element("h1", { id: "help-title" }, "Keys and mouse"),
      close,
    ),
    element("div", { class: "help__columns" }, ...(isTouched ? [pointer, ...keys] : [...keys, pointer])),
  );
  page.append(dialog);
  const bag = new DisposerBag();
  bag.add(listen(page, "viewer:help", () => dialog.showModal()));
  bag.add(listen(close, "click", () => dialog.close()));
  bag.add(
    listen<MouseEvent>(dialog, "click", (event) => {
      if (event.target === dialog) dialog.close();
    }),
  );
  bag.add(
    listen<KeyboardEvent>(dialog, "keydown", (event) => {
      if (event.key === "?") dialog.close();
    }),
  );
  bag.add(() => dialog.remove());
  return () => bag.dispose();
}

function rowsOf(group: CommandGroup, commands: readonly Command[]): (readonly [string, string])[] {
  return commands
    .filter((command) => command.group === group && command.keys.length > 0)
    .map((command) => [command.keys.map(keyLabel).join("  "), command.label] as const);
}

function section(title: string, rows: readonly (readonly [string, string])[]): HTMLElement {
  const list = element("dl", { class: "help__keys" });
  for (const [key, text] of rows) {
    list.append(element("dt", {}, element("kbd", {}, key)), element("dd", {}, text));
  }
  return element("section", {}, element("h2", {}, title), list);
}
