import { beforeEach, expect, test } from "vitest";
import { RequestError } from "../api/client";
import type { Preferences } from "../api/preferences";
import type { Command } from "./command";
import { matching } from "./commandPalette";
import { viewerCommands } from "./commands";
import { keyLabel, keyName } from "./keyboard";
import { KeyTable } from "./keyTable";
import { ReaderPreferences } from "./readerPreferences";

const command = (id: string, keys: readonly string[], label = id): Command => ({
  id,
  label,
  group: "picture",
  keys,
  run: () => undefined,
});
const STANDARD = [
  command("cine", ["c"]),
  command("invert", ["i"]),
  command("erase", ["Delete", "Backspace"]),
];
const keysOf = (table: KeyTable) => Object.fromEntries(table.commands.map(({ id, keys }) => [id, keys]));
const named = (table: KeyTable, id: string) => table.commands.find((one) => one.id === id) as Command;

let table: KeyTable;

beforeEach(() => {
  table = new KeyTable(STANDARD, new Map());
});

test("no two commands are delivered with the same key, and no id is there twice", () => {
  const commands = viewerCommands();
  const keys = commands.flatMap((one) => one.keys);

  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
});

test("a key that is given to a command is taken from the one that had it", () => {
  table.bind(named(table, "invert"), "c");

  expect(keysOf(table)).toEqual({ cine: [], invert: ["c"], erase: ["Delete", "Backspace"] });
  expect(table.commandOf("c")?.id).toBe("invert");
  expect(table.commandOf("i")).toBeUndefined();
});

test("of two keys only the one that another command got is lost", () => {
  table.bind(named(table, "cine"), "Delete");

  expect(keysOf(table)).toMatchObject({ cine: ["Delete"], erase: ["Backspace"] });
});

test("a command that is reset gets its key back from whoever has it, who gets its own again", () => {
  table.bind(named(table, "invert"), "c");

  table.reset(named(table, "cine"));

  expect(keysOf(table)).toMatchObject({ cine: ["c"], invert: ["i"] });
  expect(table.changes.size).toBe(0);
});

test("a command can have no key, and everything can be as delivered again", () => {
  table.clear(named(table, "cine"));
  expect(table.commandOf("c")).toBeUndefined();

  table.resetAll();
  expect(table.commandOf("c")?.id).toBe("cine");
});

test("keys of a command that this version does not have keep no key from another", () => {
  const later = new KeyTable(STANDARD, new Map([["from-a-later-version", ["c"]]]));

  expect(later.commandOf("c")?.id).toBe("cine");
  later.bind(named(later, "invert"), "c");
  expect([...later.changes]).toEqual([["invert", ["c"]]]);
});

const pressed = (key: string, more: Partial<KeyboardEvent> = {}) =>
  ({ key, code: "", getModifierState: () => false, ...more }) as KeyboardEvent;

test.each([
  ["k", pressed("k")],
  ["k", pressed("K")],
  ["Shift+k", pressed("K", { shiftKey: true })],
  ["Ctrl+Shift+k", pressed("K", { shiftKey: true, ctrlKey: true })],
  ["Ctrl+k", pressed("k", { metaKey: true })],
  ["Shift+1", pressed("!", { shiftKey: true, code: "Digit1" })],
  ["?", pressed("?", { shiftKey: true, code: "Slash" })],
  ["Shift+F2", pressed("F2", { shiftKey: true })],
  ["@", pressed("@", { ctrlKey: true, altKey: true, getModifierState: () => true })],
  ["", pressed("Control", { ctrlKey: true })],
])("a press is called %s", (name, event) => {
  expect(keyName(event)).toBe(name);
});

test("a key is written as it stands on the keyboard", () => {
  expect(["Ctrl+Shift+k", " ", "+", "Ctrl++", "ArrowUp"].map(keyLabel)).toEqual([
    "Ctrl+Shift+K",
    "Space",
    "+",
    "Ctrl++",
    "↑",
  ]);
});

test("the palette finds begun words in any order, best first, and what is not possible last", () => {
  const commands = [
    command("a", [], "Turn left"),
    command("b", [], "Mirror left to right"),
    command("c", [], "Left out"),
    command("d", [], "Aleft"),
  ];
  const find = (text: string) => matching(commands, text, ({ id }) => id !== "c").map(({ id }) => id);

  expect(find("left")).toEqual(["a", "b", "d", "c"]);
  expect(find("RIGHT mir")).toEqual(["b"]);
  expect(find("nothing")).toEqual([]);
  expect(
    matching([command("rotating-mip", [], "Turn the whole")], "mip", () => true).map(({ id }) => id),
  ).toEqual(["rotating-mip"]);
});

const KEPT: Preferences = {
  keys: new Map([["cine", ["b"]]]),
  mouse: { left: "window", middle: "pan", right: "zoom", wheel: "scroll" },
  windows: [],
  trueSize: [],
  asksBeforeLeaving: true,
};

test("every change is sent in order, and what cannot be saved is said", async () => {
  const sent: Preferences[] = [];
  const problems: string[] = [];
  const preferences = new ReaderPreferences(
    STANDARD,
    KEPT,
    (text) => problems.push(text),
    async (kept) => {
      sent.push(kept);
      if (sent.length === 2) throw new RequestError("network", "The server cannot be reached.");
    },
  );

  preferences.keys.bind(named(preferences.keys, "invert"), "x");
  preferences.set({ mouse: { ...KEPT.mouse, left: "scroll" } });
  preferences.keys.resetAll();
  await new Promise((done) => setTimeout(done));

  expect(sent.map(({ keys, mouse }) => [[...keys.keys()], mouse.left])).toEqual([
    [["cine", "invert"], "window"],
    [["cine", "invert"], "scroll"],
    [[], "scroll"],
  ]);
  expect(problems).toEqual(["Your preferences are not saved: The server cannot be reached."]);
});
