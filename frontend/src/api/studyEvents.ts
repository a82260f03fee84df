import { type Disposer, listen } from "../core/disposable";
import { type LiveState, type Notice, NoticeStream, type NoticeWish, type Told } from "./noticeStream";

export type { LiveState } from "./noticeStream";

export interface StudyEventHandlers {
  readonly study: (studyInstanceUid: string, notice: Notice) => void;
  readonly state: (state: LiveState) => void;
  /** The connection is back after changes may have been missed. */
  readonly missed: () => void;
}

/** A page in a background tab stops listening after this time. */
const HIDDEN_MS = 60_000;

interface Follower {
  readonly kind: "study" | "marks";
  readonly studies: readonly string[];
  readonly handlers: StudyEventHandlers;
}

/** Where the notices of a page come from. */
interface Line {
  readonly follow: (studyInstanceUids: readonly string[]) => void;
  readonly close: () => void;
}

const followers = new Set<Follower>();
let line: Line | null = null;
let lastState: LiveState | null = null;
let stopWatching: Disposer = () => undefined;

/** Follow the notices of changed studies of the reader's facilities. */
export function followStudies(url: string, handlers: StudyEventHandlers): Disposer {
  return join(url, { kind: "study", studies: [], handlers });
}

/** Follow the notices of changed marks on some studies. */
export function followMarks(
  url: string,
  studyInstanceUids: readonly string[],
  handlers: StudyEventHandlers,
): Disposer {
  return join(url, { kind: "marks", studies: studyInstanceUids, handlers });
}

/**
 * All who follow notices on a page share one line, and all pages of a reader one connection: over HTTP/1.1 a browser has
 * six for a server, and streams would leave none for images and for pages that load.
 */
function join(url: string, follower: Follower): Disposer {
  followers.add(follower);
  if (followers.size === 1) stopWatching = watchPage(url);
  if (lastState) follower.handlers.state(lastState);
  open(url);
  return () => {
    if (!followers.delete(follower)) return;
    if (followers.size > 0) open(url);
    else {
      stopWatching();
      hangUp();
    }
  };
}

function open(url: string): void {
  line ??= sharedLine(url) ?? ownLine(url);
  line.follow([...new Set([...followers].flatMap(({ studies }) => studies))]);
}

function hangUp(): void {
  line?.close();
  line = null;
  lastState = null;
}

/** A worker that all pages share; null where this browser has none, as on many phones. */
function sharedLine(url: string): Line | null {
  if (typeof SharedWorker === "undefined") return null;
  // Another reader in the same browser has another worker: who has logged out hears nothing of the next one's.
  const name = `notices-${document.documentElement.dataset.reader ?? ""}`;
  const worker = new SharedWorker(new URL("../workers/notices.ts", import.meta.url), {
    type: "module",
    name,
  });
  const say = (wish: NoticeWish) => worker.port.postMessage(wish);
  worker.port.onmessage = ({ data }: MessageEvent<Told>) => hear(data);
  return {
    follow: (follow) => say({ url, follow }),
    close: () => {
      say({ leave: true });
      worker.port.close();
    },
  };
}

function ownLine(url: string): Line {
  const stream = new NoticeStream(url, hear);
  return { follow: (uids) => stream.follow(uids), close: () => stream.close() };
}

function hear(told: Told): void {
  if (told.kind === "state") lastState = told.state;
  for (const { kind, studies, handlers } of [...followers]) {
    if (told.kind === "state") handlers.state(told.state);
    else if (told.kind === "missed") handlers.missed();
    else if (told.kind === kind && (kind === "study" || studies.includes(told.studyInstanceUid))) {
      handlers.study(told.studyInstanceUid, told.notice);
    }
  }
}

/** Listen only while the page can be seen, or has been a moment ago, and catch up afterwards. */
function watchPage(url: string): Disposer {
  let hiddenTimer = 0;
  const comeBack = () => {
    if (line !== null) return;
    open(url);
    for (const { handlers } of [...followers]) handlers.missed();
  };
  const stops = [
    listen(document, "visibilitychange", () => {
      clearTimeout(hiddenTimer);
      if (document.hidden) hiddenTimer = window.setTimeout(hangUp, HIDDEN_MS);
      else comeBack();
    }),
    listen(window, "pagehide", hangUp),
    listen<PageTransitionEvent>(window, "pageshow", ({ persisted }) => persisted && comeBack()),
  ];
  return () => {
    clearTimeout(hiddenTimer);
    for (const stop of stops) stop();
  };
}
