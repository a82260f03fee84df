import { DisposerBag, listen } from "../../core/disposable";
import { required, setText } from "../dom";

/** Ask for a reason in words. @returns null where the dialog was left without one. */
export function askReason(dialog: HTMLDialogElement, title: string): Promise<string | null> {
  const field = required<HTMLInputElement>("input[name=reason]", dialog);
  setText(required("[data-part=title]", dialog), title);
  field.value = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const bag = new DisposerBag();
    const end = (reason: string | null) => {
      bag.dispose();
      if (dialog.open) dialog.close();
      resolve(reason);
    };
    const keep = () => {
      if (field.reportValidity()) end(field.value.trim());
    };
    bag.add(listen(required("[data-act=keep]", dialog), "click", keep));
    bag.add(listen(required("[data-act=cancel]", dialog), "click", () => end(null)));
    bag.add(listen(dialog, "close", () => end(null)));
    bag.add(
      listen(required("form", dialog), "submit", (event) => {
        event.preventDefault();
        keep();
      }),
    );
  });
}
