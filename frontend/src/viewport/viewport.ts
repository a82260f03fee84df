import { DisposerBag } from "../core/disposable";
import { Emitter } from "../core/emitter";
import { clamp } from "../core/numbers";
import type { StudyDocument } from "../dicom/documents";
import { type Fusion, type FusionPartner, overlayImage } from "../dicom/fusion";
import type { Palette } from "../dicom/palettes";
import { lookOf, type PresentationState } from "../dicom/presentation";
import { NO_REGIONS, type ShownRegions } from "../dicom/regions";
import type { Study, StudyImage } from "../dicom/types";
import { type Camera, FITTED, type ScreenSize } from "../geometry/camera";
import { presentedCamera } from "../geometry/presented";
import { frameShape, planTiles } from "../render/tilePlan";
import { Compositor, type Look, type ViewportServices } from "./compositor";
import { type Painted, writePaintedData } from "./painted";
import type { ShownImages } from "./shownImages";
import { imageAt, opensInverted, type Stack } from "./stack";
import { StackLoader } from "./stackLoader";
import { FILE_DEFAULT, type VoiChoice } from "./voi";

/** What of a viewport the reader changed. */
export type ViewportChange = "index" | "camera" | "window";

/** One cell of the page: a stack with a place in it, a camera and a window; or a document instead. */
export class Viewport {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Emitted inside the animation frame that changed the pixels. */
  readonly paintedChanged = new Emitter<Painted | null>();
  /** Emitted after a change of place, view or window; not when another series comes. */
  readonly viewChanged = new Emitter<ViewportChange>();
  /** Emitted when a document comes, or gives way to a stack. */
  readonly documentChanged = new Emitter<void>();
  readonly loader: StackLoader;
  private readonly compositor: Compositor;
  private readonly shown: ShownImages;
  private readonly bag = new DisposerBag();
  private stackShown: Stack | null = null;
  private documentShown: StudyDocument | null = null;
  private index = 0;
  private direction: 1 | -1 = 1;
  private view: Camera = FITTED;
  private voiChoice: VoiChoice = FILE_DEFAULT;
  private inverted = false;
  private colours: Palette | null = null;
  private state: PresentationState | null = null;
  private marksShown = true;
  private regionsShown: ShownRegions = NO_REGIONS;
  private fused: Fusion | null = null;
  private overlayOf: ((image: StudyImage) => StudyImage | null) | null = null;
  private isActive = false;
  private budgetBytes = 0;
  private size: ScreenSize = { width: 0, height: 0 };
  private frameRequest = 0;
  private last: Painted | null = null;

  constructor(root: HTMLElement, services: ViewportServices) {
    this.root = root;
    this.shown = services.shown;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "viewport__canvas";
    root.append(this.canvas);
    // Pixels that the CPU computes go into a canvas in main memory, those of the graphics card stay on the card.
    const isInMemory = services.painters.inUse.kind === "cpu";
    const context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: isInMemory });
    if (context === null) throw new Error("This browser has no 2D canvas.");
    this.loader = new StackLoader(services.queue, services.cache);
    this.compositor = new Compositor(context, services, this.loader);
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(root);
    this.bag.add(() => observer.disconnect());
    const repaint = (url: string) => {
      if (this.loader.isCurrent(url)) this.invalidate();
    };
    this.bag.add(services.queue.loaded.subscribe(repaint));
    this.bag.add(services.queue.failed.subscribe(({ url }) => repaint(url)));
    this.bag.add(services.tables.arrived.subscribe(() => this.invalidate()));
    this.bag.add(services.annotations.changed.subscribe(() => this.invalidate()));
    this.bag.add(services.values.arrived.subscribe(() => this.invalidate()));
    this.bag.add(services.shown.changed.subscribe(() => this.invalidate()));
    this.bag.add(services.marks.arrived.subscribe(() => this.invalidate()));
    this.bag.add(services.regions.arrived.subscribe(() => this.invalidate()));
    this.bag.add(services.painters.lost.subscribe(() => this.invalidate()));
    this.bag.add(services.presentations.changed.subscribe(() => this.invalidate()));
  }

  get painted(): Painted | null {
    return this.last;
  }

  get stack(): Stack | null {
    return this.stackShown;
  }

  get document(): StudyDocument | null {
    return this.documentShown;
  }

  /** The study of what is shown. */
  get study(): Study | null {
    return this.stackShown?.study ?? this.documentShown?.study ?? null;
  }

  get imageIndex(): number {
    return this.index;
  }

  get camera(): Camera {
    return this.view;
  }

  get choice(): VoiChoice {
    return this.voiChoice;
  }

  get invert(): boolean {
    return this.inverted;
  }

  /** The colours that greys are shown in; null for greys, and while another series lies over them in colours. */
  get palette(): Palette | null {
    return this.fused === null ? this.colours : null;
  }

  get presentation(): PresentationState | null {
    return this.state;
  }

  get showsMarks(): boolean {
    return this.marksShown;
  }

  get regions(): ShownRegions {
    return this.regionsShown;
  }

  get fusion(): Fusion | null {
    return this.fused;
  }

  get screen(): ScreenSize {
    return this.size;
  }

  get ratio(): number {
    return window.devicePixelRatio || 1;
  }

  get image(): StudyImage | null {
    return imageAt(this.stackShown, this.index);
  }

  dispose(): void {
    cancelAnimationFrame(this.frameRequest);
    this.loader.dispose();
    this.bag.dispose();
    this.root.replaceChildren();
  }

  /** Show another series. The old picture disappears at once: it belongs to another identity. */
  setStack(stack: Stack | null, index = 0): void {
    this.changeDocument(null);
    this.stackShown = stack;
    this.index = clamp(index, 0, Math.max(0, (stack?.series.images.length ?? 1) - 1));
    this.direction = 1;
    this.openAgain();
    this.last = null;
    this.update();
  }

  /** Show a document in place of a series. */
  setDocument(document: StudyDocument): void {
    this.setStack(null);
    this.changeDocument(document);
  }

  /** Show other images of the same series and place, such as thicker planes; the view and the window stay. */
  replaceImages(images: readonly StudyImage[], index = this.index, mostAhead?: number): void {
    if (this.stackShown === null) return;
    const { study, series } = this.stackShown;
    const before = this.image;
    this.stackShown = {
      study,
      series: { ...series, images },
      ...(mostAhead === undefined ? {} : { mostAhead }),
    };
    this.index = clamp(index, 0, Math.max(0, images.length - 1));
    if (before && this.image) this.view = forFrame(this.view, before, this.image);
    this.update();
  }

  setActive(active: boolean, budgetBytes: number): void {
    this.isActive = active;
    this.budgetBytes = budgetBytes;
    this.update();
  }

  setImageIndex(index: number): void {
    const count = this.stackShown?.series.images.length ?? 0;
    const next = clamp(Math.round(index), 0, Math.max(0, count - 1));
    if (next === this.index) return;
    this.direction = next > this.index ? 1 : -1;
    this.index = next;
    this.update();
    this.viewChanged.emit("index");
  }

  setCamera(camera: Camera): void {
    this.view = camera;
    this.update();
    this.viewChanged.emit("camera");
  }

  setChoice(choice: VoiChoice): void {
    const isNew = choice.kind === "window" && choice.suvFactor === undefined;
    this.voiChoice = isNew ? { ...choice, suvFactor: this.image?.suvFactor ?? null } : choice;
    this.update();
    this.viewChanged.emit("window");
  }

  setInvert(invert: boolean): void {
    this.inverted = invert;
    this.update();
    this.viewChanged.emit("window");
  }

  setPalette(palette: Palette | null): void {
    this.colours = palette;
    this.update();
    this.viewChanged.emit("window");
  }

  /** Show the stack as a presentation state says; its turn and area are those of the current image. */
  setPresentation(state: PresentationState): void {
    const { image } = this;
    const found = image ? lookOf(state, image) : null;
    if (image && found) this.view = presentedCamera(found.look, frameShape(image), this.size);
    this.state = state;
    this.voiChoice = { kind: "presentation", state };
    this.inverted = false;
    this.update();
  }

  setShowMarks(shown: boolean): void {
    this.marksShown = shown;
    this.update();
  }

  setRegions(shown: ShownRegions): void {
    this.regionsShown = shown;
    this.update();
  }

  /** Lay another series in colours over this one; null for the series alone. */
  setFusion(fusion: Fusion | null): void {
    if (fusion?.partner !== this.fused?.partner) this.overlayOf = fusion && overlayOn(fusion.partner);
    this.fused = fusion;
    this.update();
  }

  /** Back to how the series opened. */
  reset(): void {
    this.openAgain();
    this.update();
    this.viewChanged.emit("camera");
    this.viewChanged.emit("window");
  }

  private changeDocument(document: StudyDocument | null): void {
    if (document === this.documentShown) return;
    this.documentShown = document;
    this.documentChanged.emit();
  }

  private openAgain(): void {
    this.view = FITTED;
    this.voiChoice = FILE_DEFAULT;
    this.inverted = opensInverted(this.stackShown);
    this.colours = null;
    this.state = null;
    this.marksShown = true;
    this.regionsShown = NO_REGIONS;
    this.fused = null;
    this.overlayOf = null;
  }

  /** Paint in the next animation frame. */
  invalidate(): void {
    if (this.frameRequest !== 0) return;
    this.frameRequest = requestAnimationFrame(() => {
      this.frameRequest = 0;
      this.paint();
    });
  }

  /** State again what is needed, after failures were forgotten. */
  update(): void {
    const images = this.stackShown?.series.images;
    if (images && this.size.width > 0) {
      this.loader.update({
        images,
        index: this.index,
        direction: this.direction,
        camera: this.view,
        screen: this.size,
        choice: this.voiChoice,
        invert: this.inverted,
        palette: this.palette,
        overlay: this.overlayOf,
        active: this.isActive,
        budgetBytes: this.budgetBytes,
        mostAhead: this.stackShown?.mostAhead ?? images.length,
      });
    } else this.loader.stop();
    this.invalidate();
  }

  /** Take over the size on the screen now, before the browser reports it. */
  measure(): void {
    this.resize();
  }

  private resize(): void {
    const width = Math.round(this.root.clientWidth * this.ratio);
    const height = Math.round(this.root.clientHeight * this.ratio);
    if (width === this.size.width && height === this.size.height) return;
    this.size = { width, height };
    this.canvas.width = Math.max(1, width);
    this.canvas.height = Math.max(1, height);
    this.update();
    this.paint();
  }

  /** The one place that changes the picture, its words and its data, always together. */
  private paint(): void {
    const stack = this.stackShown;
    this.compositor.clear(this.size);
    if (stack === null || this.size.width === 0) {
      this.finish(null);
      return;
    }
    const look: Look = {
      camera: this.view,
      choice: this.voiChoice,
      invert: this.inverted,
      palette: this.palette,
      presentation: this.state,
      showMarks: this.marksShown,
      regions: this.regionsShown,
      fusion: this.fused,
      others: this.shown.besides(this.root),
      crosshair: this.shown.crosshairIn(this.root),
      screen: this.size,
      ratio: this.ratio,
    };
    const shown = this.compositor.paint(stack, this.index, look);
    const previous = this.last;
    if (shown.quality !== "none" || shown.failure || !previous) {
      this.finish(shown);
      return;
    }
    // The pixels are on the way: the image before stays, with its own words, and says what is awaited.
    const stay =
      previous.stack === stack
        ? this.compositor.paint(stack, previous.imageIndex, look)
        : this.paintReplaced(previous, look);
    this.finish(stay.quality === "none" ? shown : { ...stay, awaitedIndex: this.index });
  }

  /** The image that was there before others came into its place. */
  private paintReplaced(previous: Painted, look: Look): Painted {
    const { image, stack, imageIndex } = previous;
    const camera = this.image ? forFrame(this.view, this.image, image) : this.view;
    const over = this.overlayOf?.(image);
    return this.compositor.paint(
      stack,
      imageIndex,
      { ...look, camera },
      {
        own: planTiles(image, camera, this.size),
        overlay: over ? planTiles(over, camera, this.size) : null,
      },
    );
  }

  private finish(painted: Painted | null): void {
    this.last = painted;
    this.shown.set(this.root, this.root.hidden ? null : (painted?.image ?? null));
    writePaintedData(this.root, painted);
    this.paintedChanged.emit(painted);
  }
}

/** The same view of a frame of other pixels that covers the same place. */
function forFrame(camera: Camera, from: StudyImage, to: StudyImage): Camera {
  if (camera.scale === null || from.columns === to.columns) return camera;
  return { ...camera, scale: (camera.scale * from.columns) / to.columns };
}

/** The overlay of each image, made once, so that it can be told from another. */
function overlayOn(partner: FusionPartner): (image: StudyImage) => StudyImage | null {
  return (image) => overlayImage(image, partner);
}
