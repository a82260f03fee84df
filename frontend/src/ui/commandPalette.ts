import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t, tn } from "../core/i18n";
import type { Command } from "./command";
import { GROUP_TITLES } from "./commandGroups";
import { element, setText } from "./dom";
import { isPossible, keyLabel } from "./keyboard";
import type { ViewerContext } from "./viewerContext";

const LIST_ID = "palette-list";

/** A list of everything that can be done, found by typing and run by Enter. */
export function attachPalette(
  page: HTMLElement,
  commands: readonly Command[],
  context: ViewerContext,
): Disposer {
  const palette = new Palette(commands, context);
  page.append(palette.dialog);
  const bag = new DisposerBag();
  bag.add(listen(page, "viewer:palette", () => palette.open()));
  bag.add(listen(palette.input, "input", () => palette.find()));
  bag.add(listen<KeyboardEvent>(palette.input, "keydown", (event) => palette.press(event)));
  bag.add(listen<MouseEvent>(palette.dialog, "click", (event) => palette.click(event)));
  bag.add(() => palette.dialog.remove());
  return () => bag.dispose();
}

class Palette {
  readonly input = element("input", {
    type: "text",
    class: "palette__input",
    role: "combobox",
    "aria-label": t("Find a command"),
    "aria-controls": LIST_ID,
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    placeholder: t("Find a command"),
    autocomplete: "off",
    spellcheck: "false",
  });
  private readonly list = element("ul", { class: "palette__list", id: LIST_ID, role: "listbox" });
  private readonly count = element("p", { class: "palette__count", role: "status" });
  readonly dialog = element(
    "dialog",
    { class: "palette", "aria-label": t("Commands") },
    this.input,
    this.list,
    this.count,
  );
  private found: readonly Command[] = [];
  private place = 0;

  constructor(
    private readonly commands: readonly Command[],
    private readonly context: ViewerContext,
  ) {
    this.list.setAttribute("aria-label", t("Commands"));
  }

  open(): void {
    this.input.value = "";
    this.dialog.showModal();
    this.find();
    this.input.focus();
  }

  find(): void {
    this.found = matching(this.commands, this.input.value, (command) => isPossible(command, this.context));
    this.list.replaceChildren(...this.found.map((command, index) => this.option(command, index)));
    setText(
      this.count,
      this.found.length === 0 ? t("No command has these words") : countText(this.found.length),
    );
    this.goTo(0);
  }

  press(event: KeyboardEvent): void {
    const last = this.found.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.place >= last ? 0 : this.place + 1,
      ArrowUp: this.place <= 0 ? last : this.place - 1,
      PageDown: Math.min(last, this.place + 8),
      PageUp: Math.max(0, this.place - 8),
    };
    const place = moves[event.key];
    if (place === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (place === undefined) this.run(this.place);
    else this.goTo(place);
  }

  click(event: MouseEvent): void {
    if (event.target === this.dialog) this.dialog.close();
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (option) this.run([...this.list.children].indexOf(option));
  }

  private option(command: Command, index: number): HTMLElement {
    return element(
      "li",
      {
        class: "palette__option",
        id: `palette-option-${index}`,
        role: "option",
        "data-command": command.id,
        "aria-selected": "false",
        "aria-disabled": isPossible(command, this.context) ? null : "true",
      },
      element("span", { class: "palette__label" }, command.label),
      element("span", { class: "palette__group" }, GROUP_TITLES[command.group]),
      element(
        "span",
        { class: "palette__keys" },
        ...command.keys.map((key) => element("kbd", {}, keyLabel(key))),
      ),
    );
  }

  private goTo(place: number): void {
    this.list.children[this.place]?.setAttribute("aria-selected", "false");
    this.place = place;
    const option = this.list.children[place];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private run(place: number): void {
    const command = this.found[place];
    if (!command || !isPossible(command, this.context)) return;
    this.dialog.close();
    command.run(this.context);
    this.context.changed.emit();
  }
}

function countText(count: number): string {
  return tn("{count} command", "{count} commands", count);
}

/**
 * The commands that have all the words, in any order and only begun; those whose words begin so come first, those that
 * are not possible now last. The palette does not list itself.
 */
export function matching(
  commands: readonly Command[],
  text: string,
  isPossibleNow: (command: Command) => boolean,
): readonly Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const scored = commands.flatMap((command) => {
    const label = command.label.toLowerCase();
    // The name behind the label is often the one that the button has, such as "fusion".
    const all = `${label} ${GROUP_TITLES[command.group].toLowerCase()} ${command.id.replaceAll("-", " ")}`;
    if (command.id === "palette" || !words.every((word) => all.includes(word))) return [];
    const isBegun = words.every((word) => label.startsWith(word) || label.includes(` ${word}`));
    const isFirst = label.startsWith(words[0] ?? "");
    return [{ command, score: (isPossibleNow(command) ? 0 : 4) + (isBegun ? 0 : 2) + (isFirst ? 0 : 1) }];
  });
  return scored.sort((one, other) => one.score - other.score).map(({ command }) => command);
}
