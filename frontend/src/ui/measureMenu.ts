import { KINDS } from "../annotations/kinds/table";
import { type DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import type { AnnotationKind } from "../dicom/annotation";
import { SPINE_LEVELS } from "../tools/spine";
import { isDrawingTool, keepsTool, setKeepsTool } from "./annotating";
import { DRAWING_KEYS } from "./annotationCommands";
import type { Command } from "./command";
import { element, icon } from "./dom";
import { keyLabel } from "./keyboard";
import { placeBelow } from "./menus";
import type { ViewerContext } from "./viewerContext";

const LAST_TOOL = "reading-room-last-measuring-tool";
/** What of the other commands is offered here for those who point. */
const OFFERED = ["undo", "redo", "copy-to-next", "delete-measurement", "hide-annotations", "evidence"];

/** One button for the tool that was used last, and a menu with all of them. */
export function measureMenu(
  context: ViewerContext,
  commands: readonly Command[],
  bag: DisposerBag,
): readonly HTMLElement[] {
  let last = rememberedKind();
  const main = element("button", { type: "button", class: "tool" });
  const panel = element("div", { class: "menu__panel menu__panel--presets" });
  const summary = element(
    "summary",
    { class: "tool tool--more", title: t("All measuring tools"), "aria-label": t("All measuring tools") },
    icon("chevron"),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  const refresh = () => {
    const { name } = context.tool;
    if (isDrawingTool(name)) {
      last = name as AnnotationKind;
      localStorage.setItem(LAST_TOOL, last);
    }
    writeMain(main, last, name === last);
  };
  bag.add(listen(main, "click", () => context.setTool(last)));
  bag.add(
    listen(menu, "toggle", () => {
      if (!menu.open) return;
      panel.replaceChildren(...entries(context, commands, () => menu.removeAttribute("open")));
      placeBelow(panel, summary);
    }),
  );
  bag.add(context.changed.subscribe(refresh));
  refresh();
  return [main, menu];
}

function rememberedKind(): AnnotationKind {
  const found = DRAWING_KEYS.find(([kind]) => kind === localStorage.getItem(LAST_TOOL));
  return found?.[0] ?? "length";
}

function writeMain(main: HTMLElement, kind: AnnotationKind, isOn: boolean): void {
  main.setAttribute("aria-pressed", String(isOn));
  if (main.dataset.kind === kind) return;
  const { label } = KINDS[kind];
  const key = DRAWING_KEYS.find(([name]) => name === kind)?.[1] ?? "";
  main.dataset.kind = kind;
  main.setAttribute("aria-label", label);
  main.title = `${label} (${keyLabel(key)})`;
  main.replaceChildren(
    icon(kindIcon(kind)),
    element("span", { class: "tool__label", "aria-hidden": "true" }, label),
  );
}

export function kindIcon(kind: AnnotationKind): string {
  return kind.replace("_", "-");
}

function entries(context: ViewerContext, commands: readonly Command[], close: () => void): HTMLElement[] {
  const tools = DRAWING_KEYS.map(([kind, key]) =>
    item(KINDS[kind].label, key, kindIcon(kind), context.tool.name === kind, () => {
      context.setTool(kind);
      close();
    }),
  );
  const others = OFFERED.flatMap((id) => {
    const command = commands.find((one) => one.id === id);
    if (!command) return [];
    return [
      item(command.label, command.keys[0] ?? "", "", command.isOn?.(context), () => {
        command.run(context);
        context.changed.emit();
        close();
      }),
    ];
  });
  return [...tools, spineChoice(context), stayChoice(), element("hr", { class: "menu__line" }), ...others];
}

function item(
  label: string,
  key: string,
  iconName: string,
  isOn: boolean | undefined,
  act: () => void,
): HTMLElement {
  const button = element(
    "button",
    { type: "button", class: "menu__item", "aria-pressed": isOn === undefined ? null : String(isOn) },
    element("span", { class: "menu__kind" }, iconName ? icon(iconName) : null, label),
    key ? element("kbd", {}, keyLabel(key)) : null,
  );
  button.addEventListener("click", act);
  return button;
}

/** Which vertebra the next click names; the ones after it follow by themselves. */
function spineChoice(context: ViewerContext): HTMLElement {
  const select = element("select", { id: "spine-level" });
  for (const level of SPINE_LEVELS) {
    select.append(element("option", { value: level, selected: level === context.spineStart.level }, level));
  }
  select.addEventListener("change", () => {
    context.setSpineStart(select.value, true);
    context.setTool("spine_label");
  });
  return element(
    "p",
    { class: "menu__choice" },
    element("label", { for: "spine-level" }, t("Next vertebra")),
    select,
  );
}

function stayChoice(): HTMLElement {
  const box = element("input", { type: "checkbox", id: "keeps-tool", checked: keepsTool() });
  box.addEventListener("change", () => setKeepsTool(box.checked));
  return element(
    "p",
    { class: "menu__choice" },
    box,
    element("label", { for: "keeps-tool" }, t("Stay with the tool until Esc")),
  );
}
