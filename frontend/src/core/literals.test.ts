/// <reference types="vite/client" />
import { expect, it } from "vitest";

const SOURCES: Readonly<Record<string, string>> = import.meta.glob("../**/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Where a text reaches a reader; in each place it must come from t() or tn(). */
const SPOKEN: readonly RegExp[] = [
  /\b(?:label|title|placeholder|alt|"aria-label"|text|note): ["`](?=[A-Z“][a-z])/,
  /\.(?:textContent|innerText|title|placeholder) = ["`](?=\s*[A-Z])/,
  /setAttribute\("(?:aria-label|title|placeholder)", ["`]/,
  /\b(?:showMessage|setText|say|tell)\([^()"`]*["`](?=[A-Z])/,
  /new RequestError\("\w+",[^)]*["`](?=[A-Z])/,
  // A child of element(): a text after the properties.
  /\},\s*["`](?=[A-Z][a-z]+[ .…"`])/,
];

function unspoken(source: string): string[] {
  const code = source.replace(/\bt\w?\(\s*"(?:[^"\\]|\\.)*"/g, "t(").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  return SPOKEN.flatMap((place) => {
    const found = code.match(place);
    return found ? [code.slice(found.index, (found.index ?? 0) + 90).replace(/\s+/g, " ")] : [];
  });
}

it("finds a text that is spoken without a message", () => {
  expect(unspoken('element("p", {}, "Nothing is here.")')).toHaveLength(1);
  expect(unspoken('button.title = "Close the list";')).toHaveLength(1);
  expect(unspoken('element("p", {}, t("Nothing is here."))')).toEqual([]);
});

it("leaves no text of the front end without a message", () => {
  const found = Object.entries(SOURCES)
    .filter(([path]) => !path.endsWith(".test.ts"))
    .flatMap(([path, source]) => unspoken(source).map((text) => `${path}: ${text}`));
  expect(found).toEqual([]);
});
