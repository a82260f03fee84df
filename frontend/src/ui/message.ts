import { required } from "./dom";

const SHOWN_MS = 10_000;
let timer = 0;

/** Say something that the reader should know and need not answer; it goes away by itself, or on a click. */
export function showMessage(page: HTMLElement, text: string): void {
  const line = required<HTMLElement>("[data-part=message]", page);
  const hide = () => {
    line.hidden = true;
  };
  line.textContent = text;
  line.hidden = false;
  line.onclick = hide;
  window.clearTimeout(timer);
  timer = window.setTimeout(hide, SHOWN_MS);
}
