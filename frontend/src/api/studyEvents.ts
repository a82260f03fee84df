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

/** Follow the server's notices of changed studies. The browser reconnects by itself. */
export function followStudies(url: string, handlers: StudyEventHandlers): Disposer {
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
