import { element } from "../dom";

/** A button that acts. */
export function push(label: string, text: string, act: () => void): HTMLElement {
  const button = element(
    "button",
    { type: "button", class: "document__button", title: label, "aria-label": label },
    text,
  );
  button.addEventListener("click", act);
  return button;
}

/** A button that is on or off. */
export function toggle(label: string, isOn: boolean, change: (isOn: boolean) => void): HTMLElement {
  const button = element(
    "button",
    { type: "button", class: "document__button", "aria-pressed": String(isOn) },
    label,
  );
  button.addEventListener("click", () => {
    const next = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(next));
    change(next);
  });
  return button;
}

/** One of several, each a value with its words. */
export function choice(
  label: string,
  options: readonly (readonly [string, string])[],
  value: string,
  change: (value: string) => void,
): HTMLElement {
  const select = element(
    "select",
    { class: "document__choice", "aria-label": label, title: label },
    ...options.map(([one, words]) => element("option", { value: one, selected: one === value }, words)),
  );
  select.addEventListener("change", () => change(select.value));
  return select;
}
