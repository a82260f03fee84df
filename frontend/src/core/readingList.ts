/** The studies of a worklist page in its order, as the viewer needs them to go on to the next one: UIDs only. */
export interface ReadingList {
  readonly uids: readonly string[];
}

const KEY = "reading-list";
const UID = /^[0-9.]{1,64}$/;

/** Keep the list for the pages that this tab opens next. */
export function keepReadingList(uids: readonly string[], storage: Storage): void {
  try {
    storage.setItem(KEY, JSON.stringify({ uids }));
  } catch {
    // Without room or permission the viewer has no next study, and everything else works.
  }
}

/** The list that the tab came from; an empty one where it came from nowhere. */
export function keptReadingList(storage: Storage): ReadingList {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? "null");
    const uids = typeof kept === "object" && kept !== null ? (kept as { uids?: unknown }).uids : null;
    return {
      uids: Array.isArray(uids) ? uids.filter((uid) => typeof uid === "string" && UID.test(uid)) : [],
    };
  } catch {
    return { uids: [] };
  }
}

/** Where a study stands in the list, and its neighbours; null where it is not in it. */
export interface ListPlace {
  readonly position: number;
  readonly count: number;
  readonly previous: string | null;
  readonly next: string | null;
}

export function placeInList({ uids }: ReadingList, studyInstanceUid: string): ListPlace | null {
  const index = uids.indexOf(studyInstanceUid);
  if (index < 0) return null;
  return {
    position: index + 1,
    count: uids.length,
    previous: uids[index - 1] ?? null,
    next: uids[index + 1] ?? null,
  };
}
