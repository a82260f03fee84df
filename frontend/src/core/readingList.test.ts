import { expect, test } from "vitest";
import { keepReadingList, keptReadingList, placeInList } from "./readingList";

function storage(initial?: string): Storage {
  const entries = new Map<string, string>(initial === undefined ? [] : [["reading-list", initial]]);
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
  } as unknown as Storage;
}

test("the list that was kept is the list that is found", () => {
  const kept = storage();

  keepReadingList(["1.2", "1.3"], kept);

  expect(keptReadingList(kept).uids).toEqual(["1.2", "1.3"]);
});

test.each([undefined, "nonsense", "null", "[]", '{"uids": 7}'])("%s is an empty list", (text) => {
  expect(keptReadingList(storage(text)).uids).toEqual([]);
});

test("what is no UID is left out, since it becomes a part of an address", () => {
  const kept = storage(JSON.stringify({ uids: ["1.2", "../admin", 7] }));

  expect(keptReadingList(kept).uids).toEqual(["1.2"]);
});

test("a study knows its neighbours", () => {
  const list = { uids: ["1.1", "1.2", "1.3"] };

  expect(placeInList(list, "1.1")).toEqual({ position: 1, count: 3, previous: null, next: "1.2" });
  expect(placeInList(list, "1.3")).toEqual({ position: 3, count: 3, previous: "1.2", next: null });
  expect(placeInList(list, "1.9")).toBeNull();
});
