import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { colourMenu } from "./colourMenu";
import type { Command, CommandGroup } from "./command";
import { element, icon, spokenName } from "./dom";
import { fusionButton, fusionMenu } from "./fusion";
import { hangingMenu } from "./hangingMenu";
import { keyLabel } from "./keyboard";
import { layoutPicker } from "./layoutPicker";
import { linkMenu } from "./linkMenu";
import { measureMenu } from "./measureMenu";
import { presentationMenu } from "./presentationMenu";
import { presetMenu } from "./presetMenu";
import { exportMenu } from "./saving/exportMenu";
import { slabMenu } from "./slabPanel";
import type { ViewerContext } from "./viewerContext";

const GROUPS: readonly { readonly group: CommandGroup; readonly label: string }[] = [
  { group: "tool", label: t("Tools") },
  { group: "window", label: t("Window") },
  { group: "picture", label: t("Picture") },
  { group: "cine", label: t("Cine") },
  { group: "measure", label: t("Measurements") },
  { group: "layout", label: t("Layout") },
  { group: "page", label: t("Page") },
];

/** The row of buttons. A button shows whether its command is on. */
export function buildToolbar(
  root: HTMLElement,
  commands: readonly Command[],
  context: ViewerContext,
): Disposer {
  const bag = new DisposerBag();
  const buttons: { readonly command: Command; readonly button: HTMLButtonElement }[] = [];
  for (const { group, label } of GROUPS) {
    const section = element("div", { class: `tools tools--${group}`, role: "group", "aria-label": label });
    for (const command of commands) {
      if (command.group !== group || !command.icon) continue;
      const button = commandButton(command);
      bag.add(listen(button, "click", () => run(command, context)));
      buttons.push({ command, button });
      section.append(button);
    }
    if (group === "tool") section.append(...measureMenu(context, commands, bag));
    if (group === "window") {
      section.prepend(presetMenu(context, bag), presentationMenu(context, bag));
      section.append(colourMenu(context, bag));
    }
    if (group === "layout") {
      section.prepend(layoutPicker(context, bag), hangingMenu(context, bag), linkMenu(context, bag));
      section.append(slabMenu(context, bag), fusionButton(context, bag), fusionMenu(context, bag));
    }
    if (group === "page") section.prepend(...[exportMenu(context, bag)].filter((menu) => menu !== null));
    root.append(section);
  }
  const refresh = () => {
    for (const { command, button } of buttons) {
      showKeys(command, button);
      if (command.isOn) button.setAttribute("aria-pressed", String(command.isOn(context)));
    }
  };
  bag.add(context.changed.subscribe(refresh));
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.cine.changed.subscribe(refresh));
  bag.add(listen(document, "fullscreenchange", refresh));
  bag.add(context.grid.attach((viewport) => bag.add(viewport.paintedChanged.subscribe(refresh))));
  refresh();
  return () => bag.dispose();
}

function run(command: Command, context: ViewerContext): void {
  command.run(context);
  context.changed.emit();
}

/** The keys may have been changed since. */
function showKeys({ label, keys }: Command, button: HTMLButtonElement): void {
  const title = keys.length > 0 ? `${label} (${keys.map(keyLabel).join(", ")})` : label;
  if (button.title === title) return;
  button.title = title;
  button.setAttribute("aria-keyshortcuts", keys.map(ariaKey).join(" "));
}

/** How WAI-ARIA writes a key. */
function ariaKey(key: string): string {
  return key.replace(/^Ctrl\+/, "Control+").replace(/ $/, "Space");
}

function commandButton(command: Command): HTMLButtonElement {
  return element(
    "button",
    {
      type: "button",
      class: "tool",
      id: `command-${command.id}`,
      "aria-label": spokenName(shortLabel(command), command.label),
    },
    icon(command.icon ?? ""),
    element("span", { class: "tool__label", "aria-hidden": "true" }, shortLabel(command)),
  );
}

const SHORT_LABELS: Readonly<Record<string, string>> = {
  "flip-horizontally": t("Mirror"),
  "flip-vertically": t("Flip"),
  "rotate-left": t("Turn left"),
  "rotate-right": t("Turn right"),
  "one-to-one": "1 : 1",
  reset: t("Reset"),
  "key-image": t("Key image"),
  "annotation-list": t("Marks"),
  "tool-locate": t("Locate"),
  priors: t("Priors"),
  planes: t("Planes"),
  volume: t("Volume"),
  "full-screen": t("Full"),
  "second-window": t("2nd window"),
  help: t("Keys"),
  palette: t("Find"),
};

function shortLabel(command: Command): string {
  return SHORT_LABELS[command.id] ?? command.label;
}
