import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { formatNumber } from "../core/numbers";
import type { Cine } from "../viewport/cine";
import { element, icon, setText } from "./dom";

/** Speed and range of the cine, shown while it plays. */
export function buildCineBar(root: HTMLElement, cine: Cine): Disposer {
  const speed = element("input", {
    type: "range",
    min: 1,
    max: 60,
    step: 1,
    "aria-label": t("Images a second"),
  });
  const label = element("output", {}, "");
  const stop = element(
    "button",
    { type: "button", class: "button button--icon", "aria-label": t("Stop") },
    icon("pause"),
  );
  const here = (text: string, name: string) =>
    element("button", { type: "button", class: "button", title: name, "aria-label": name }, text);
  const from = here(t("From here"), t("Play from this image"));
  const to = here(t("To here"), t("Play to this image"));
  const range = element("output", { "data-cine": "range" }, "");
  root.replaceChildren(stop, speed, label, from, to, range);
  const bag = new DisposerBag();
  const refresh = () => {
    root.hidden = cine.viewport === null;
    speed.value = String(Math.round(cine.imagesPerSecond));
    setText(label, `${formatNumber(cine.imagesPerSecond, 1)} / s`);
    setText(range, cine.range.map((index) => index + 1).join(" to "));
  };
  bag.add(cine.changed.subscribe(refresh));
  bag.add(listen(speed, "input", () => cine.setRate(Number(speed.value))));
  bag.add(listen(stop, "click", () => cine.stop()));
  bag.add(listen(from, "click", () => cine.setEnd("first", cine.viewport?.imageIndex ?? 0)));
  bag.add(listen(to, "click", () => cine.setEnd("last", cine.viewport?.imageIndex ?? 0)));
  refresh();
  return () => bag.dispose();
}
