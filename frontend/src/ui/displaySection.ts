import { t } from "../core/i18n";
import { PAINTER_WISHES, type Painters, type PainterWish } from "../render/painters";
import { element, setText } from "./dom";

const WORDS: Readonly<Record<PainterWish, string>> = {
  auto: t("The faster one"),
  gpu: t("Graphics card"),
  cpu: t("Processor"),
};

/** What paints the pictures on this computer, why, and the choice of the other one. */
export function displaySection(painters: Painters): HTMLElement {
  const wish = element(
    "select",
    { class: "field__input", "aria-label": t("Pictures are painted by") },
    ...PAINTER_WISHES.map((value) => element("option", { value }, WORDS[value])),
  );
  const used = element("p", { class: "help__note", "data-part": "painter" });
  const measured = element("p", { class: "help__note" });
  const refresh = () => {
    wish.value = painters.wish;
    setText(used, usedText(painters));
    setText(measured, measuredText(painters));
  };
  wish.addEventListener("change", () => painters.setWish(wish.value as PainterWish));
  painters.changed.subscribe(refresh);
  refresh();
  return element(
    "section",
    {},
    element("h2", {}, t("This computer")),
    element(
      "div",
      { class: "help__buttons" },
      element("label", {}, element("span", {}, t("Pictures are painted by")), wish),
    ),
    used,
    measured,
  );
}

function usedText({ inUse, wish }: Painters): string {
  const now = inUse.kind === "gpu" ? t("Now: the graphics card.") : t("Now: the processor.");
  const isOther = wish !== "auto" && wish !== inUse.kind;
  return isOther ? `${now} ${t("A change counts from the next study on, where the browser has it.")}` : now;
}

function measuredText({ trial }: Painters): string {
  if (trial === null) return t("Which is faster is measured after the first picture.");
  const values = {
    cpu: Math.round(trial.cpuPerSecond),
    gpu: Math.round(trial.gpuPerSecond),
    renderer: trial.renderer,
  };
  if (trial.renderer === "")
    return t(
      "Measured: processor {cpu} pictures a second; no graphics card that this browser can use.",
      values,
    );
  return t(
    "Measured: processor {cpu} pictures a second, graphics card {gpu} ({renderer}). Both paint the same pixels.",
    values,
  );
}
