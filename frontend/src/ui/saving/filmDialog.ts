import { RequestError } from "../../api/client";
import { type FilmFormat, type FilmProgress, fetchFilmProgress, MOST_FRAMES } from "../../api/films";
import { listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { formatNumber } from "../../core/numbers";
import { element, setText } from "../dom";
import { showMessage } from "../message";
import type { Take } from "./recordFilm";

const ASK_AGAIN_MS = 400;

export interface FilmSettings extends Take {
  readonly hasOverlays: boolean;
}

/** One way to make the film that the dialog speaks of. */
export interface FilmSource {
  readonly label: string;
  readonly hint: string;
  /** Whether the reader may leave out the overlays of the file. */
  readonly offersOverlays: boolean;
  /** @throws RequestError where there will be none. */
  readonly make: (
    settings: FilmSettings,
    signal: AbortSignal,
    tell: (done: number) => void,
  ) => Promise<FilmProgress>;
}

export interface FilmOptions {
  readonly page: HTMLElement;
  readonly title: string;
  /** The first is proposed. */
  readonly sources: readonly [FilmSource, ...FilmSource[]];
  readonly count: number;
  /** Indexes of the first and the last picture; null where all of them belong to the film. */
  readonly range: readonly [number, number] | null;
  readonly framesPerSecond: number;
  readonly showsOverlays: boolean;
}

/** Asks how pictures shall become a film, and has it made. */
export class FilmDialog {
  readonly root = element("dialog", { class: "help film", "aria-labelledby": "film-title" });
  private readonly source: HTMLSelectElement;
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
  private readonly overlays = check(t("Overlays of the file"), this.hasOverlays);
  private readonly hasIdentity = element("input", { type: "checkbox" });
  private readonly hint = element("p", { class: "presets__hint" });
  private readonly problem = element("p", { class: "alert alert--error", role: "alert", hidden: true });
  private readonly progress = element("progress", {
    class: "film__progress",
    hidden: true,
    "aria-label": t("Film"),
  });
  private readonly said = element("p", { class: "presets__hint", role: "status" });
  private readonly save = element("button", { type: "submit", class: "button button--primary" }, t("Save"));
  private readonly ending = new AbortController();

  constructor(private readonly options: FilmOptions) {
    const { count, framesPerSecond, range, sources, title } = options;
    const [first, last] = range ?? [0, count - 1];
    this.source = element(
      "select",
      {},
      ...sources.map(({ label }, place) => element("option", { value: place }, label)),
    );
    this.first = number(first + 1, 1, count, "1");
    this.last = number(last + 1, 1, count, "1");
    this.rate = number(Number(formatNumber(Math.min(60, Math.max(0.5, framesPerSecond)), 1)), 0.5, 60, "any");
    this.hasOverlays.checked = options.showsOverlays;
    const cancel = element("button", { type: "button", class: "button" }, t("Cancel"));
    const form = element(
      "form",
      { class: "hanging-form__fields" },
      element("h1", { id: "film-title" }, title),
      sources.length > 1 && field(t("What is shown"), this.source),
      field(t("Format"), this.format),
      element(
        "div",
        { class: "film__numbers" },
        range && field(t("From image"), this.first),
        range && field(t("To image"), this.last),
        field(t("Images a second"), this.rate),
      ),
      this.overlays,
      check(t("Patient and study in the picture"), this.hasIdentity),
      this.hint,
      this.problem,
      this.progress,
      this.said,
      element("div", { class: "hanging-form__buttons" }, cancel, this.save),
    );
    listen(cancel, "click", () => this.root.close());
    listen(this.source, "change", () => this.describe());
    listen(this.root, "close", () => {
      this.ending.abort();
      this.root.remove();
    });
    listen(form, "submit", (event) => {
      event.preventDefault();
      void this.make();
    });
    this.root.append(form);
    this.describe();
  }

  open(): void {
    this.options.page.append(this.root);
    this.root.showModal();
  }

  private get chosen(): FilmSource {
    return this.options.sources[Number(this.source.value)] ?? this.options.sources[0];
  }

  private describe(): void {
    const { hint, offersOverlays } = this.chosen;
    setText(this.hint, hint);
    this.overlays.hidden = !offersOverlays;
  }

  private async make(): Promise<void> {
    const settings = this.settings();
    if (settings === null) return;
    const { signal } = this.ending;
    this.save.disabled = true;
    this.problem.hidden = true;
    try {
      const total = settings.last - settings.first + 1;
      let state = await this.chosen.make(settings, signal, (done) => this.showProgress(done, total));
      while (!state.isReady && !state.problem && !signal.aborted) {
        this.showProgress(state.done, state.total);
        await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
        state = await fetchFilmProgress(state.progressUrl);
      }
      if (state.problem) this.tell(state.problem);
      else if (!signal.aborted) this.fetch(state.filmUrl, state.fileName);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      this.tell(error.message);
    }
  }

  private settings(): FilmSettings | null {
    const format = this.format.value as FilmFormat;
    const most = MOST_FRAMES[format];
    const [first, last] = [this.first.valueAsNumber - 1, this.last.valueAsNumber - 1];
    if (last < first || last - first >= most) {
      this.tell(t("Choose 1 to {count} images, from the earlier to the later.", { count: most }));
      return null;
    }
    return {
      format,
      first,
      last,
      framesPerSecond: this.rate.valueAsNumber,
      hasOverlays: this.hasOverlays.checked,
      hasIdentity: this.hasIdentity.checked,
    };
  }

  private showProgress(done: number, total: number): void {
    this.progress.hidden = false;
    this.progress.max = total;
    this.progress.value = done;
    setText(
      this.said,
      done < total ? t("Image {number} of {count}", { number: done + 1, count: total }) : t("Encoding"),
    );
  }

  private fetch(url: string, name: string): void {
    element("a", { href: url, download: name }).click();
    this.root.close();
    showMessage(this.options.page, t("The film is there: {name}", { name }));
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
