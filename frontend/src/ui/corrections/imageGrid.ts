import { listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { element } from "../dom";
import { between, type ChosenImages } from "./chosen";

/** An image to choose; `url` is empty where it shows nothing. */
export interface ChoosableImage {
  readonly uid: string;
  readonly number: number | null;
  readonly url: string;
}

/**
 * The images of one series as a list box of thumbnails: click or Space chooses one, Shift with a click or an arrow the range from
 * the last one, Ctrl+A all of them.
 */
export class ImageGrid {
  readonly node: HTMLElement;
  private readonly options: readonly HTMLElement[];
  private last = 0;

  constructor(
    private readonly images: readonly ChoosableImage[],
    private readonly chosen: ChosenImages,
    private readonly onChange: () => void,
    label: string,
  ) {
    this.options = images.map((image) => option(image));
    this.node = element(
      "div",
      { class: "image-grid", role: "listbox", "aria-multiselectable": "true", "aria-label": label },
      ...this.options,
    );
    this.options[0]?.setAttribute("tabindex", "0");
    listen<MouseEvent>(this.node, "click", (event) => this.clicked(event));
    listen<KeyboardEvent>(this.node, "keydown", (event) => this.pressed(event));
    this.show();
  }

  chooseAll(): void {
    this.choose(this.images, true);
  }

  /** Show which images are chosen now. */
  show(): void {
    for (const [index, node] of this.options.entries()) {
      node.setAttribute("aria-selected", String(this.chosen.has(this.images[index]?.uid ?? "")));
    }
  }

  private clicked(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return;
    const node = event.target.closest<HTMLElement>("[role=option]");
    const index = node === null ? -1 : this.options.indexOf(node);
    if (index < 0) return;
    if (event.shiftKey) this.chooseTo(index);
    else this.toggle(index);
    this.focus(index);
  }

  private pressed(event: KeyboardEvent): void {
    const index = this.options.findIndex((node) => node === document.activeElement);
    if (index < 0) return;
    if (event.key === "a" && (event.ctrlKey || event.metaKey)) this.chooseAll();
    else if (event.key === " " || event.key === "Enter") this.toggle(index);
    else if (!this.moved(index, event)) return;
    event.preventDefault();
  }

  private moved(index: number, event: KeyboardEvent): boolean {
    const step = this.stepOf(event.key);
    if (step === 0) return false;
    const next = Math.min(Math.max(index + step, 0), this.options.length - 1);
    if (event.shiftKey) this.chooseTo(next);
    this.focus(next);
    return true;
  }

  private stepOf(key: string): number {
    const isTurned = getComputedStyle(this.node).direction === "rtl";
    if (key === "ArrowRight") return isTurned ? -1 : 1;
    if (key === "ArrowLeft") return isTurned ? 1 : -1;
    if (key === "ArrowDown") return this.columns();
    if (key === "ArrowUp") return -this.columns();
    if (key === "Home") return -this.options.length;
    return key === "End" ? this.options.length : 0;
  }

  private columns(): number {
    const top = this.options[0]?.offsetTop;
    const below = this.options.findIndex((node) => node.offsetTop !== top);
    return below < 0 ? this.options.length : below;
  }

  private toggle(index: number): void {
    const image = this.images[index];
    if (image === undefined) return;
    this.last = index;
    this.choose([image], !this.chosen.has(image.uid));
  }

  private chooseTo(index: number): void {
    this.choose(between(this.images, this.last, index), true);
  }

  private choose(images: readonly ChoosableImage[], isChosen: boolean): void {
    this.chosen.set(
      images.map((image) => image.uid),
      isChosen,
    );
    this.onChange();
  }

  private focus(index: number): void {
    for (const node of this.options) node.tabIndex = -1;
    const node = this.options[index];
    if (node === undefined) return;
    node.tabIndex = 0;
    node.focus();
  }
}

function option(image: ChoosableImage): HTMLElement {
  const number = String(image.number ?? "–");
  const picture = image.url !== "" && element("img", { alt: "", "data-thumbnail-url": image.url });
  return element(
    "div",
    {
      role: "option",
      class: "image-grid__image",
      tabindex: "-1",
      "aria-label": t("Image {number}", { number }),
    },
    picture || element("span", { class: "image-grid__none" }, t("No picture")),
    element("span", { class: "image-grid__number", "aria-hidden": "true" }, number),
  );
}
