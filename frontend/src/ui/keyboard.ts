import { type Disposer, listen } from "../core/disposable";
import type { Command } from "./command";
import type { ViewerContext } from "./viewerContext";

const TYPING = "input:not([type=range]), select, textarea, [contenteditable]";
const REPEATED_BY_SHIFT = 10;
const REPEATED: ReadonlySet<string> = new Set(["ArrowUp", "ArrowDown"]);

/** Run commands by their keys, wherever the focus is, except while the reader types. */
export function attachKeyboard(commands: readonly Command[], context: ViewerContext): Disposer {
  const byKey = new Map<string, Command>();
  for (const command of commands) for (const key of command.keys) byKey.set(key, command);
  const commandOf = (event: KeyboardEvent) =>
    byKey.get(keyName(event)) ?? byKey.get(event.key) ?? byKey.get(event.key.toLowerCase());
  return listen<KeyboardEvent>(document, "keydown", (event) => {
    if (event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest(TYPING)) return;
    if (document.querySelector("dialog[open]")) return;
    const onButton = event.target instanceof Element && event.target.closest("button, a, summary") !== null;
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const isChord = event.ctrlKey || event.metaKey;
    const command = isChord ? byKey.get(`Ctrl+${keyName(event)}`) : commandOf(event);
    if (!command) return;
    event.preventDefault();
    const times = event.shiftKey && REPEATED.has(event.key) ? REPEATED_BY_SHIFT : 1;
    for (let time = 0; time < times; time += 1) command.run(context);
  });
}

/** Digits with Shift are named by the key cap: what they print differs from layout to layout. */
function keyName(event: KeyboardEvent): string {
  if (event.shiftKey && /^\p{L}$/u.test(event.key)) return `Shift+${event.key.toLowerCase()}`;
  if (event.shiftKey && /^Digit\d$/.test(event.code)) return `Shift+${event.code.slice(5)}`;
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  " ": "Space",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
  Escape: "Esc",
};

/** How a key is written for the reader. */
export function keyLabel(key: string): string {
  if (key.startsWith("Ctrl+")) return `Ctrl+${keyLabel(key.slice(5))}`;
  if (key.startsWith("Shift+")) return `Shift+${keyLabel(key.slice(6))}`;
  return KEY_NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
