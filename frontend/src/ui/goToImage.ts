import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { element, setText } from "./dom";
import type { ViewerContext } from "./viewerContext";

/** Ask for the number of an image and go there. */
export function attachGoToImage(page: HTMLElement, context: ViewerContext): Disposer {
  const number = element("input", {
    type: "number",
    class: "field__input",
    inputmode: "numeric",
    min: 1,
    step: 1,
    required: true,
  });
  const text = element("span", {}, t("Image"));
  const form = element(
    "form",
    { method: "dialog" },
    element("label", {}, text, number),
    element("button", { type: "submit", class: "button button--primary" }, t("Go")),
  );
  const dialog = element("dialog", { class: "go-to", "aria-label": t("Go to image") }, form);
  page.append(dialog);
  const bag = new DisposerBag();
  bag.add(
    listen(page, "viewer:go-to", () => {
      const { active } = context.grid;
      const count = active.stack?.series.images.length ?? 0;
      number.max = String(count);
      number.value = String(active.imageIndex + 1);
      setText(text, t("Image, 1 to {count}", { count }));
      dialog.showModal();
      number.select();
    }),
  );
  bag.add(
    listen(form, "submit", () => {
      context.cine.stop();
      context.grid.active.setImageIndex(number.valueAsNumber - 1);
    }),
  );
  bag.add(
    listen<MouseEvent>(dialog, "click", (event) => {
      if (event.target === dialog) dialog.close();
    }),
  );
  bag.add(() => dialog.remove());
  return () => bag.dispose();
}
