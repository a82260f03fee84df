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

  private add(manifest: StudyManifest): void {
    this.opened.push(manifest);
    for (const series of manifest.series) {
      this.known.set(series.seriesInstanceUid, { study: manifest.study, series });
    }
  }
}
