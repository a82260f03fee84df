import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import type { Painters } from "../render/painters";
import type { Command } from "./command";
import { GROUP_TITLES, GROUPS_IN_ORDER } from "./commandGroups";
import { displaySection } from "./displaySection";
import { element, setText } from "./dom";
import { keyLabel, keyName } from "./keyboard";
import { mouseSection } from "./mouseSettings";
import type { ReaderPreferences } from "./readerPreferences";
import { readingSection } from "./readingSection";

/** Escape always ends what is going on, also this dialog, and Tab always goes to the next control. */
const FIXED = "cancel";

/** Every key and mouse button, made from the commands themselves; each can be changed where it stands. */
export function attachKeysDialog(
  page: HTMLElement,
  preferences: ReaderPreferences,
  painters: Painters,
): Disposer {
  const dialog = new KeysDialog(preferences, painters);
  page.append(dialog.root);
  const bag = new DisposerBag();
  bag.add(listen(page, "viewer:help", () => dialog.root.showModal()));
  bag.add(listen<MouseEvent>(dialog.root, "click", (event) => dialog.click(event)));
  bag.add(listen<KeyboardEvent>(dialog.root, "keydown", (event) => dialog.press(event)));
  bag.add(preferences.changed.subscribe(() => dialog.refresh()));
  bag.add(() => dialog.root.remove());
  return () => bag.dispose();
}

interface Row {
  readonly command: Command;
  readonly cell: HTMLElement;
  /** What else can be done with the key, beside the name of the command. */
  readonly acts: HTMLElement;
}

class KeysDialog {
  readonly root = element("dialog", { class: "help", "aria-labelledby": "help-title" });
  private readonly status = element("p", { class: "help__status", role: "status" });
  private readonly rows: readonly Row[];
  private readonly resetAll = element("button", { type: "button", class: "button", "data-act": "reset-all" });
  /** The command whose next key is awaited, and the key of another that it was given. */
  private awaiting: Command | null = null;
  private wanted = "";

  constructor(
    private readonly preferences: ReaderPreferences,
    painters: Painters,
  ) {
    const { commands } = preferences.keys;
    this.rows = commands.map((command) => ({
      command,
      cell: element("dt", {}),
      acts: element("span", { class: "help__acts" }),
    }));
    this.resetAll.textContent = t("All as delivered");
    const sections = GROUPS_IN_ORDER.map((group) => {
      const list = element("dl", { class: "help__keys" });
      for (const { command, cell, acts } of this.rows) {
        if (command.group === group) list.append(cell, element("dd", {}, command.label, acts));
      }
      return element("section", {}, element("h2", {}, GROUP_TITLES[group]), list);
    });
    const mouse = mouseSection(preferences);
    const display = displaySection(painters);
    const reading = readingSection(preferences);
    // Where there is a finger and no mouse there is hardly a keyboard.
    const isTouched = matchMedia("(hover: none)").matches;
    const hint = t("Choose a key to change it. Keys and mouse are kept for you on the server.");
    this.root.append(
      element(
        "header",
        { class: "help__header" },
        element("h1", { id: "help-title" }, t("Keys and mouse")),
        this.resetAll,
        element("button", { type: "button", class: "button", "data-act": "close" }, t("Close")),
        this.status,
      ),
      element("p", { class: "help__hint" }, hint),
      element(
        "div",
        { class: "help__columns" },
        ...(isTouched ? [mouse, reading, ...sections, display] : [...sections, mouse, reading, display]),
      ),
    );
    this.refresh();
  }

  refresh(): void {
    for (const row of this.rows) this.fill(row);
    this.resetAll.hidden = this.preferences.keys.changes.size === 0;
  }

  click({ target }: MouseEvent): void {
    if (target === this.root) this.root.close();
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-act]") : null;
    if (!button) return;
    const { keys } = this.preferences;
    const command = keys.commands.find(({ id }) => id === button.dataset.command);
    const act = button.dataset.act;
    if (act === "close") this.root.close();
    else if (act === "reset-all") this.change(() => keys.resetAll(), t("All keys are as delivered."));
    else if (command && act === "reset") this.change(() => keys.reset(command), "", command);
    else if (command && act === "clear") this.change(() => keys.clear(command), "", command);
    else if (command && act === "take") this.take(command, this.wanted);
    else if (command && act === "change") this.await(command);
  }

  press(event: KeyboardEvent): void {
    const { awaiting } = this;
    if (awaiting === null) {
      if (event.key === "?" && !isTyping(event)) this.root.close();
      return;
    }
    const onOther =
      event.target instanceof Element && event.target.closest("[data-act=take], [data-act=clear]");
    if (event.key === "Tab" || (onOther && (event.key === "Enter" || event.key === " "))) return;
    const key = keyName(event);
    if (key === "") return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "Escape") {
      this.change(() => this.refresh(), "", awaiting);
      return;
    }
    const holder = this.preferences.keys.commandOf(key);
    if (holder?.id === FIXED) return;
    if (!holder || holder.id === awaiting.id) this.take(awaiting, key);
    else this.askFor(key, awaiting, holder);
  }

  private await(command: Command): void {
    this.awaiting = command;
    this.wanted = "";
    this.refresh();
    setText(
      this.status,
      t("Press the key for “{command}”. Esc leaves it as it is.", { command: command.label }),
    );
    this.buttonOf(command)?.focus();
  }

  private askFor(key: string, command: Command, holder: Command): void {
    this.wanted = key;
    this.refresh();
    setText(
      this.status,
      t("{key} is the key of “{command}”.", { key: keyLabel(key), command: holder.label }),
    );
    this.buttonOf(command, "take")?.focus();
  }

  private take(command: Command, key: string): void {
    const holder = this.preferences.keys.commandOf(key);
    const lost =
      holder && holder.id !== command.id
        ? ` ${t("“{command}” has it no more.", { command: holder.label })}`
        : "";
    const now = t("{key} is now the key of “{command}”.", { key: keyLabel(key), command: command.label });
    const said = `${now}${lost}`;
    this.change(() => this.preferences.keys.bind(command, key), said, command);
  }

  /** Change something, say what, and leave the focus where the reader was. */
  private change(act: () => void, said: string, command?: Command): void {
    this.awaiting = null;
    this.wanted = "";
    act();
    setText(this.status, said);
    if (command) this.buttonOf(command)?.focus();
  }

  private buttonOf({ id }: Command, act = "change"): HTMLElement | null {
    return this.root.querySelector(`[data-act="${act}"][data-command="${id}"]`);
  }

  private fill({ command, cell, acts }: Row): void {
    const { id, label, keys } = command;
    const isAwaited = this.awaiting?.id === id;
    // Names and label have the same words, so that whoever speaks to the page can say what stands on the button.
    const names = keys.flatMap((key, index) => [index > 0 ? " " : "", element("kbd", {}, keyLabel(key))]);
    if (id === FIXED) {
      cell.replaceChildren(...names);
      return;
    }
    const act = (name: string, text: string, title: string) =>
      element(
        "button",
        {
          type: "button",
          class: "help__act",
          "data-act": name,
          "data-command": id,
          "aria-label": `${title}: ${label}`,
        },
        text,
      );
    const change = act(
      "change",
      "",
      t("Change the key, now {keys}", { keys: keys.map(keyLabel).join(" ") || t("none") }),
    );
    change.classList.add("help__key");
    change.classList.toggle("help__key--awaited", isAwaited);
    change.append(...(isAwaited ? [t("Press a key")] : names.length > 0 ? names : [t("None")]));
    cell.replaceChildren(change);
    acts.replaceChildren(
      ...(this.preferences.keys.isChanged(command) && !isAwaited
        ? [act("reset", "↺", t("As delivered"))]
        : []),
      ...(isAwaited && this.wanted
        ? [act("take", t("Use {key} here", { key: keyLabel(this.wanted) }), t("Use the key here"))]
        : []),
      ...(isAwaited && keys.length > 0 ? [act("clear", t("No key"), t("No key"))] : []),
    );
  }
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest("select, input") !== null;
}
