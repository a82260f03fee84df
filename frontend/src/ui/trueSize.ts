import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { keepMmPerDevicePixel, mmPerDevicePixel, monitorName } from "../core/monitor";
import { formatNumber } from "../core/numbers";
import { CARD_MM, trueSizeScale } from "../geometry/trueSize";
import { showAtScale } from "../tools/camera";
import type { Viewport } from "../viewport/viewport";
import type { Command } from "./command";
import { element, setText } from "./dom";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

/** What most monitors have, where the reader starts to measure. */
const USUAL_MM_PER_CSS_PIXEL = 25.4 / 96;
const NARROWEST_CARD_PX = 120;
const WIDEST_CARD_PX = 1400;

/** True size, and measuring the monitor for it. */
export function trueSizeCommands(): Command[] {
  return [
    {
      id: "true-size",
      label: t("True size: a millimetre is a millimetre"),
      group: "picture",
      keys: ["Shift+t"],
      run: (context) => showInTrueSize(context),
    },
    {
      id: "measure-monitor",
      label: t("Measure this monitor, for true size"),
      group: "picture",
      keys: [],
      run: ({ page }) => page.dispatchEvent(new CustomEvent("viewer:measure-monitor")),
    },
  ];
}

/** Millimetres of one device pixel of the monitor that the window is on; null where it was not measured. */
export function pixelOfThisMonitor(): number | null {
  return mmPerDevicePixel(localStorage, monitorName(window.screen));
}

function showInTrueSize({ grid, page }: ViewerContext): void {
  const { image } = grid.active;
  if (image === null) return;
  const mm = pixelOfThisMonitor();
  if (trueSizeScale(image, mm ?? 1) === null) {
    showMessage(page, t("The file does not say how large a pixel is."));
  } else if (mm === null) {
    page.dispatchEvent(new CustomEvent("viewer:measure-monitor", { detail: "then-show" }));
  } else if (showAt(grid.active, mm) && image.spacingSource === "detector") {
    showMessage(page, t("In true size at the detector; the patient is smaller by an unknown magnification."));
  }
}

function showAt(viewport: Viewport, mm: number): boolean {
  const scale = viewport.image && trueSizeScale(viewport.image, mm);
  if (scale === null) return false;
  showAtScale(viewport, scale);
  return true;
}

/** Open a series in true size where the reader wants that of its modality and the monitor was measured. */
export function attachTrueSize(viewport: Viewport, { preferences }: ViewerContext): Disposer {
  let opened: Viewport["stack"] = null;
  return viewport.paintedChanged.subscribe((painted) => {
    if (painted === null || painted.stack === opened) return;
    opened = painted.stack;
    const mm = pixelOfThisMonitor();
    const isWanted = preferences.trueSize.includes(painted.stack.series.modality);
    // What a hanging protocol has sized already stays as it is.
    if (isWanted && mm !== null && viewport.camera.scale === null) showAt(viewport, mm);
  });
}

/** A frame that the reader makes as large as a bank card held against the screen. */
export function attachMonitorDialog(page: HTMLElement, context: ViewerContext): Disposer {
  const dialog = new MonitorDialog(context);
  page.append(dialog.root);
  const bag = new DisposerBag();
  bag.add(
    listen<CustomEvent>(page, "viewer:measure-monitor", ({ detail }) => dialog.open(detail === "then-show")),
  );
  bag.add(() => dialog.root.remove());
  return () => bag.dispose();
}

class MonitorDialog {
  readonly root = element("dialog", { class: "help monitor", "aria-labelledby": "monitor-title" });
  private readonly card = element("div", { class: "monitor__card" }, "85.6 mm");
  private readonly found = element("output", { class: "monitor__found" });
  private readonly width = element("input", {
    type: "range",
    min: NARROWEST_CARD_PX,
    max: WIDEST_CARD_PX,
    step: 0.5,
    "aria-label": t("Width of the frame"),
  });
  private showsAfterwards = false;

  constructor(private readonly context: ViewerContext) {
    const button = (text: string, type: string, look = "") =>
      element("button", { type, class: `button ${look}` }, text);
    const cancel = button(t("Cancel"), "button");
    const form = element(
      "form",
      { class: "hanging-form__fields" },
      element("h1", { id: "monitor-title" }, t("Measure this monitor")),
      element(
        "p",
        { class: "presets__hint" },
        t(
          "Hold a bank card, or a ruler, against the screen and make the frame exactly as wide: 85.6 mm. The arrow keys move it finely. It is kept for this monitor in this browser.",
        ),
      ),
      element("div", { class: "monitor__stage" }, this.card),
      element("label", { class: "monitor__width" }, element("span", {}, t("Width")), this.width, this.found),
      element(
        "div",
        { class: "hanging-form__buttons" },
        cancel,
        button(t("It fits"), "submit", "button--primary"),
      ),
    );
    listen(cancel, "click", () => this.root.close());
    listen(this.width, "input", () => this.draw());
    listen(form, "submit", (event) => {
      event.preventDefault();
      this.keep();
    });
    this.root.append(form);
  }

  open(showsAfterwards: boolean): void {
    this.showsAfterwards = showsAfterwards;
    const known = pixelOfThisMonitor();
    const perCssPixel = known === null ? USUAL_MM_PER_CSS_PIXEL : known * devicePixelRatio;
    this.root.showModal();
    this.width.max = String(Math.min(WIDEST_CARD_PX, this.root.clientWidth - 40));
    this.width.value = String(CARD_MM.width / perCssPixel);
    this.draw();
    this.width.focus();
  }

  private draw(): void {
    const { style } = this.card;
    style.width = `${this.width.valueAsNumber}px`;
    style.height = `${(this.width.valueAsNumber * CARD_MM.height) / CARD_MM.width}px`;
    setText(this.found, `${formatNumber(25.4 / this.mmPerDevicePixel, 1)} pixels per inch`);
  }

  private get mmPerDevicePixel(): number {
    return CARD_MM.width / (this.width.valueAsNumber * devicePixelRatio);
  }

  private keep(): void {
    keepMmPerDevicePixel(localStorage, monitorName(window.screen), this.mmPerDevicePixel);
    this.root.close();
    showMessage(this.context.page, t("This monitor is measured. True size is right on it from now on."));
    if (this.showsAfterwards) showInTrueSize(this.context);
    for (const viewport of this.context.grid.visible) viewport.update();
  }
}
