import { t } from "../../core/i18n";
import type { VolumePreset } from "../../dicom/volumePresets";
import { STANCES, type Stance, turned } from "../../geometry/turning";
import { type ClipBox, type VolumeCaster, WHOLE_BOX } from "../../render/volumeCaster";
import { drawOrientationCube } from "./orientationCube";
import { stanceOfKey, VolumeControls } from "./volumeControls";
import { VolumePicture } from "./volumePicture";

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

/** What is seen of a volume, and how hands and keys change it. */
export class VolumeScene {
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
