import { fetchReport } from "../../api/documents";
import { t } from "../../core/i18n";
import type { ContentItem, DocumentReference, StructuredReport } from "../../dicom/documents";
import { element } from "../dom";
import { type DocumentPlace, type DocumentView, scrollByKey } from "./documentView";
import { referenceButton } from "./references";

const DEEPEST_HEADING = 6;
/** Longer texts are prose, and have the whole width under their name. */
const LONGEST_IN_A_ROW = 60;
const FLAGS: Readonly<Record<string, string>> = {
  COMPLETE: t("Complete"),
  PARTIAL: t("Partial"),
  VERIFIED: t("Verified"),
  UNVERIFIED: t("Not verified"),
  PRELIMINARY: t("Preliminary"),
  FINAL: t("Final"),
};

/** A structured report as a document to read. */
export async function openReportView(place: DocumentPlace): Promise<DocumentView> {
  const report = await fetchReport(place.shown.document.sopInstanceUid, place.signal);
  const article = element(
    "article",
    { class: "report" },
    element("h2", { class: "report__title" }, report.title),
    head(report),
    ...items(
      report.items.filter(({ isContext }) => !isContext),
      3,
      "",
      place,
    ),
    report.omitted > 0 &&
      element(
        "p",
        { class: "report__omitted", role: "note" },
        t("This report is longer than is shown here; parts of it were left out."),
      ),
  );
  const root = element(
    "div",
    { class: "document__scroll", tabindex: 0, role: "region", "aria-label": report.title, dir: "auto" },
    article,
  );
  return { root, controls: [], key: (event) => scrollByKey(root, event), dispose: () => undefined };
}

/** Flags, observers and origin. */
function head(report: StructuredReport): HTMLElement {
  const flags = [report.completion, report.verification, report.preliminary].filter(Boolean);
  const list = element(
    "dl",
    { class: "report__head" },
    ...row(t("Created"), report.created),
    ...report.verifiedBy.flatMap(({ observer, organization, moment }) =>
      row(t("Verified by"), [observer, organization, moment].filter(Boolean).join(" · ")),
    ),
    ...report.authors.flatMap((author) => row(t("Author"), author)),
    ...report.items.filter(({ isContext }) => isContext).flatMap((item) => row(item.name, item.value)),
    ...row(t("Language"), report.language),
    ...row(t("Institution"), report.institution),
    ...row(t("Made by"), report.manufacturer),
    ...row(t("Completion"), report.completionDescription),
    ...(report.isSuperseding ? row(t("Replaces"), t("an earlier report")) : []),
  );
  const badges = flags.map((flag) =>
    element(
      "span",
      { class: "report__flag", "data-flag": flag.toLowerCase() },
      FLAGS[flag] ?? flag.toLowerCase(),
    ),
  );
  return element("header", {}, element("p", { class: "report__flags" }, ...badges), list);
}

function row(name: string, value: string): HTMLElement[] {
  return value ? [element("dt", {}, name || t("Context")), element("dd", {}, value)] : [];
}

function items(
  list: readonly ContentItem[],
  level: number,
  heading: string,
  place: DocumentPlace,
): HTMLElement[] {
  const parts: HTMLElement[] = [];
  let links: HTMLElement | null = null;
  for (const item of list) {
    if (
      item.kind === "reference" &&
      item.references.length > 0 &&
      !item.value &&
      item.children.length === 0
    ) {
      // References that follow each other share a line, such as the images of a key object.
      links ??= element("p", { class: "report__references" });
      if (!links.isConnected && !parts.includes(links)) parts.push(links);
      links.append(...referenceButtons(item.references, place));
    } else {
      links = null;
      parts.push(part(item, level, heading, place));
    }
  }
  return parts;
}

function part(item: ContentItem, level: number, heading: string, place: DocumentPlace): HTMLElement {
  const children = () => items(item.children, level + 1, item.name, place);
  if (item.kind === "heading") {
    const tag = `h${Math.min(level, DEEPEST_HEADING)}` as "h3";
    const title = [item.name, ...item.qualifiers].filter(Boolean).join(", ");
    return element(
      "section",
      { class: "report__section" },
      title ? element(tag, {}, title) : null,
      ...children(),
    );
  }
  const below = children();
  return element(
    "div",
    { class: "report__item" },
    line(item, heading, place),
    below.length > 0 && element("div", { class: "report__below" }, ...below),
  );
}

/** Name and value of an item; the name is not said again where the heading has said it. */
function line(item: ContentItem, heading: string, place: DocumentPlace): HTMLElement {
  const name =
    item.name && item.name !== heading ? element("span", { class: "report__name" }, item.name) : null;
  const isProse = item.kind === "text" && (item.value.length > LONGEST_IN_A_ROW || item.value.includes("\n"));
  const kind = isProse ? "report__line report__line--text" : "report__line";
  const said = [
    item.value ? element("span", { class: valueClass(item.value) }, item.value) : null,
    item.qualifiers.length > 0 &&
      element("span", { class: "report__qualifiers" }, item.qualifiers.join(", ")),
    ...referenceButtons(item.references, place),
  ];
  return element("div", { class: kind }, name, element("div", { class: "report__said" }, ...said));
}

/** A unique identifier is for those who look for it. */
function valueClass(value: string): string {
  return /^[\d.]{20,}$/.test(value) ? "report__value report__value--uid" : "report__value";
}

function referenceButtons(references: readonly DocumentReference[], place: DocumentPlace): HTMLElement[] {
  return references.map((reference) => referenceButton(reference, place));
}
