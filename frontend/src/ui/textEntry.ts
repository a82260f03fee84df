import { type ImageToScreen, imageToScreen } from "../geometry/camera";
import type { ImagePoint } from "../geometry/points";
import type { Viewport } from "../viewport/viewport";
import { element } from "./dom";

export interface Question {
  readonly label: string;
  readonly value: string;
  /** A length in mm instead of words. */
  readonly isLength?: boolean;
}

/** Ask for one line beside a point of the picture; null when the reader gives up. */
export function askBeside(viewport: Viewport, at: ImagePoint, question: Question): Promise<string | null> {
  const input = element("input", {
    type: question.isLength ? "number" : "text",
    "aria-label": question.label,
    placeholder: question.label,
    maxlength: question.isLength ? null : 500,
    ...(question.isLength ? { min: 0.1, step: "any", inputmode: "decimal", required: true } : {}),
    autocomplete: "off",
    value: question.value,
  });
  const form = element(
    "form",
    { class: "entry" },
    input,
    question.isLength ? element("span", { class: "entry__unit" }, "mm") : null,
    element("button", { type: "submit", class: "button button--primary" }, "OK"),
  );
  viewport.root.append(form);
  place(form, viewport, at);
  input.focus({ preventScroll: true });
  input.select();
  return new Promise((resolve) => {
    let isDone = false;
    const finish = (answer: string | null) => {
      // Taking the form away moves the focus, which would finish it once more.
      if (isDone) return;
      isDone = true;
      form.remove();
      viewport.root.focus({ preventScroll: true });
      resolve(answer);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      finish(input.value.trim());
    });
    form.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") finish(null);
    });
    form.addEventListener("focusout", (event) => {
      const stays = event.relatedTarget instanceof Node && form.contains(event.relatedTarget);
      if (!stays) finish(input.value.trim() === "" ? null : input.value.trim());
    });
  });
}

function place(form: HTMLElement, viewport: Viewport, at: ImagePoint): void {
  const matrix: ImageToScreen | undefined = viewport.painted?.matrix;
  const { x, y } = matrix ? imageToScreen(matrix, at) : { x: 0, y: 0 };
  const { clientWidth, clientHeight } = viewport.root;
  const left = Math.min(x / viewport.ratio + 12, clientWidth - form.offsetWidth - 8);
  const top = Math.min(y / viewport.ratio + 12, clientHeight - form.offsetHeight - 8);
  form.style.left = `${Math.max(4, left)}px`;
  form.style.top = `${Math.max(4, top)}px`;
}
