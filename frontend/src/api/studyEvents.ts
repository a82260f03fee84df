import { type Disposer, DisposerBag, listen } from "../core/disposable";

export type LiveState = "live" | "lost" | "ended";

export interface StudyEventHandlers {
  readonly study: (studyInstanceUid: string, notice: Readonly<Record<string, unknown>>) => void;
  readonly state: (state: LiveState) => void;
  /** The connection is back after changes may have been missed. */
  readonly missed: () => void;
}

/** A reconnect within this time is the server's ordinary renewal and not worth a word. */
const GRACE_MS = 6_000;
/** A list in a background tab gives its connection back after this time. */
const HIDDEN_MS = 60_000;

/** Who listens to the stream of an address, and what ends it. */
interface SharedStream {
  readonly listeners: Set<StudyEventHandlers>;
  readonly close: Disposer;
}

const streams = new Map<string, SharedStream>();

/**
 * Follow the server's notices of changed studies. The browser reconnects by itself.
 *
 * All who follow the same address on a page share one connection: a browser has six for a server, and a page that
 * took several for itself would leave none for the second window, whose pages then could not load.
 */
export function followStudies(url: string, handlers: StudyEventHandlers): Disposer {
  const stream = streams.get(url) ?? shared(url);
  stream.listeners.add(handlers);
  return () => {
    stream.listeners.delete(handlers);
    if (stream.listeners.size > 0 || streams.get(url) !== stream) return;
    streams.delete(url);
    stream.close();
  };
}

function shared(url: string): SharedStream {
  const listeners = new Set<StudyEventHandlers>();
  const tell = (say: (handlers: StudyEventHandlers) => void) => {
    for (const one of [...listeners]) say(one);
  };
  const close = openStream(url, {
    study: (uid, notice) => tell(({ study }) => study(uid, notice)),
    state: (state) => tell((one) => one.state(state)),
    missed: () => tell(({ missed }) => missed()),
  });
  const stream = { listeners, close };
  streams.set(url, stream);
  return stream;
}

function openStream(url: string, handlers: StudyEventHandlers): Disposer {
  const bag = new DisposerBag();
  let source: EventSource | null = null;
  let graceTimer = 0;
  let hiddenTimer = 0;
  let wasLost = false;

  const lost = () => {
    wasLost = true;
    handlers.state(source?.readyState === EventSource.CLOSED ? "ended" : "lost");
  };
  const opened = () => {
    clearTimeout(graceTimer);
    graceTimer = 0;
    handlers.state("live");
    if (wasLost) handlers.missed();
    wasLost = false;
  };
  const failed = () => {
    if (source?.readyState === EventSource.CLOSED) lost();
    else if (graceTimer === 0) graceTimer = window.setTimeout(lost, GRACE_MS);
  };
  const connect = () => {
    source = new EventSource(url);
    source.onopen = opened;
    source.onerror = failed;
    source.addEventListener("study", (event: MessageEvent<string>) => {
      const notice = noticeOf(event.data);
      const uid = notice.study_instance_uid;
      if (typeof uid === "string") handlers.study(uid, notice);
    });
    source.addEventListener("interrupted", lost);
    source.addEventListener("connected", opened);
  };
  const close = () => {
    clearTimeout(graceTimer);
    graceTimer = 0;
    source?.close();
    source = null;
  };

  connect();
  bag.add(close);
  bag.add(
    listen(document, "visibilitychange", () => {
      clearTimeout(hiddenTimer);
      if (document.hidden) {
        hiddenTimer = window.setTimeout(close, HIDDEN_MS);
      } else if (source === null) {
        wasLost = true;
        connect();
      }
    }),
  );
  bag.add(listen(window, "pagehide", close));
  bag.add(
    listen<PageTransitionEvent>(window, "pageshow", (event) => {
      if (!event.persisted || source !== null) return;
      wasLost = true;
      connect();
    }),
  );
  return () => bag.dispose();
}

function noticeOf(data: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(data) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}
