import type { VolumeBlock } from "../../api/volumeBlock";
import { DisposerBag, listen } from "../../core/disposable";
import { numberText, t } from "../../core/i18n";
import type { VolumePreset } from "../../dicom/volumePresets";
import { turned } from "../../geometry/turning";
import { VolumeCaster } from "../../render/volumeCaster";
import type { Stack } from "../../viewport/stack";
import { element, setText } from "../dom";
import { filmOfVolume, type TurningVolume } from "./volumeFilm";
import { attachVolumePointer } from "./volumePointer";
import { VolumeScene } from "./volumeScene";

/** What the dialog shows the volume of, in the words of the pictures. */
export interface VolumeSubject {
  readonly stack: Stack;
  readonly identity: string;
  readonly series: string;
}

/** A volume over the whole page, turned by hand. */
export class VolumeDialog {
  readonly root = element("dialog", { class: "volume", "aria-labelledby": "volume-title" });
  private readonly canvas = element("canvas", {
    class: "volume__canvas",
    "aria-label": t("Volume; drag to turn it"),
    role: "img",
  });
  private readonly cube = element("canvas", {
    class: "volume__cube",
    width: 192,
    height: 192,
    "aria-hidden": "true",
  });
  private readonly note = element("p", { class: "volume__note", role: "status" });
  private readonly stage = element("div", { class: "volume__stage" }, this.canvas, this.cube, this.note);
  private readonly bag = new DisposerBag();
  private sizes = "";
  private readonly close = element("button", { type: "button", class: "button" }, t("Close"));

  constructor(private readonly subject: VolumeSubject) {
    this.close.addEventListener("click", () => this.root.close());
    this.root.append(
      element(
        "header",
        { class: "volume__header" },
        element("h1", { id: "volume-title" }, subject.identity),
        element("span", {}, subject.series),
        this.close,
      ),
      this.stage,
    );
    this.root.addEventListener("close", () => {
      this.bag.dispose();
      this.root.remove();
    });
    this.say(t("Loading the volume"));
  }

  say(text: string): void {
    setText(this.note, text);
  }

  onClose(act: () => void): void {
    this.bag.add(act);
  }

  /** @throws Error where the browser cannot draw it. */
  fill(page: HTMLElement, block: VolumeBlock, presets: readonly VolumePreset[]): void {
    const caster = new VolumeCaster(block);
    this.bag.add(() => caster.dispose());
    this.sizes = t("Cubes of {size} mm. Not for measuring.", { size: numberText(block.spacingMm, 1) });
    const scene = new VolumeScene(this.canvas, this.cube, caster, block.spacingMm, presets, (text) =>
      this.say([text, this.sizes].filter(Boolean).join(" ")),
    );
    this.bag.add(() => scene.stop());
    this.root.append(scene.controls.root);
    if (page.dataset.mayExport === "1") this.offerFilm(page, scene);
    this.bag.add(attachVolumePointer(this.canvas, scene));
    this.bag.add(listen<KeyboardEvent>(this.root, "keydown", (event) => scene.press(event)));
    const observer = new ResizeObserver(() => scene.resize());
    observer.observe(this.stage);
    this.bag.add(() => observer.disconnect());
  }

  private offerFilm(page: HTMLElement, scene: VolumeScene): void {
    const film = element("button", { type: "button", class: "button" }, t("Save as a film…"));
    film.addEventListener("click", () => filmOfVolume(page, this.subject.stack, this.turning(scene)));
    this.close.before(film);
  }

  /** The volume as it stands now, for a film of a turn. */
  private turning(scene: VolumeScene): TurningVolume {
    const start = scene.stands;
    return {
      show: (turn, signal) => {
        scene.stand(turned(start, 2 * Math.PI * turn, 0));
        return whenFine(this.canvas, signal);
      },
      picture: (hasIdentity) => this.picture(hasIdentity),
      restore: () => scene.stand(start),
    };
  }

  /** The volume with its cube, its sizes, and what it is of. */
  private picture(hasIdentity: boolean): HTMLCanvasElement {
    const { width, height } = this.canvas;
    const picture = element("canvas", { width, height });
    const context = picture.getContext("2d");
    if (context === null) throw new Error("This browser has no 2D canvas.");
    context.drawImage(this.canvas, 0, 0);
    const ratio = width / this.canvas.clientWidth;
    const line = 14 * ratio;
    const side = this.cube.clientWidth * ratio;
    context.drawImage(this.cube, width - side - line, height - side - line, side, side);
    context.font = `${line}px system-ui, sans-serif`;
    context.textBaseline = "top";
    context.fillStyle = "#fff";
    const { identity, series } = this.subject;
    [...(hasIdentity ? [identity] : []), series].forEach((text, row) => {
      context.fillText(text, line, line * (1 + 1.4 * row));
    });
    context.fillText(this.sizes, line, height - 2 * line);
    return picture;
  }
}

function whenFine(canvas: HTMLCanvasElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (signal.aborted) reject(signal.reason);
      else if (canvas.dataset.state === "fine") resolve();
      else requestAnimationFrame(look);
    };
    look();
  });
}
