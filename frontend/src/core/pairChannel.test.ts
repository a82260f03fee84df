import { afterEach, expect, test } from "vitest";
import { type Introduction, PairChannel } from "./pairChannel";
import { keptPlace, newPair, secondWindowName } from "./windowPair";

const opened: PairChannel<string>[] = [];

afterEach(() => {
  for (const channel of opened.splice(0)) channel.close();
});

function open(pair: string, screen: 1 | 2, introduction: Partial<Introduction> = {}): PairChannel<string> {
  const told = { reader: "7", study: "1.2", readingList: [], ...introduction };
  const channel = new PairChannel<string>({ pair, screen }, () => told);
  opened.push(channel);
  channel.open();
  return channel;
}

/** Messages between contexts take a turn each. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 200));
}

test("two windows of a pair meet, talk, and part", async () => {
  const first = open("a", 1, { study: "1.2.3" });
  const second = new PairChannel<string>({ pair: "a", screen: 2 }, () => ({
    reader: "7",
    study: "1.2",
    readingList: [],
  }));
  const studies: string[] = [];
  const heard: string[] = [];
  second.met.subscribe(({ study }) => studies.push(study));
  second.received.subscribe((message) => heard.push(message));
  second.open();
  await settle();
  first.send("scroll");
  await settle();
  expect(studies).toEqual(["1.2.3"]);
  expect(heard).toEqual(["scroll"]);
  second.close();
  await settle();
  expect(first.isConnected).toBe(false);
});

test("windows of other pairs and of other readers are strangers", async () => {
  const first = open("b", 1);
  open("c", 2);
  open("b", 2, { reader: "8" });
  await settle();
  expect(first.isConnected).toBe(false);
});

test("a copy of a window is told that its place is taken, and the pair stays as it is", async () => {
  const first = open("d", 1);
  const second = open("d", 2);
  await settle();
  let isTaken = false;
  const copy = new PairChannel<string>({ pair: "d", screen: 1 }, () => ({
    reader: "7",
    study: "9",
    readingList: [],
  }));
  copy.taken.subscribe(() => {
    isTaken = true;
    copy.close();
  });
  copy.open();
  await settle();
  expect(isTaken).toBe(true);
  first.send("still here");
  expect([first.isConnected, second.isConnected]).toEqual([true, true]);
});

test("a pair is kept for its reader only, and the second window knows itself by its name", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  } as unknown as Storage;
  const { pair } = newPair(storage, "7");
  expect(keptPlace(storage, "", "7")).toEqual({ pair, screen: 1 });
  expect(keptPlace(storage, "", "8")).toBeNull();
  expect(keptPlace(storage, secondWindowName(pair), "7")).toEqual({ pair, screen: 2 });
});
