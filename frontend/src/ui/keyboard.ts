import { type Disposer, listen } from "../core/disposable";
import { t } from "../core/i18n";
import type { Command } from "./command";
import type { KeyTable } from "./keyTable";
import type { ViewerContext } from "./viewerContext";

const TYPING = "input:not([type=range]), select, textarea, [contenteditable]";
const REPEATED_BY_SHIFT = 10;
const REPEATED: ReadonlySet<string> = new Set(["ArrowUp", "ArrowDown"]);
const MODIFIERS: ReadonlySet<string> = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"]);

/** Run commands by their keys, wherever the focus is, except while the reader types. */
export function attachKeyboard(keys: KeyTable, context: ViewerContext): Disposer {
  return listen<KeyboardEvent>(document, "keydown", (event) => {
    if (event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest(TYPING)) return;
    if (document.querySelector("dialog[open]")) return;
    const onButton = event.target instanceof Element && event.target.closest("button, a, summary") !== null;
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const exact = keys.commandOf(keyName(event));
    const command = exact ?? withoutShift(event, keys);
    if (!command || !isPossible(command, context)) return;
    event.preventDefault();
    const isRepeated = !exact && event.shiftKey && REPEATED.has(event.key);
    for (let time = 0; time < (isRepeated ? REPEATED_BY_SHIFT : 1); time += 1) command.run(context);
  });
}

export function isPossible(command: Command, context: ViewerContext): boolean {
  return command.isPossible?.(context) ?? true;
}

/** Shift with a key that has no command of its own means the key. */
function withoutShift(event: KeyboardEvent, keys: KeyTable): Command | undefined {
  if (!event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  return keys.commandOf(event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

/**
 * What a key is called: "k", "Shift+k", "Ctrl+Shift+k", "ArrowUp", "?". "" for a modifier alone.
 *
 * Digits with Shift are named by the key cap: what they print differs from layout to layout.
 */
export function keyName(event: KeyboardEvent): string {
  if (MODIFIERS.has(event.key)) return "";
  // What AltGr prints is the key; Windows reports it as Ctrl and Alt together.
  const isPrinted = event.getModifierState("AltGraph");
  const chord = isPrinted
    ? ""
    : `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
  if (event.shiftKey && /^Digit\d$/.test(event.code)) return `${chord}Shift+${event.code.slice(5)}`;
  const isNamedWithShift = event.shiftKey && (/^\p{L}$/u.test(event.key) || event.key.length > 1);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${chord}${isNamedWithShift ? "Shift+" : ""}${key}`;
}

/** The reader's keys for a command, as they are written; "" where it has none. */
export function keysOf(keys: KeyTable, commandId: string): string {
  return (keys.commands.find(({ id }) => id === commandId)?.keys ?? []).map(keyLabel).join(", ");
}

/** What something does, and the reader's keys for it, as a tool tip. */
export function withKeys(label: string, keys: KeyTable, ...commandIds: readonly string[]): string {
  const written = commandIds.map((id) => keysOf(keys, id)).filter(Boolean);
  return written.length > 0 ? `${label} (${written.join(", ")})` : label;
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  " ": "Space",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageUp: t("Page ↑"),
  PageDown: t("Page ↓"),
  Escape: t("Esc"),
};

/** How a key is written for the reader. */
export function keyLabel(key: string): string {
  const chord = /^(Ctrl|Alt|Shift)\+(?=.)/.exec(key);
  if (chord) return `${chord[0]}${keyLabel(key.slice(chord[0].length))}`;
  return KEY_NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
