import { RequestError } from "../api/client";
import { ShapeError } from "../api/fields";
import { fetchPresentations } from "../api/presentations";
import { followStudies } from "../api/studyEvents";
import { type Disposer, DisposerBag } from "../core/disposable";
import { fetchStudy } from "./beside";
import type { ViewerContext } from "./viewerContext";

/** Objects that speak of images. */
const NOTE_MODALITIES: ReadonlySet<string> = new Set(["PR", "KO", "SEG", "RTSTRUCT"]);
/** While a study arrives it changes all the time; its manifest is fetched once in this time. */
const GATHER_MS = 1_500;

/** Shows what arrives in an open study while it is read: documents, notes and series, without a reload. */
export function attachArrivals(context: ViewerContext): Disposer {
  const { studies, page } = context;
  const bag = new DisposerBag();
  const waiting = new Map<string, number>();
  const notice = (uid: string) => {
    if (studies.manifest(uid) === null || waiting.has(uid)) return;
    const timer = window.setTimeout(() => {
      waiting.delete(uid);
      void takeIn(context, uid);
    }, GATHER_MS);
    waiting.set(uid, timer);
  };
  bag.add(
    followStudies(page.dataset.eventsUrl ?? "", {
      study: notice,
      // The page says itself where its session has ended.
      state: () => undefined,
      missed: () => {
        for (const { study } of studies.manifests) notice(study.studyInstanceUid);
      },
    }),
  );
  bag.add(() => {
    for (const timer of waiting.values()) window.clearTimeout(timer);
  });
  return () => bag.dispose();
}

/** Fetch again what a study holds; what cannot be had now comes with its next change. */
export async function takeIn(context: ViewerContext, studyInstanceUid: string): Promise<void> {
  try {
    if (!context.studies.update(await fetchStudy(studyInstanceUid))) return;
    await Promise.all([loadPresentations(context), context.saving.load(studyInstanceUid)]);
    context.changed.emit();
  } catch (error) {
    if (!(error instanceof RequestError || error instanceof ShapeError)) throw error;
  }
}

/** What others noted comes after the first image, and the viewer does without it where it does not come. */
export async function loadPresentations(context: ViewerContext): Promise<void> {
  const { studies, manifest, page, presentations } = context;
  const own = studies.manifest(manifest.study.studyInstanceUid);
  if (!own?.other.some(({ modality }) => NOTE_MODALITIES.has(modality))) return;
  try {
    presentations.set(await fetchPresentations(page.dataset.presentationsUrl ?? ""));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
  }
}
