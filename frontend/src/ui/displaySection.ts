import { PAINTER_WISHES, type Painters, type PainterWish } from "../render/painters";
import { element, setText } from "./dom";

const WORDS: Readonly<Record<PainterWish, string>> = {
  auto: "The faster one",
  gpu: "Graphics card",
  cpu: "Processor",
};

/** What paints the pictures on this computer, why, and the choice of the other one. */
export function displaySection(painters: Painters): HTMLElement {
  const wish = element(
    "select",
    { class: "field__input", "aria-label": "Pictures are painted by" },
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
    element("h2", {}, "This computer"),
    element(
      "div",
      { class: "help__buttons" },
      element("label", {}, element("span", {}, "Pictures are painted by"), wish),
    ),
    used,
    measured,
  );
}

function usedText({ inUse, wish }: Painters): string {
  const now = `Now: ${inUse.kind === "gpu" ? "the graphics card" : "the processor"}.`;
  const isOther = wish !== "auto" && wish !== inUse.kind;
  return isOther ? `${now} A change counts from the next study on, where the browser has it.` : now;
}

function measuredText({ trial }: Painters): string {
  if (trial === null) return "Which is faster is measured after the first picture.";
  const processor = `Measured: processor ${Math.round(trial.cpuPerSecond)} pictures a second`;
  if (trial.renderer === "") return `${processor}; no graphics card that this browser can use.`;
  return `${processor}, graphics card ${Math.round(trial.gpuPerSecond)} (${trial.renderer}). Both paint the same pixels.`;
}
