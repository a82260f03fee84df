import { isAbort } from "../../api/client";
import { fetchReport } from "../../api/documents";
import { t } from "../../core/i18n";
import type { StructuredReport } from "../../dicom/documents";
import { reportExcerpt } from "../../dicom/reportExcerpt";
import { element } from "../dom";

const FLAGS: Readonly<Record<string, string>> = {
  VERIFIED: t("Verified"),
  UNVERIFIED: t("Not verified"),
  PRELIMINARY: t("Preliminary"),
  FINAL: t("Final"),
};

/** Put what structured reports say where the page has a place for it. */
export function fillReports(root: HTMLElement, signal: AbortSignal): void {
  for (const place of root.querySelectorAll<HTMLElement>("[data-report-uid]")) {
    void fill(place, signal);
  }
}

async function fill(place: HTMLElement, signal: AbortSignal): Promise<void> {
  try {
    place.replaceChildren(...written(await fetchReport(place.dataset.reportUid ?? "", signal)));
  } catch (error) {
    if (isAbort(error)) return;
    const reason = error instanceof Error ? error.message : "";
    place.replaceChildren(
      element("p", { class: "field-error" }, t("The report cannot be shown. {reason}", { reason })),
    );
  }
}

function written(report: StructuredReport): HTMLElement[] {
  const { passages, isCut } = reportExcerpt(report);
  const by = report.verifiedBy[0]?.observer || report.authors[0] || "";
  const flags = [report.preliminary, report.verification].filter(Boolean);
  const head = [report.title, by, report.created, ...flags.map((flag) => FLAGS[flag] ?? flag)].filter(
    Boolean,
  );
  const texts = passages.map(({ heading, text }) =>
    element("p", { dir: "auto" }, heading ? element("strong", {}, `${heading}: `) : null, text),
  );
  if (texts.length === 0) texts.push(element("p", { class: "muted" }, t("The report holds no text.")));
  if (isCut) texts.push(element("p", { class: "muted" }, t("More in the report itself.")));
  return [element("p", { class: "look-report__head" }, head.join(" · ")), ...texts];
}
