/** Which of two windows this is: they belong together by a random name that no other tab has. */
export interface PairPlace {
  readonly pair: string;
  readonly screen: 1 | 2;
}

const KEY = "window-pair";
const SECOND = /^second-window-([0-9a-f]{32})$/;

/** The name under which the second window of a pair is opened. A window keeps its name from study to study. */
export function secondWindowName(pair: string): string {
  return `second-window-${pair}`;
}

/**
 * Where this window belongs; null where it is alone.
 *
 * @param reader who is logged in: a pair does not outlive its reader.
 */
export function keptPlace(storage: Storage, windowName: string, reader: string): PairPlace | null {
  const second = SECOND.exec(windowName)?.[1];
  if (second) return { pair: second, screen: 2 };
  const kept = read(storage);
  return kept?.reader === reader ? { pair: kept.pair, screen: 1 } : null;
}

/** Make this window the first of a new pair. */
export function newPair(storage: Storage, reader: string): PairPlace {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const pair = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    storage.setItem(KEY, JSON.stringify({ pair, reader }));
  } catch {
    // Without storage the pair lasts until the next study.
  }
  return { pair, screen: 1 };
}

export function forgetPair(storage: Storage): void {
  storage.removeItem(KEY);
}

function read(storage: Storage): { readonly pair: string; readonly reader: string } | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { pair, reader } = kept as Record<string, unknown>;
    return typeof pair === "string" && typeof reader === "string" ? { pair, reader } : null;
  } catch {
    return null;
  }
}
