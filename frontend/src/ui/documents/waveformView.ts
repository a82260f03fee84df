import { RequestError } from "../../api/client";
import { fetchWaveform } from "../../api/documents";
import { DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { clamp } from "../../core/numbers";
import { durationS, filterText, type Waveform } from "../../dicom/waveform";
import {
  type Arrangement,
  GAINS_MM_MV,
  hasStandardLeads,
  layOutPaper,
  MARGIN_MM,
  PAGE_S,
  type PaperLayout,
  SPEEDS_MM_S,
  scaleOf,
  stripAt,
} from "../../geometry/waveformPaper";
import { paintWaveform } from "../../render/waveformPainter";
import { WaveformSamples } from "../../render/waveformSamples";
import { element, setText } from "../dom";
import { CalliperTool } from "./callipers";
import { choice, push, toggle } from "./controls";
import { type DocumentPlace, type DocumentView, scrollByKey } from "./documentView";
import { waveformNotes } from "./waveformNotes";

const CSS_PIXELS_A_MM = 96 / 25.4;
const SMALLEST_PX_A_MM = 2.4;
const LARGEST_PX_A_MM = 16;
const ZOOM_STEP = 1.25;
/** Wide enough for notes beside the paper. */
const WIDE_PX = 900;

/** An ECG or another waveform on calibrated paper. */
export async function openWaveformView(place: DocumentPlace): Promise<DocumentView> {
  const { sopInstanceUid } = place.shown.document;
  const waveform = await fetchWaveform(sopInstanceUid, place.signal);
  const drawable = waveform.groups.findIndex(({ problem }) => problem === "");
  if (drawable < 0)
    throw new RequestError("unshowable", waveform.groups[0]?.problem ?? t("It holds no waveform."));
  return new WaveformView(place, waveform, drawable);
}

class WaveformView implements DocumentView {
  readonly root = element("div", { class: "waveform" });
  readonly controls: readonly HTMLElement[];
  private readonly bag = new DisposerBag();
  private readonly canvas = element("canvas", { class: "waveform__canvas", "aria-hidden": "true" });
  private readonly spacer = element("div", { class: "waveform__spacer" });
  private readonly scroller = element("div", {
    class: "waveform__scroll",
    tabindex: 0,
    role: "region",
    "aria-label": t("Waveform"),
    // Time goes from left to right in every language.
    dir: "ltr",
  });
  private readonly status = element("p", { class: "waveform__status", role: "status" });
  private readonly measured = element("p", { class: "visually-hidden", role: "status" });
  private readonly pages: HTMLElement;
  private readonly notes: HTMLElement;
  private readonly callipers: CalliperTool;
  private samples: WaveformSamples;
  private arrangement: Arrangement;
  private speedMmS = 25;
  private gainMmMv = 10;
  private startS = 0;
  private hasMarks = true;
  /** CSS pixels of a millimetre; null to fit ten seconds, or a page, into the cell. */
  private zoom: number | null = null;
  private layout: PaperLayout;
  private frame = 0;

  constructor(
    private readonly place: DocumentPlace,
    private readonly waveform: Waveform,
    private groupIndex: number,
  ) {
    this.samples = this.samplesOf(groupIndex);
    this.arrangement = hasStandardLeads(this.samples.group) ? "3x4" : "stacked";
    this.layout = this.laidOut();
    this.notes = waveformNotes(waveform.annotations);
    this.notes.hidden = this.notes.childElementCount === 0;
    this.callipers = new CalliperTool(this.scroller, {
      pixelsAMm: () => this.pixelsAMm,
      changed: () => this.invalidate(),
    });
    this.pages = element(
      "span",
      { class: "waveform__pages" },
      push(t("Ten seconds back"), "‹", () => this.turn(-1)),
      push(t("Next ten seconds"), "›", () => this.turn(1)),
    );
    this.controls = this.buildControls();
    this.spacer.append(this.canvas);
    this.scroller.append(this.spacer);
    this.root.append(
      element("div", { class: "waveform__main" }, this.scroller, this.status),
      this.notes,
      this.measured,
    );
    this.attach();
  }

  key(event: KeyboardEvent): boolean {
    if (event.key === "Escape" && this.callipers.current) {
      this.callipers.clear();
      return true;
    }
    if (event.shiftKey && this.callipers.isOn && event.key.startsWith("Arrow")) {
      return this.callipers.moveByKey(event.key, this.scroller);
    }
    if (event.key === "+" || event.key === "=") this.zoomBy(ZOOM_STEP);
    else if (event.key === "-") this.zoomBy(1 / ZOOM_STEP);
    else if (event.key === "0") this.setZoom(null);
    else if (event.key === "ArrowLeft") this.move(-1);
    else if (event.key === "ArrowRight") this.move(1);
    else return scrollByKey(this.scroller, event);
    return true;
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.callipers.dispose();
    this.bag.dispose();
  }

  private get pixelsAMm(): number {
    if (this.zoom !== null) return this.zoom;
    const wide =
      this.arrangement === "3x4"
        ? this.layout.widthMm
        : Math.min(this.layout.widthMm, PAGE_S * this.speedMmS);
    return clamp(this.scroller.clientWidth / wide, SMALLEST_PX_A_MM, 2 * CSS_PIXELS_A_MM);
  }

  private samplesOf(groupIndex: number): WaveformSamples {
    const { shown, signal } = this.place;
    return new WaveformSamples(shown.document.sopInstanceUid, this.waveform, groupIndex, signal);
  }

  private buildControls(): HTMLElement[] {
    const { waveform } = this;
    const groups = waveform.groups.flatMap(({ label, problem }, index) =>
      problem ? [] : [[String(index), label || t("Group {number}", { number: index + 1 })] as const],
    );
    const arrangements = [
      ["3x4", t("3 × 4 + II")],
      ["stacked", t("Stacked")],
    ] as const;
    const again = (change: () => void) => {
      change();
      this.relayout();
    };
    return [
      ...(groups.length > 1
        ? [choice(t("Group"), groups, String(this.groupIndex), (value) => this.showGroup(Number(value)))]
        : []),
      ...(hasStandardLeads(this.samples.group)
        ? [
            choice(t("Layout"), arrangements, this.arrangement, (value) =>
              again(() => {
                this.arrangement = value as Arrangement;
              }),
            ),
          ]
        : []),
      choice(
        t("Speed"),
        SPEEDS_MM_S.map((speed) => [String(speed), `${speed} mm/s`]),
        String(this.speedMmS),
        (value) =>
          again(() => {
            this.speedMmS = Number(value);
          }),
      ),
      choice(
        t("Gain"),
        GAINS_MM_MV.map((gain) => [String(gain), `${gain} mm/mV`]),
        String(this.gainMmMv),
        (value) =>
          again(() => {
            this.gainMmMv = Number(value);
          }),
      ),
      toggle(t("Callipers"), this.callipers.isOn, (isOn) => this.callipers.setOn(isOn)),
      ...(waveform.annotations.some(({ positionsS }) => positionsS.length > 0)
        ? [
            toggle(t("Marks"), true, (isOn) => {
              this.hasMarks = isOn;
              this.invalidate();
            }),
          ]
        : []),
      ...(this.notes.childElementCount > 0 ? [this.notesToggle()] : []),
      this.pages,
      push(t("Smaller"), "−", () => this.zoomBy(1 / ZOOM_STEP)),
      push(t("Larger"), "+", () => this.zoomBy(ZOOM_STEP)),
      push(t("Fit the width"), t("Fit"), () => this.setZoom(null)),
    ];
  }

  private notesToggle(): HTMLElement {
    const isWide = this.place.viewport.root.clientWidth >= WIDE_PX;
    this.notes.hidden = !isWide;
    return toggle(t("Notes"), isWide, (isOn) => {
      this.notes.hidden = !isOn;
    });
  }

  private attach(): void {
    const resized = new ResizeObserver(() => this.relayout());
    resized.observe(this.scroller);
    this.bag.add(() => resized.disconnect());
    this.bag.add(listen(this.scroller, "scroll", () => this.invalidate(), { passive: true }));
    this.bag.add(
      listen<WheelEvent>(this.scroller, "wheel", (event) => this.wheel(event), { passive: false }),
    );
    this.follow();
  }

  private follow(): void {
    const { samples } = this;
    this.bag.add(samples.arrived.subscribe(() => samples === this.samples && this.invalidate()));
  }

  /** Over a long strip that needs no scrolling up and down, the wheel goes along it. */
  private wheel(event: WheelEvent): void {
    const { scroller } = this;
    if (event.ctrlKey) {
      event.preventDefault();
      this.zoomBy(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP);
    } else if (scroller.scrollHeight <= scroller.clientHeight && event.deltaX === 0 && !event.shiftKey) {
      event.preventDefault();
      if (this.arrangement === "3x4" && scroller.scrollWidth <= scroller.clientWidth) return;
      scroller.scrollLeft += event.deltaY;
    }
  }

  private showGroup(groupIndex: number): void {
    this.groupIndex = groupIndex;
    this.samples = this.samplesOf(groupIndex);
    this.startS = 0;
    this.follow();
    this.relayout();
  }

  /** The next part: a page of the standard arrangement, else most of what is in sight. */
  private move(step: number): void {
    if (this.arrangement === "3x4") this.turn(step);
    else this.scroller.scrollLeft += step * this.scroller.clientWidth * 0.8;
  }

  private turn(step: number): void {
    const last = Math.max(0, Math.ceil(durationS(this.samples.group) / PAGE_S - 1) * PAGE_S);
    this.startS = clamp(this.startS + step * PAGE_S, 0, last);
    this.relayout();
  }

  private zoomBy(factor: number): void {
    this.setZoom(clamp(this.pixelsAMm * factor, SMALLEST_PX_A_MM, LARGEST_PX_A_MM));
  }

  private setZoom(zoom: number | null): void {
    this.zoom = zoom;
    this.relayout();
  }

  private laidOut(): PaperLayout {
    return layOutPaper(this.samples.group, this.arrangement, this.speedMmS, this.gainMmMv, this.startS);
  }

  private relayout(): void {
    if (this.arrangement === "3x4" && !hasStandardLeads(this.samples.group)) this.arrangement = "stacked";
    this.layout = this.laidOut();
    this.callipers.clear();
    this.pages.hidden = this.arrangement !== "3x4" || durationS(this.samples.group) <= PAGE_S;
    const { pixelsAMm, layout, spacer } = this;
    // Browsers hold elements of some ten million pixels; a day at 25 mm/s stays below that.
    spacer.style.width = `${Math.ceil(layout.widthMm * pixelsAMm)}px`;
    spacer.style.height = `${Math.ceil(layout.heightMm * pixelsAMm)}px`;
    this.invalidate();
  }

  private invalidate(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  private paint(): void {
    const { scroller, canvas, samples, layout } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [scroller.clientWidth, scroller.clientHeight];
    if (width === 0 || height === 0) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) return;
    const rowMm = layout.strips[0]?.heightMm ?? 1;
    const scales = samples.group.channels.map(({ unit }, index) =>
      scaleOf(unit, this.gainMmMv, samples.range(index), rowMm),
    );
    const { current } = this.callipers;
    const strip =
      current && stripAt(layout, Math.min(current.x0, current.x1), Math.min(current.y0, current.y1));
    const channel = strip ? samples.group.channels[strip.channelIndex] : undefined;
    const text = this.callipers.text(
      this.speedMmS,
      strip ? (scales[strip.channelIndex]?.mmAUnit ?? null) : null,
      channel?.unit ?? "",
    );
    paintWaveform(context, {
      layout,
      samples,
      scales,
      speedMmS: this.speedMmS,
      pixelsAMm: this.pixelsAMm * ratio,
      ratio,
      leftPx: scroller.scrollLeft * ratio,
      topPx: scroller.scrollTop * ratio,
      annotations: this.hasMarks ? this.marks() : [],
      callipers: current,
      calliperText: text,
    });
    setText(this.measured, text);
    setText(this.status, this.statusText());
  }

  /** The moment at the left edge. */
  private get firstS(): number {
    if (this.arrangement === "3x4") return this.startS;
    return Math.max(0, this.scroller.scrollLeft / this.pixelsAMm - MARGIN_MM) / this.speedMmS;
  }

  private marks() {
    const number = this.groupIndex + 1;
    return this.waveform.annotations.filter(
      ({ positionsS, channels }) =>
        positionsS.length > 0 && (channels.length === 0 || channels.some(([group]) => group === number)),
    );
  }

  private statusText(): string {
    const { group, failure } = this.samples;
    if (failure) return t("Not all samples loaded: {reason}", { reason: failure.message });
    const filters = filterText(group.channels);
    return [
      `${this.speedMmS} mm/s, ${this.gainMmMv} mm/mV`,
      filters && t("Filter {filters}", { filters }),
      `${group.samplingHz} Hz`,
      durationText(durationS(group), this.firstS),
      group.originality === "DERIVED" ? t("Derived, not recorded") : "",
    ]
      .filter(Boolean)
      .join("   ");
  }
}

/** How long the recording is; of one that is not seen as a whole, also which moment is at the left edge. */
function durationText(seconds: number, firstS: number): string {
  if (seconds <= PAGE_S) return `${Number(seconds.toFixed(1))} s`;
  return t("{moment} of {duration}", { moment: clock(firstS), duration: clock(seconds) });
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
