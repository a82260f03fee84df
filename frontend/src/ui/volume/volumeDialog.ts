import type { VolumeBlock } from "../../api/volumeBlock";
import { DisposerBag, listen } from "../../core/disposable";
import { numberText, t } from "../../core/i18n";
import type { VolumePreset } from "../../dicom/volumePresets";
import { STANCES, type Stance, turned } from "../../geometry/turning";
import { type ClipBox, VolumeCaster, WHOLE_BOX } from "../../render/volumeCaster";
import type { Stack } from "../../viewport/stack";
import { element, setText } from "../dom";
import { drawOrientationCube } from "./orientationCube";
import { stanceOfKey, VolumeControls } from "./volumeControls";
import { filmOfVolume, type TurningVolume } from "./volumeFilm";
import { VolumePicture } from "./volumePicture";
import { attachVolumePointer } from "./volumePointer";

/** A drag across this many pixels turns by half a turn. */
const HALF_TURN_PX = 500;
const KEY_TURN = Math.PI / 12;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const SLOW = t("This computer draws slowly: the volume is coarse while it moves.");
const LOST = t("The graphics card gave up this picture. Close it and open it again.");

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
    const cubes = t("Cubes of {size} mm. Not for measuring.", { size: numberText(block.spacingMm, 1) });
    const scene = new Scene(this.canvas, this.cube, caster, block.spacingMm, presets, (text) =>
      this.say([text, cubes].filter(Boolean).join(" ")),
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

  private offerFilm(page: HTMLElement, scene: Scene): void {
    const film = element("button", { type: "button", class: "button" }, t("Save as a film…"));
    film.addEventListener("click", () => filmOfVolume(page, this.subject.stack, this.turning(scene)));
    this.close.before(film);
  }

  /** The volume as it stands now, for a film of a turn. */
  private turning(scene: Scene): TurningVolume {
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
    context.fillText(this.note.textContent ?? "", line, height - 2 * line);
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

/** What is seen of a volume, and how hands and keys change it. */
class Scene {
  readonly controls: VolumeControls;
  private readonly picture: VolumePicture;
  private stance: Stance = STANCES.anterior;
  private clip: ClipBox = WHOLE_BOX;
  private preset: VolumePreset | undefined;
  private scale = 1;
  private moved: readonly [number, number] = [0, 0];

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly cube: HTMLCanvasElement,
    private readonly caster: VolumeCaster,
    spacingMm: number,
    private readonly presets: readonly VolumePreset[],
    private readonly say: (text: string) => void,
  ) {
    this.picture = new VolumePicture(canvas, caster, spacingMm, () => this.say(LOST));
    this.controls = new VolumeControls(presets, {
      choose: (preset) => this.choose(preset),
      lookFrom: (name) => this.look({ stance: STANCES[name] }),
      clip: (clip) => this.look({ clip }),
      reset: () => this.reset(),
    });
    this.choose(presets[0]);
  }

  get stands(): Stance {
    return this.stance;
  }

  stand(stance: Stance): void {
    this.look({ stance });
  }

  turn(across: number, down: number): void {
    const angle = Math.PI / HALF_TURN_PX;
    this.look({ stance: turned(this.stance, across * angle, down * angle) });
  }

  move(across: number, down: number): void {
    this.moved = [this.moved[0] + across * this.ratio, this.moved[1] + down * this.ratio];
    this.look({});
  }

  zoom(factor: number): void {
    this.scale = Math.min(12, Math.max(0.3, this.scale * factor));
    this.look({});
  }

  press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onSlider = event.target instanceof HTMLInputElement;
    const arrow = onSlider ? undefined : ARROWS[event.key];
    const preset = this.presets[Number(event.key) - 1];
    const side = stanceOfKey(event.key);
    if (arrow) {
      const step = event.shiftKey ? KEY_TURN / 3 : KEY_TURN;
      this.look({ stance: turned(this.stance, arrow[0] * step, arrow[1] * step) });
    } else if (preset) this.choose(preset);
    else if (side) this.look({ stance: STANCES[side] });
    else if (event.key === "+" || event.key === "=") this.zoom(1.2);
    else if (event.key === "-") this.zoom(1 / 1.2);
    else if (event.key === " " && !(event.target instanceof HTMLButtonElement)) this.reset();
    else return;
    event.preventDefault();
  }

  resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = Math.max(1, Math.round(clientWidth * this.ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * this.ratio));
    this.look({});
  }

  stop(): void {
    this.picture.stop();
  }

  private get ratio(): number {
    return Math.min(2, window.devicePixelRatio || 1);
  }

  private choose(preset: VolumePreset | undefined): void {
    if (!preset) return;
    this.preset = preset;
    this.caster.setPreset(preset);
    this.controls.showPreset(this.presets.indexOf(preset));
    this.look({});
  }

  private reset(): void {
    this.scale = 1;
    this.moved = [0, 0];
    this.look({ stance: STANCES.anterior, clip: this.controls.reset() });
  }

  private look({ stance = this.stance, clip = this.clip }: { stance?: Stance; clip?: ClipBox }): void {
    this.stance = stance;
    this.clip = clip;
    const { width, height } = this.canvas;
    const largestMm = Math.max(...this.caster.boxMm);
    this.picture.show({
      stance,
      clip,
      isMaximum: this.preset?.isMaximum ?? false,
      mmPerPixel: largestMm / (Math.min(width, height) * 0.96 * this.scale),
      centre: [width / 2 + this.moved[0], height / 2 + this.moved[1]],
    });
    drawOrientationCube(this.cube, stance);
    this.say(this.picture.isSlow ? SLOW : "");
  }
}
