import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import type { Series } from "../dicom/types";
import { element, setText } from "./dom";
import { totalText } from "./notLookedAt";
import { loadThumbnail } from "./thumbnails";
import type { ViewerContext } from "./viewerContext";

/** What leads away from the study, once the reader wants to go. */
type Onward = () => void;

/** Ask the page to go elsewhere: it may first show what was not looked at. */
export function leaveTo(page: HTMLElement, url: string): void {
  beforeLeaving(page, () => leaveNow(page, url));
}

/** Do what leads away from the study: at once, or when the reader has seen what was not looked at and goes on. */
export function beforeLeaving(page: HTMLElement, onward: Onward): void {
  const event = new CustomEvent<Onward>("viewer:leave", { detail: onward, cancelable: true });
  if (page.dispatchEvent(event)) onward();
}

/** Go elsewhere; a second window hears of it. */
export function leaveNow(page: HTMLElement, url: string): void {
  page.dispatchEvent(new CustomEvent("viewer:left", { detail: url }));
  location.assign(url);
}

/** Before the reader leaves, show the series of the study that hold images which were not on the screen. */
export function attachLeaving(page: HTMLElement, context: ViewerContext): Disposer {
  const dialog = new LeavingDialog(context);
  page.append(dialog.root);
  let isDecided = false;
  const isLeft = () => !isDecided && context.preferences.asksBeforeLeaving && seriesLeft(context).length > 0;
  const bag = new DisposerBag();
  bag.add(
    listen(page, "viewer:left", () => {
      isDecided = true;
    }),
  );
  bag.add(
    listen<CustomEvent<Onward>>(page, "viewer:leave", (event) => {
      if (!isLeft()) return;
      event.preventDefault();
      dialog.open(event.detail);
    }),
  );
  bag.add(
    listen<MouseEvent>(page, "click", (event) => {
      const url = event.defaultPrevented ? null : leavingLink(event);
      if (url === null) return;
      event.preventDefault();
      leaveTo(page, url);
    }),
  );
  bag.add(
    listen<BeforeUnloadEvent>(window, "beforeunload", (event) => {
      if (isLeft()) event.preventDefault();
    }),
  );
  // The page may come back from the browser's memory.
  bag.add(
    listen(window, "pageshow", () => {
      isDecided = false;
    }),
  );
  bag.add(() => dialog.root.remove());
  return () => bag.dispose();
}

/** Where a plain click on a link of this page leads, if it leaves the page; null for everything else. */
function leavingLink({ target, button, ctrlKey, metaKey, shiftKey, altKey }: MouseEvent): string | null {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href]") : null;
  if (!link || button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return null;
  const isElsewhere = link.hasAttribute("download") || (link.target !== "" && link.target !== "_self");
  return isElsewhere || link.origin !== location.origin || link.pathname === location.pathname
    ? null
    : link.href;
}

function seriesLeft({ studies, manifest, lookedAt }: ViewerContext): readonly Series[] {
  return studies.stacks
    .filter(({ study, series }) => study === manifest.study && lookedAt.left(series) > 0)
    .map(({ series }) => series);
}

class LeavingDialog {
  readonly root = element("dialog", { class: "help leaving", "aria-labelledby": "leaving-title" });
  private readonly title = element("h1", { id: "leaving-title" });
  private readonly list = element("div", { class: "leaving__list" });
  private readonly never = element("input", { type: "checkbox" });
  private readonly goOn = element(
    "button",
    { type: "submit", class: "button button--primary" },
    t("Go on anyway"),
  );
  private onward: Onward = () => undefined;
  private thumbnails = new AbortController();

  constructor(private readonly context: ViewerContext) {
    const stay = element("button", { type: "button", class: "button" }, t("Stay"));
    const form = element(
      "form",
      { class: "hanging-form__fields" },
      this.title,
      element("p", { class: "presets__hint" }, t("Choose a series to look at it, or press Enter to go on.")),
      this.list,
      element("label", { class: "hanging-form__check" }, this.never, ` ${t("Do not ask again")}`),
      element("div", { class: "hanging-form__buttons" }, stay, this.goOn),
    );
    listen(stay, "click", () => this.root.close());
    listen(form, "submit", (event) => {
      event.preventDefault();
      if (this.never.checked) context.preferences.set({ asksBeforeLeaving: false });
      this.root.close();
      this.onward();
    });
    listen(this.root, "close", () => this.thumbnails.abort());
    this.root.append(form);
  }

  open(onward: Onward): void {
    const { lookedAt, cine } = this.context;
    const series = seriesLeft(this.context);
    this.onward = onward;
    cine.stop();
    this.thumbnails = new AbortController();
    setText(this.title, totalText(series.map((one) => lookedAt.left(one))));
    this.list.replaceChildren(...series.map((one) => this.item(one)));
    this.root.showModal();
    this.goOn.focus();
  }

  private item(series: Series): HTMLElement {
    const left = this.context.lookedAt.left(series);
    const picture = element("img", { class: "series__picture leaving__picture", alt: "" });
    void loadThumbnail(picture, series.thumbnailUrl, this.thumbnails.signal);
    const name = series.seriesDescription || t("Series {number}", { number: series.seriesNumber ?? "" });
    const button = element(
      "button",
      { type: "button", class: "leaving__series" },
      picture,
      element("span", { class: "leaving__name" }, `${series.modality}  ${name}`),
      element(
        "span",
        { class: "leaving__count" },
        t("{left} of {count} not yet looked at", { left, count: series.images.length }),
      ),
    );
    listen(button, "click", () => this.show(series));
    return button;
  }

  /** Go to the first image of a series that was not looked at. */
  private show(series: Series): void {
    const { studies, lookedAt, grid } = this.context;
    this.root.close();
    this.context.showSeries(studies.stacks.findIndex((stack) => stack.series === series));
    const first = series.images.findIndex((image) => !lookedAt.has(image));
    grid.active.setImageIndex(Math.max(0, first));
  }
}
