import { Emitter } from "../core/emitter";
import type { PatientStudy, StudyManifest } from "../dicom/types";
import type { Stack } from "./stack";

/** The study of the page and those that the reader opened beside it, each fetched when it is first wanted. */
export class OpenStudies {
  readonly changed = new Emitter<void>();
  private readonly opened: StudyManifest[] = [];
  private readonly coming = new Map<string, Promise<StudyManifest>>();
  private readonly known = new Map<string, Stack>();

  constructor(
    readonly current: StudyManifest,
    private readonly fetchManifest: (studyInstanceUid: string) => Promise<StudyManifest>,
  ) {
    this.add(current);
  }

  get manifests(): readonly StudyManifest[] {
    return this.opened;
  }

  /** Every series of every open study, those of the page's own study first. */
  get stacks(): readonly Stack[] {
    return [...this.known.values()];
  }

  /** Studies made before the current one, the most relevant first. */
  get priors(): readonly PatientStudy[] {
    const earlier = this.current.patientStudies.filter(({ relevance }) => relevance !== null);
    return earlier.sort((one, other) => (other.relevance ?? 0) - (one.relevance ?? 0));
  }

  manifest(studyInstanceUid: string): StudyManifest | null {
    return this.opened.find(({ study }) => study.studyInstanceUid === studyInstanceUid) ?? null;
  }

  stack(seriesInstanceUid: string): Stack | null {
    return this.known.get(seriesInstanceUid) ?? null;
  }

  /** @throws RequestError where it cannot be had. */
  async open(studyInstanceUid: string): Promise<StudyManifest> {
    const there = this.manifest(studyInstanceUid);
    if (there) return there;
    const coming = this.coming.get(studyInstanceUid) ?? this.fetchManifest(studyInstanceUid);
    this.coming.set(studyInstanceUid, coming);
    try {
      const manifest = await coming;
      if (this.manifest(studyInstanceUid) === null) {
        this.add(manifest);
        this.changed.emit();
      }
      return manifest;
    } finally {
      this.coming.delete(studyInstanceUid);
    }
  }

  /** Take over what arrived in an open study meanwhile; false where nothing did. */
  update(fresh: StudyManifest): boolean {
    const index = this.opened.findIndex(
      ({ study }) => study.studyInstanceUid === fresh.study.studyInstanceUid,
    );
    const before = this.opened[index];
    if (!before || contentsOf(before) === contentsOf(fresh)) return false;
    const { study } = before;
    this.opened[index] = { ...before, series: fresh.series, other: fresh.other };
    for (const series of fresh.series) {
      const known = this.known.get(series.seriesInstanceUid);
      // What did not grow stays the same object: viewports and lists know it by identity.
      if (known?.series.images.length === series.images.length) continue;
      this.known.set(series.seriesInstanceUid, { study, series });
    }
    this.changed.emit();
    return true;
  }

  private add(manifest: StudyManifest): void {
    this.opened.push(manifest);
    for (const series of manifest.series) {
      this.known.set(series.seriesInstanceUid, { study: manifest.study, series });
    }
  }
}

/** Tells two states of a study apart. */
function contentsOf({ series, other }: StudyManifest): string {
  const images = series.map((one) => `${one.seriesInstanceUid} ${one.images.length}`);
  return [...images, ...other.map(({ sopInstanceUid }) => sopInstanceUid)].join();
}
