import type { ContentItem, StructuredReport } from "./documents";

export interface Passage {
  readonly heading: string;
  readonly text: string;
}

export interface ReportExcerpt {
  readonly passages: readonly Passage[];
  /** The report says more than that. */
  readonly isCut: boolean;
}

/** What a reader wants of a report before opening the study is its conclusion, in whatever language it was written. */
const CONCLUSION =
  /impression|conclusi|summary|opinion|diagnos|beurteilung|fazit|zusammenfassung|الخلاصة|الانطباع/i;
const MOST_CHARACTERS = 700;
const MOST_PASSAGES = 6;

/** The conclusion of a report in plain text; where it names none, how it begins. */
export function reportExcerpt(report: StructuredReport): ReportExcerpt {
  const all = [...passagesOf(report.items, "")];
  const concluding = all.filter(({ heading }) => CONCLUSION.test(heading));
  const chosen = concluding.length > 0 ? concluding : all;
  const passages: Passage[] = [];
  let left = MOST_CHARACTERS;
  for (const { heading, text } of chosen.slice(0, MOST_PASSAGES)) {
    if (left <= 0) break;
    passages.push({ heading, text: text.length > left ? `${text.slice(0, left).trimEnd()}…` : text });
    left -= text.length;
  }
  return { passages, isCut: report.omitted > 0 || left < 0 || passages.length < all.length };
}

function* passagesOf(items: readonly ContentItem[], heading: string): Generator<Passage> {
  for (const item of items) {
    if (item.isContext) continue;
    if (item.kind === "heading") {
      yield* passagesOf(item.children, item.name || heading);
      continue;
    }
    if ((item.kind === "text" || item.kind === "value") && item.value) {
      yield { heading: headingOf(item, heading), text: item.value };
    }
    yield* passagesOf(item.children, item.name || heading);
  }
}

/** "Finding" under "Impressions" is an impression: the section says more than the name of its parts. */
function headingOf(item: ContentItem, section: string): string {
  return item.kind === "text" && section ? section : item.name || section;
}
