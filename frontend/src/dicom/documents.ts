import { t } from "../core/i18n";
import type { Study } from "./types";

/** How a document is shown; "" for an object that is no document. */
export const DOCUMENT_KINDS = ["report", "pdf", "waveform", "file", ""] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** An object without a picture of its own. */
export interface OtherObject {
  readonly sopInstanceUid: string;
  readonly modality: string;
  readonly description: string;
  readonly kind: DocumentKind;
  /** What its class is called. */
  readonly title: string;
  /** Why it is not shown, or "". */
  readonly sentence: string;
  readonly seriesNumber: number | null;
  readonly instanceNumber: number | null;
  /** Where the file is that it carries, or "". */
  readonly fileUrl: string;
}

/** A document with the study that it came from: identity is read from here and nowhere else. */
export interface StudyDocument {
  readonly study: Study;
  readonly document: OtherObject;
}

export function documentName(document: OtherObject): string {
  return document.description || document.title || t("Document");
}

/** An object that a content item speaks of; no frame numbers mean all frames. */
export interface DocumentReference {
  readonly sopInstanceUid: string;
  readonly frameNumbers: readonly number[];
}

export type ContentKind = "heading" | "value" | "text" | "reference";

/** A content item of a structured report. */
export interface ContentItem {
  readonly kind: ContentKind;
  readonly name: string;
  readonly value: string;
  readonly qualifiers: readonly string[];
  readonly references: readonly DocumentReference[];
  /** Who observed, or what: it belongs beside the text. */
  readonly isContext: boolean;
  readonly children: readonly ContentItem[];
}

export interface Verification {
  readonly observer: string;
  readonly organization: string;
  readonly moment: string;
}

/** A structured report as it is read. */
export interface StructuredReport {
  readonly title: string;
  readonly completion: string;
  readonly completionDescription: string;
  readonly verification: string;
  readonly preliminary: string;
  readonly verifiedBy: readonly Verification[];
  readonly authors: readonly string[];
  readonly language: string;
  readonly created: string;
  readonly institution: string;
  readonly manufacturer: string;
  /** It takes the place of an earlier one. */
  readonly isSuperseding: boolean;
  readonly items: readonly ContentItem[];
  /** Content items that were left out of a report that is too long. */
  readonly omitted: number;
}
