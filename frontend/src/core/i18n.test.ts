import { beforeEach, describe, expect, it, vi } from "vitest";

async function inLanguage(language: string, catalogue: typeof globalThis.readingRoomCatalogue) {
  vi.resetModules();
  vi.stubGlobal("document", { documentElement: { lang: language, dir: "ltr" } });
  globalThis.readingRoomCatalogue = catalogue;
  return import("./i18n");
}

beforeEach(() => {
  vi.unstubAllGlobals();
  globalThis.readingRoomCatalogue = undefined;
});

describe("messages", () => {
  it("are the English text where there is no catalogue", async () => {
    const { t, tn } = await inLanguage("en", undefined);
    expect(t("Image {number}", { number: 3 })).toBe("Image 3");
    expect(tn("{count} image", "{count} images", 1)).toBe("1 image");
    expect(tn("{count} image", "{count} images", 2)).toBe("2 images");
  });

  it("take the form that the language has for a count", async () => {
    const forms = ["لا صور", "صورة", "صورتان", "{count} صور", "{count} صورة", "{count} صورة."];
    const { tn } = await inLanguage("ar", {
      plurals: { zero: 0, one: 1, two: 2, few: 3, many: 4, other: 5 },
      messages: { "{count} image": forms },
    });
    const said = [0, 1, 2, 3, 11, 100].map((count) => tn("{count} image", "{count} images", count));
    expect(said).toEqual(["لا صور", "صورة", "صورتان", "3 صور", "11 صورة", "100 صورة."]);
  });

  it("keep what the catalogue does not know, and a name without a value", async () => {
    const { t } = await inLanguage("de", { plurals: { one: 0, other: 1 }, messages: {} });
    expect(t("Patient {name}")).toBe("Patient {name}");
  });
});

describe("numbers", () => {
  it("have the decimal sign of the language and Latin digits in all", async () => {
    const german = await inLanguage("de", undefined);
    expect(german.numberText(12.3, 1)).toBe("12,3");
    const arabic = await inLanguage("ar", undefined);
    expect(arabic.numberText(12)).toBe("12");
  });
});
