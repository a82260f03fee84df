import { describeAnnotation } from "../annotations/describe";
import { drawAnnotations } from "../annotations/render";
import type { AnnotationStore } from "../annotations/store";
import type { RequestError } from "../api/client";
import { renderedTileUrl } from "../api/tiles";
import { DisposerBag } from "../core/disposable";
import { Emitter } from "../core/emitter";
import { clamp } from "../core/numbers";
import { imageKey, type StudyImage } from "../dicom/types";
import {
  type Camera,
  effectiveScale,
  FITTED,
  type ImageToScreen,
  imageToScreenMatrix,
  type ScreenSize,
} from "../geometry/camera";
import type { GreyTables } from "../render/greyTables";
import { ImagePainter } from "../render/imagePainter";
import type { Mosaic } from "../render/mosaic";
import type { TileCache } from "../render/tileCache";
import { coarsestTile, frameShape, fullTileUrl } from "../render/tilePlan";
import type { TileQueue } from "../render/tileQueue";
import { type Painted, type Quality, writePaintedData } from "./painted";
import { imageAt, type Stack } from "./stack";
import { StackLoader } from "./stackLoader";
import { FILE_DEFAULT, previewView, type ResolvedVoi, resolveVoi, type VoiChoice } from "./voi";

/** What all viewports of a page share. */
export interface ViewportServices {
  readonly cache: TileCache;
  readonly queue: TileQueue;
  readonly tables: GreyTables;
  readonly annotations: AnnotationStore;
}

type Pixels = { readonly quality: Quality; readonly voi: ResolvedVoi | null; readonly mosaic: Mosaic | null };

const NO_PIXELS: Pixels = { quality: "none", voi: null, mosaic: null };

/** One picture on the page: a stack, a place in it, a camera and a window. */
export class Viewport {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Emitted inside the animation frame that changed the pixels. */
  readonly paintedChanged = new Emitter<Painted | null>();
  readonly loader: StackLoader;
  private readonly painter: ImagePainter;
  private readonly context: CanvasRenderingContext2D;
  private readonly bag = new DisposerBag();
  private stackShown: Stack | null = null;
  private index = 0;
  private direction: 1 | -1 = 1;
  private view: Camera = FITTED;
  private voiChoice: VoiChoice = FILE_DEFAULT;
  private inverted = false;
  private isActive = false;
  private budgetBytes = 0;
  private size: ScreenSize = { width: 0, height: 0 };
  private frameRequest = 0;
  private last: Painted | null = null;

  constructor(
    root: HTMLElement,
    private readonly services: ViewportServices,
  ) {
    this.root = root;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "viewport__canvas";
    root.append(this.canvas);
    // The CPU draws every pixel with putImageData: a canvas in main memory avoids a copy to a GPU and back.
    const context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (context === null) throw new Error("This browser has no 2D canvas.");
    this.context = context;
    this.painter = new ImagePainter(context, services.cache);
    this.loader = new StackLoader(services.queue, services.cache);
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
  }

  get painted(): Painted | null {
    return this.last;
  }

  get stack(): Stack | null {
    return this.stackShown;
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
    this.stackShown = stack;
    this.index = clamp(index, 0, Math.max(0, (stack?.series.images.length ?? 1) - 1));
    this.direction = 1;
    this.view = FITTED;
    this.voiChoice = FILE_DEFAULT;
    this.inverted = false;
    this.last = null;
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
  }

  setCamera(camera: Camera): void {
    this.view = camera;
    this.update();
  }

  setChoice(choice: VoiChoice): void {
    this.voiChoice = choice;
    this.update();
  }

  setInvert(invert: boolean): void {
    this.inverted = invert;
    this.update();
  }

  /** Back to how the series opened. */
  reset(): void {
    this.view = FITTED;
    this.voiChoice = FILE_DEFAULT;
    this.inverted = false;
    this.update();
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
        active: this.isActive,
        budgetBytes: this.budgetBytes,
      });
    } else this.loader.stop();
    this.invalidate();
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
    this.painter.clear(this.size);
    if (stack === null || this.size.width === 0) {
      this.finish(null);
      return;
    }
    const shown = this.paintIndex(stack, this.index);
    const previous = this.last;
    if (shown.quality !== "none" || shown.failure || !previous || previous.stack !== stack) {
      this.finish(shown);
      return;
    }
    // The pixels are on the way: the image before stays, with its own words, and says what is awaited.
    const stay = this.paintIndex(stack, previous.imageIndex);
    this.finish(stay.quality === "none" ? shown : { ...stay, awaitedIndex: this.index });
  }

  private paintIndex(stack: Stack, index: number): Painted {
    const image = imageAt(stack, index);
    if (image === null) throw new RangeError(`no image ${index} in the stack`);
    const frame = frameShape(image);
    const matrix = imageToScreenMatrix(this.view, frame, this.size);
    const failure = this.failureOf(image, index);
    const pixels = failure ? NO_PIXELS : this.paintImage(image, index, matrix);
    this.paintAnnotations(image, matrix, pixels);
    return {
      stack,
      image,
      imageIndex: index,
      invert: this.inverted,
      camera: this.view,
      matrix,
      scale: effectiveScale(this.view, frame, this.size),
      screen: this.size,
      awaitedIndex: pixels.quality === "none" && !failure ? index : null,
      failure,
      ...pixels,
    };
  }

  private paintImage(image: StudyImage, index: number, matrix: ImageToScreen): Pixels {
    const plan = this.loader.plan(index);
    if (plan === null) return NO_PIXELS;
    if (image.kind === "colour") {
      return { quality: this.painter.paintPictures(image, plan, matrix), voi: null, mosaic: null };
    }
    const mosaic = this.painter.valuesFor(image, plan);
    const voi = mosaic ? this.resolve(image, mosaic) : null;
    const greys = voi ? this.greys(image, voi) : null;
    if (!mosaic || !voi || !greys) return this.paintPreview(image, matrix);
    this.painter.paintValues(mosaic, matrix, greys, this.size);
    return { quality: mosaic.complete ? "full" : "preview", voi, mosaic };
  }

  /** The server's 8-bit rendering, until the values are here. It states its own window, not the one to come. */
  private paintPreview(image: StudyImage, matrix: ImageToScreen): Pixels {
    const tile = coarsestTile(image);
    const asked = this.services.cache.picture(
      renderedTileUrl(image, tile, previewView(this.voiChoice, this.inverted)),
    );
    if (!asked) return NO_PIXELS;
    this.painter.paintPicture(asked, tile, matrix);
    const known = { defaultWindow: asked.defaultWindow, range: null };
    const voi = resolveVoi(image, this.voiChoice, known) ?? resolveVoi(image, FILE_DEFAULT, known);
    return { quality: "preview", voi, mosaic: null };
  }

  private resolve(image: StudyImage, mosaic: Mosaic): ResolvedVoi | null {
    const overview = this.services.cache.values(fullTileUrl(image, coarsestTile(image)));
    // The range of the whole image, not of the part in view, so that panning does not change the greys.
    const tiles = overview ? [overview] : mosaic.tiles;
    const lowest = Math.min(...tiles.map((tile) => tile.lowest));
    const highest = Math.max(...tiles.map((tile) => tile.highest));
    const defaultWindow = tiles.find((tile) => tile.defaultWindow)?.defaultWindow ?? null;
    return resolveVoi(image, this.voiChoice, {
      defaultWindow,
      range: lowest <= highest ? [lowest, highest] : [0, 0],
    });
  }

  private greys(image: StudyImage, voi: ResolvedVoi): Uint32Array | null {
    if (voi.kind === "table") return this.services.tables.forTable(voi.url, this.inverted);
    if (image.packing === null) return null;
    return this.services.tables.forWindow(image.packing, voi.window, image.inverse !== this.inverted);
  }

  private failureOf(image: StudyImage, index: number): RequestError | null {
    const { queue } = this.services;
    const overview = queue.failure(fullTileUrl(image, coarsestTile(image)));
    if (overview) return overview;
    for (const url of this.loader.plan(index)?.urls ?? []) {
      const failure = queue.failure(url);
      if (failure) return failure;
    }
    return null;
  }

  private paintAnnotations(image: StudyImage, matrix: ImageToScreen, pixels: Pixels): void {
    if (pixels.quality === "none") return;
    const { annotations } = this.services;
    const described = annotations.forImage(imageKey(image)).map((annotation) => ({
      annotation,
      text: describeAnnotation(annotation, image, (point) => this.valueAt(image, point)),
      selected: annotation.id === annotations.selectedId,
    }));
    drawAnnotations(this.context, described, matrix, this.ratio);
  }

  /** The modality value at an image point, from full-resolution tiles only: an average is no probe. */
  private valueAt(image: StudyImage, point: { readonly x: number; readonly y: number }): number | null {
    if (image.packing === null) return null;
    const x = Math.floor(point.x);
    const y = Math.floor(point.y);
    if (x < 0 || y < 0 || x >= image.columns || y >= image.rows) return null;
    const tile = { level: 0, column: x >> 9, row: y >> 9 };
    const values = this.services.cache.values(fullTileUrl(image, tile));
    if (!values) return null;
    const place = (y & 511) * values.width + (x & 511);
    if (values.padding?.[place]) return null;
    const packed = values.values[place];
    return packed === undefined ? null : packed * image.packing.scale + image.packing.offset;
  }

  private finish(painted: Painted | null): void {
    this.last = painted;
    writePaintedData(this.root, painted);
    this.paintedChanged.emit(painted);
  }
}
