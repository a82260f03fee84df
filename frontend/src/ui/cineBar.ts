import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { formatNumber } from "../core/numbers";
import type { Cine } from "../viewport/cine";
import { element, icon, setText } from "./dom";

/** Speed of the cine, shown while it plays. */
export function buildCineBar(root: HTMLElement, cine: Cine): Disposer {
  const speed = element("input", {
    type: "range",
    min: 1,
    max: 60,
    step: 1,
    "aria-label": "Images a second",
  });
  const label = element("output", {}, "");
  const stop = element(
    "button",
    { type: "button", class: "button button--icon", "aria-label": "Stop" },
    icon("pause"),
  );
  root.replaceChildren(stop, speed, label);
  const bag = new DisposerBag();
  const refresh = () => {
    root.hidden = cine.viewport === null;
    speed.value = String(Math.round(cine.imagesPerSecond));
    setText(label, `${formatNumber(cine.imagesPerSecond, 1)} / s`);
  };
  bag.add(cine.changed.subscribe(refresh));
  bag.add(listen(speed, "input", () => cine.setRate(Number(speed.value))));
  bag.add(listen(stop, "click", () => cine.stop()));
  refresh();
  return () => bag.dispose();
}
