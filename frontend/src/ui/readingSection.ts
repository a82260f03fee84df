import { t } from "../core/i18n";
import { element } from "./dom";
import type { ReaderPreferences } from "./readerPreferences";

/** What happens by itself while a study is opened and left. */
export function readingSection(preferences: ReaderPreferences): HTMLElement {
  const asks = element("input", { type: "checkbox" });
  const trueSize = element("input", {
    type: "text",
    class: "field__input",
    maxlength: 80,
    placeholder: "none",
    autocomplete: "off",
    "aria-label": t("Modalities to open in true size, with commas"),
  });
  const refresh = () => {
    asks.checked = preferences.asksBeforeLeaving;
    trueSize.value = preferences.trueSize.join(", ");
  };
  asks.addEventListener("change", () => preferences.set({ asksBeforeLeaving: asks.checked }));
  trueSize.addEventListener("change", () => preferences.set({ trueSize: modalities(trueSize.value) }));
  preferences.changed.subscribe(refresh);
  refresh();
  return element(
    "section",
    {},
    element("h2", {}, t("Opening and leaving")),
    element(
      "div",
      { class: "help__buttons" },
      element("label", {}, element("span", {}, t("Before leaving, show what was not looked at")), asks),
      element("label", {}, element("span", {}, t("Open in true size (MG, DX)")), trueSize),
    ),
  );
}

function modalities(text: string): readonly string[] {
  const words = text.toUpperCase().match(/[A-Z0-9_]{2,16}/g) ?? [];
  return [...new Set(words)].slice(0, 20);
}
