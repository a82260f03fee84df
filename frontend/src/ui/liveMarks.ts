import { followMarks as followNotices } from "../api/studyEvents";
import { type Disposer, DisposerBag } from "../core/disposable";
import type { ViewerContext } from "./viewerContext";

/** Marks that arrive together are fetched together. */
const GATHER_MS = 200;
/** What the reader has in his hand is looked at again after this time. */
const HELD_MS = 1000;

/** Call for each open study on which somebody else has marked something. */
export function followMarks(context: ViewerContext, load: (studyInstanceUid: string) => void): Disposer {
  const { studies, saving, annotations, page } = context;
  const bag = new DisposerBag();
  const due = new Map<string, number>();
  const fetchSoon = (uid: string, delayMs: number) => {
    if (due.has(uid)) return;
    const timer = window.setTimeout(() => {
      due.delete(uid);
      const isHeld = annotations.holdsAny;
      load(uid);
      if (isHeld) fetchSoon(uid, HELD_MS);
    }, delayMs);
    due.set(uid, timer);
  };
  let stop: Disposer = () => undefined;
  const follow = () => {
    stop();
    const uids = studies.manifests.map(({ study }) => study.studyInstanceUid);
    stop = followNotices(page.dataset.eventsUrl ?? "", uids, {
      study: (uid, { annotation_uid: annotationUid, revision }) => {
        const isKnown = typeof annotationUid === "string" && saving.knows(annotationUid, Number(revision));
        if (!isKnown) fetchSoon(uid, GATHER_MS);
      },
      state: () => undefined,
      missed: () => {
        for (const uid of uids) fetchSoon(uid, GATHER_MS);
      },
    });
  };
  follow();
  bag.add(() => stop());
  bag.add(studies.changed.subscribe(follow));
  bag.add(() => {
    for (const timer of due.values()) clearTimeout(timer);
  });
  return () => bag.dispose();
}
