import { loginUrl } from "../../api/client";
import { sendFile } from "../../api/upload";
import { WorklistApi } from "../../api/worklist";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { element, required, setText } from "../dom";
import { type ChosenFile, filesOfDrop, filesOfInput, isSystemFile } from "./collect";
import { UploadQueue } from "./queue";
import { fillRows, filterButtons, filteredLines, type ResultFilter } from "./results";
import { StudyList } from "./studies";

/** The upload page: what is dropped or chosen is sent at once to the chosen facility. */
export function openUpload(page: HTMLElement): Disposer {
  if (page.querySelector("[data-part=form]") === null) return () => undefined;
  const upload = new UploadPage(page);
  return upload.attach();
}

class UploadPage {
  private readonly queue: UploadQueue;
  private readonly studies: StudyList;
  private readonly facility: HTMLSelectElement;
  private filter: ResultFilter = "all";
  private frame = 0;
  private skipped = 0;

  constructor(private readonly page: HTMLElement) {
    this.facility = this.part<HTMLSelectElement>("facility");
    this.queue = new UploadQueue((item, onProgress, signal) =>
      sendFile({
        url: page.dataset.uploadUrl ?? "",
        file: item.file,
        relativePath: item.path,
        facility: this.facility.value,
        onProgress,
        signal,
      }),
    );
    this.studies = new StudyList(
      this.part("study-list"),
      page.dataset.viewerUrl ?? "",
      new WorklistApi({ row: page.dataset.rowUrl ?? "" }),
      () => this.schedule(),
    );
  }

  attach(): Disposer {
    const bag = new DisposerBag();
    bag.add(this.queue.changed.subscribe(() => this.schedule()));
    bag.add(this.queue.ended.subscribe(() => this.sayEnded()));
    bag.add(this.queue.full.subscribe((reason) => this.sayFull(reason)));
    bag.add(listen(this.part("form"), "submit", (event) => event.preventDefault()));
    for (const name of ["files", "folder"]) {
      const input = this.part<HTMLInputElement>(name);
      bag.add(listen(input, "change", () => this.takeInput(input)));
    }
    bag.add(this.attachDrop());
    bag.add(
      listen(this.part("retry"), "click", () => {
        this.part("error").hidden = true;
        this.queue.retryFailed();
      }),
    );
    bag.add(listen(this.part("stop"), "click", () => this.queue.stop()));
    bag.add(
      listen(this.part("clear"), "click", () => {
        this.skipped = 0;
        this.queue.clear();
      }),
    );
    bag.add(
      listen<BeforeUnloadEvent>(window, "beforeunload", (event) => {
        if (this.queue.isBusy) event.preventDefault();
      }),
    );
    return () => bag.dispose();
  }

  private attachDrop(): Disposer {
    const bag = new DisposerBag();
    const zone = this.part("drop");
    // The whole page takes a drop: a miss must not make the browser open the file.
    bag.add(
      listen<DragEvent>(document, "dragover", (event) => {
        event.preventDefault();
        zone.classList.add("drop--over");
      }),
    );
    bag.add(
      listen<DragEvent>(document, "dragleave", (event) => {
        if (event.relatedTarget === null) zone.classList.remove("drop--over");
      }),
    );
    bag.add(
      listen<DragEvent>(document, "drop", (event) => {
        event.preventDefault();
        zone.classList.remove("drop--over");
        if (event.dataTransfer && this.mayStart()) void this.takeAll(filesOfDrop(event.dataTransfer));
      }),
    );
    return () => bag.dispose();
  }

  private takeInput(input: HTMLInputElement): void {
    const files = filesOfInput(input);
    input.value = "";
    if (this.mayStart()) for (const chosen of files) this.take(chosen);
  }

  private async takeAll(files: AsyncGenerator<ChosenFile>): Promise<void> {
    try {
      for await (const chosen of files) this.take(chosen);
    } catch {
      this.say(t("Some of what you dropped cannot be read. Check the folder and drop it again."));
    }
  }

  private take(chosen: ChosenFile): void {
    if (isSystemFile(chosen.path)) {
      this.skipped += 1;
      this.schedule();
    } else this.queue.add(chosen);
  }

  private mayStart(): boolean {
    const isChosen = this.facility.value !== "";
    this.facility.setAttribute("aria-invalid", String(!isChosen));
    if (isChosen) this.part("error").hidden = true;
    else {
      this.say(t("Choose the facility first, then drop the files again."));
      this.facility.focus();
    }
    return isChosen;
  }

  private say(...words: (string | Node)[]): void {
    const error = this.part("error");
    error.replaceChildren(...words);
    error.hidden = false;
  }

  private sayEnded(): void {
    const link = element("a", { href: loginUrl() }, t("Log in again"));
    this.say(t("Your session has ended. "), link, t(" and upload the rest; what is stored stays stored."));
  }

  private sayFull(reason: string): void {
    this.say(reason, t(" The rest was not sent; what is stored stays stored. Retry when there is room."));
  }

  private schedule(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  private render(): void {
    const { queue } = this;
    const totals = queue.totals();
    const isEmpty = queue.items.length === 0 && this.skipped === 0;
    this.facility.disabled = queue.isBusy;
    for (const name of ["progress", "results"]) this.part(name).hidden = isEmpty;
    const bar = this.part<HTMLProgressElement>("bar");
    bar.max = Math.max(1, totals.bytes);
    bar.value = totals.sentBytes;
    setText(this.part("totals"), this.totalsText());
    this.part("retry").hidden = queue.isBusy || totals.failed === 0;
    this.part("stop").hidden = !queue.isBusy;
    this.part("clear").hidden = queue.isBusy || isEmpty;
    const count = this.studies.render(queue.items.flatMap((item) => item.results));
    this.part("studies").hidden = count === 0;
    const choose = (filter: ResultFilter) => {
      this.filter = filter;
      this.render();
    };
    this.part("filters").replaceChildren(...filterButtons(queue, this.filter, choose));
    fillRows(this.part("rows"), this.part("more"), filteredLines(queue, this.filter));
  }

  private totalsText(): string {
    const { files, finished, failed, outcomes } = this.queue.totals();
    const words = [
      t("{done} of {files} files", { done: finished + failed, files }),
      t("{count} stored", { count: outcomes.stored }),
      outcomes.duplicate > 0 ? t("{count} already here", { count: outcomes.duplicate }) : "",
      outcomes.conflict > 0 ? t("{count} in conflict", { count: outcomes.conflict }) : "",
      outcomes.rejected > 0 ? t("{count} rejected", { count: outcomes.rejected }) : "",
      failed > 0 ? t("{count} not sent", { count: failed }) : "",
      this.skipped > 0 ? t("{count} system files left out", { count: this.skipped }) : "",
    ];
    return words.filter(Boolean).join(" · ");
  }

  private part<E extends HTMLElement = HTMLElement>(name: string): E {
    return required<E>(`[data-part=${name}]`, this.page);
  }
}
