import { RequestError } from "../api/client";
import { listen } from "../core/disposable";
import { t } from "../core/i18n";
import { element } from "./dom";
import type { HangingDescription, HangingFields } from "./hangingFields";

/** Show the fields of a protocol in a dialog; it stays open, with the reason, until saving has worked. */
export function askForHanging(
  page: HTMLElement,
  title: string,
  fields: HangingFields,
  extra: HTMLElement | null,
  save: (description: HangingDescription) => Promise<void>,
): void {
  const problem = element("p", { class: "alert alert--error", role: "alert", hidden: true });
  const submit = element("button", { type: "submit", class: "button button--primary" }, t("Save"));
  const cancel = element("button", { type: "button", class: "button" }, t("Cancel"));
  const dialog = element(
    "dialog",
    { class: "help hanging-form", "aria-labelledby": "hanging-form-title" },
    element(
      "form",
      { class: "hanging-form__fields" },
      element("h1", { id: "hanging-form-title" }, title),
      fields.root,
      extra,
      problem,
      element("div", { class: "hanging-form__buttons" }, submit, cancel),
    ),
  );
  const send = async () => {
    submit.disabled = true;
    try {
      await save(fields.description);
      dialog.close();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      submit.disabled = false;
    }
  };
  listen(cancel, "click", () => dialog.close());
  listen(dialog, "submit", (event) => {
    event.preventDefault();
    void send();
  });
  listen(dialog, "close", () => dialog.remove());
  page.append(dialog);
  dialog.showModal();
}
