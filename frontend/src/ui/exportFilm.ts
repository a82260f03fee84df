import { RequestError } from "../api/client";
import { type Film, type FilmFormat, fetchFilmProgress, MOST_FRAMES, startFilm } from "../api/films";
import { listen } from "../core/disposable";
import { t } from "../core/i18n";
import { formatNumber } from "../core/numbers";
import type { Viewport } from "../viewport/viewport";
import { element, setText } from "./dom";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

const ASK_AGAIN_MS = 400;

/** Ask how the series of the active picture shall become a film, and have the server make it. */
export function exportFilm(context: ViewerContext): void {
  const problem = whyNoFilm(context.grid.active);
  if (problem) {
    showMessage(context.page, problem);
    return;
  }
  const dialog = new FilmDialog(context, context.grid.active);
  context.page.append(dialog.root);
  dialog.root.showModal();
}

/** Why the picture is nothing for a film, or "". */
function whyNoFilm({ stack, image, painted, choice }: Viewport): string {
  if (stack === null || image === null) return t("There is no picture to save.");
  if (image.tileUrl !== null) return t("Only images as they are stored can be saved as a film.");
  if (stack.series.images.length < 2) return t("The series has one image: save it as a picture.");
  if (painted?.voi?.kind === "table" && choice.kind !== "file") {
    return t("The look-up table of a presentation state cannot be put into a film. Choose a window.");
  }
  return "";
}

class FilmDialog {
  readonly root = element("dialog", { class: "help film", "aria-labelledby": "film-title" });
  private readonly format = element(
    "select",
    {},
    element("option", { value: "mp4" }, t("MP4: plays everywhere")),
    element("option", { value: "gif" }, t("GIF: a small loop")),
  );
  private readonly first: HTMLInputElement;
  private readonly last: HTMLInputElement;
  private readonly rate: HTMLInputElement;
  private readonly hasOverlays = element("input", { type: "checkbox" });
  private readonly hasIdentity = element("input", { type: "checkbox" });
  private readonly problem = element("p", { class: "alert alert--error", role: "alert", hidden: true });
  private readonly progress = element("progress", { class: "film__progress", hidden: true });
  private readonly said = element("p", { class: "presets__hint", role: "status" });
  private readonly save = element("button", { type: "submit", class: "button button--primary" }, t("Save"));

  constructor(
    private readonly context: ViewerContext,
    private readonly viewport: Viewport,
  ) {
    const { cine } = context;
    const count = viewport.stack?.series.images.length ?? 1;
    const isPlaying = cine.viewport === viewport;
    const [first, last] = isPlaying ? cine.range : [0, count - 1];
    const frameTimeMs = viewport.stack?.series.frameTimeMs;
    const rate = isPlaying ? cine.imagesPerSecond : frameTimeMs ? 1000 / frameTimeMs : 10;
    this.first = number(first + 1, 1, count, "1");
    this.last = number(last + 1, 1, count, "1");
    this.rate = number(Number(formatNumber(Math.min(60, Math.max(0.5, rate)), 1)), 0.5, 60, "any");
    this.hasOverlays.checked = viewport.showsMarks;
    const cancel = element("button", { type: "button", class: "button" }, t("Cancel"));
    const form = element(
      "form",
      { class: "hanging-form__fields" },
      element("h1", { id: "film-title" }, t("Save this series as a film")),
      field(t("Format"), this.format),
      element(
        "div",
        { class: "film__numbers" },
        field(t("From image"), this.first),
        field(t("To image"), this.last),
        field(t("Images a second"), this.rate),
      ),
      check(t("Overlays of the file"), this.hasOverlays),
      check(t("Patient and study in the picture"), this.hasIdentity),
      element(
        "p",
        { class: "presets__hint" },
        t(
          "Window, colours, turns and mirroring are as on the screen, and the whole image is shown. Your marks, regions and fused series are not in it. What is burnt into the pixels stays.",
        ),
      ),
      this.problem,
      this.progress,
      this.said,
      element("div", { class: "hanging-form__buttons" }, cancel, this.save),
    );
    listen(cancel, "click", () => this.root.close());
    listen(this.root, "close", () => this.root.remove());
    listen(form, "submit", (event) => {
      event.preventDefault();
      void this.make();
    });
    this.root.append(form);
  }

  private async make(): Promise<void> {
    const { study } = this.viewport.stack ?? {};
    const film = this.film();
    if (!study || film === null) return;
    this.save.disabled = true;
    this.problem.hidden = true;
    try {
      let state = await startFilm(study.studyInstanceUid, film);
      while (!state.isReady && !state.problem && this.root.isConnected) {
        this.progress.hidden = false;
        this.progress.max = state.total;
        this.progress.value = state.done;
        setText(
          this.said,
          state.done < state.total
            ? t("Image {number} of {count}", { number: state.done, count: state.total })
            : t("Encoding"),
        );
        await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
        state = await fetchFilmProgress(state.progressUrl);
      }
      if (state.problem) this.tell(state.problem);
      else if (this.root.isConnected) this.fetch(state.filmUrl, state.fileName);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.tell(error.message);
    }
  }

  private film(): Film | null {
    const { stack, painted, choice, invert, palette, camera } = this.viewport;
    const format = this.format.value as FilmFormat;
    const [first, last] = [this.first.valueAsNumber, this.last.valueAsNumber];
    if (stack === null || !painted) return null;
    if (last < first || last - first >= MOST_FRAMES[format]) {
      this.tell(
        t("Choose 1 to {count} images, from the earlier to the later.", { count: MOST_FRAMES[format] }),
      );
      return null;
    }
    const isGrey = painted.image.kind === "grey";
    const window = isGrey && painted.voi?.kind === "window" ? painted.voi.window : null;
    return {
      seriesInstanceUid: stack.series.seriesInstanceUid,
      format,
      first,
      last,
      framesPerSecond: this.rate.valueAsNumber,
      // Where the file gives each image a window of its own, the film has each in its own.
      window: choice.kind === "file" && painted.image.voi.length > 0 ? null : window,
      voiIndex: isGrey && choice.kind === "file" && painted.image.voi.length > 0 ? choice.index : null,
      isInverted: invert,
      palette: palette?.name ?? "",
      orientation: camera.orientation,
      hasOverlays: this.hasOverlays.checked,
      hasIdentity: this.hasIdentity.checked,
    };
  }

  private fetch(url: string, name: string): void {
    element("a", { href: url, download: name }).click();
    this.root.close();
    showMessage(this.context.page, t("The film is there: {name}", { name }));
  }

  private tell(text: string): void {
    this.save.disabled = false;
    this.progress.hidden = true;
    setText(this.said, "");
    setText(this.problem, text);
    this.problem.hidden = false;
  }
}

function number(value: number, min: number, max: number, step: string): HTMLInputElement {
  return element("input", { type: "number", value, min, max, step, required: true });
}

function field(label: string, control: HTMLElement): HTMLElement {
  return element("label", { class: "hanging-form__field" }, element("span", {}, label), control);
}

function check(label: string, control: HTMLElement): HTMLElement {
  return element("label", { class: "hanging-form__check" }, control, ` ${label}`);
}
