import { expect, it } from "vitest";
import type { ContentItem, StructuredReport } from "./documents";
import { reportExcerpt } from "./reportExcerpt";

function item(
  kind: ContentItem["kind"],
  name: string,
  value = "",
  children: ContentItem[] = [],
): ContentItem {
  return { kind, name, value, qualifiers: [], references: [], isContext: false, children };
}

function report(...items: ContentItem[]): StructuredReport {
  return {
    title: "Report",
    completion: "",
    completionDescription: "",
    verification: "",
    preliminary: "",
    verifiedBy: [],
    authors: [],
    language: "",
    created: "",
    institution: "",
    manufacturer: "",
    isSuperseding: false,
    items,
    omitted: 0,
  };
}

it("gives the conclusion of a report that has one", () => {
  const found = reportExcerpt(
    report(
      item("heading", "Findings", "", [item("text", "Finding", "A node of 8 mm.")]),
      item("heading", "Impressions", "", [item("text", "Impression", "Stable since 2024.")]),
    ),
  );
  expect(found).toEqual({ passages: [{ heading: "Impressions", text: "Stable since 2024." }], isCut: true });
});

it("begins at the beginning of a report without a conclusion", () => {
  const found = reportExcerpt(
    report(
      item("heading", "Befund", "", [item("text", "", "Unauffällig.")]),
      item("value", "Length", "12 mm"),
    ),
  );
  expect(found.passages).toEqual([
    { heading: "Befund", text: "Unauffällig." },
    { heading: "Length", text: "12 mm" },
  ]);
  expect(found.isCut).toBe(false);
});

it("cuts what is longer than a glance, and says so", () => {
  const found = reportExcerpt(report(item("text", "Conclusion", "word ".repeat(400))));
  expect(found.passages[0]?.text.length).toBeLessThan(720);
  expect(found.passages[0]?.text.endsWith("…")).toBe(true);
  expect(found.isCut).toBe(true);
});

it("leaves out who observed and what", () => {
  const found = reportExcerpt(report({ ...item("value", "Observer", "Dr. Who"), isContext: true }));
  expect(found.passages).toEqual([]);
});
