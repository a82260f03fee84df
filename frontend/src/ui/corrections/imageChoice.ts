import { request } from "../../api/client";
import { listen } from "../../core/disposable";
import { t, tn } from "../../core/i18n";
import { element, required } from "../dom";
import { ChosenImages } from "./chosen";
import { type ChoosableImage, ImageGrid } from "./imageGrid";
import { PicturesInSight } from "./pictures";

/** Let single images be chosen below a place, for the form in it: each series is asked for when it is opened. */
export function attachImageChoice(root: HTMLElement): void {
  const field = required<HTMLInputElement>("input[name=images]", root);
  const line = required<HTMLElement>("[data-part=chosen]", root);
  const chosen = new ChosenImages(field.value);
  const pictures = new PicturesInSight();
  const grids: ImageGrid[] = [];

  const changed = () => {
    field.value = chosen.text;
    line.hidden = chosen.size === 0;
    required("[data-part=chosen-count]", line).textContent = tn(
      "{count} single image chosen",
      "{count} single images chosen",
      chosen.size,
    );
    for (const link of line.querySelectorAll<HTMLAnchorElement>("[data-part=of-one-image]")) {
      link.hidden = chosen.size !== 1;
      link.href = (link.dataset.url ?? "").replace("0.0", chosen.text);
    }
    for (const grid of grids) grid.show();
  };
  const open = async (series: HTMLDetailsElement) => {
    const images = await imagesOf(series.dataset.imagesUrl ?? "");
    const label = series.querySelector("summary")?.textContent ?? "";
    const grid = new ImageGrid(images, chosen, changed, label);
    grids.push(grid);
    const whole = element(
      "button",
      { type: "button", class: "button button--quiet" },
      t("Choose the whole series"),
    );
    listen(whole, "click", () => grid.chooseAll());
    series.append(whole, grid.node);
    pictures.watch(grid.node);
  };

  pictures.watch(root);
  for (const series of root.querySelectorAll<HTMLDetailsElement>("details[data-images-url]")) {
    openOnce(series, open);
  }
  listen(required("[data-act=clear]", line), "click", () => {
    chosen.clear();
    changed();
  });
  changed();
}

/** Fill a series when it stands open for the first time; where that fails, when it is opened again. */
function openOnce(series: HTMLDetailsElement, open: (series: HTMLDetailsElement) => Promise<void>): void {
  let isFilled = false;
  const toggled = async () => {
    if (!series.open || isFilled) return;
    isFilled = true;
    series.querySelector(".field-error")?.remove();
    try {
      await open(series);
    } catch (error) {
      isFilled = false;
      const reason = error instanceof Error ? error.message : "";
      series.append(
        element("p", { class: "field-error" }, t("The images did not load. {reason}", { reason })),
      );
    }
  };
  listen(series, "toggle", () => void toggled());
  void toggled();
}

async function imagesOf(url: string): Promise<readonly ChoosableImage[]> {
  const body = (await (await request(url)).json()) as { readonly images: readonly ChoosableImage[] };
  return body.images;
}
