import { drawCrosshair } from "../annotations/crosshair";
import { describeAnnotation } from "../annotations/describe";
import { drawDrawings } from "../annotations/drawings";
import type { LiveValues } from "../annotations/liveValues";
import { drawLocatedPoint } from "../annotations/locatedPoint";
import { drawReferenceLines } from "../annotations/referenceLines";
import { arrangeAnnotations, type DrawnAnnotation, drawAnnotations } from "../annotations/render";
import type { AnnotationStore } from "../annotations/store";
import type { RequestError } from "../api/client";
import { contourDrawings, regionUrl } from "../api/regions";
import { renderedTileUrl } from "../api/tiles";
import { t } from "../core/i18n";
import { type Fusion, fusionText, overlayImage } from "../dicom/fusion";
import type { Palette } from "../dicom/palettes";
import {
  drawingsUnder,
  type FrameLook,
  keyTitle,
  lookOf,
  type PresentationState,
} from "../dicom/presentation";
import { liesOn, type ShownRegions } from "../dicom/regions";
import type { StudyImage } from "../dicom/types";
import {
  type Camera,
  effectiveScale,
  type ImageToScreen,
  imageToScreenMatrix,
  type ScreenSize,
} from "../geometry/camera";
import { type CrosshairView, crosshairOnScreen } from "../geometry/crosshairLines";
import type { GreyTables } from "../render/greyTables";
import { type ColourLayer, ImagePainter } from "../render/imagePainter";
import type { MarksStore } from "../render/marks";
import type { Mosaic } from "../render/mosaic";
import type { Painters } from "../render/painters";
import type { RegionStore } from "../render/regionStore";
import type { TileCache } from "../render/tileCache";
import { coarsestTile, frameShape, fullTileUrl, type TilePlan } from "../render/tilePlan";
import type { TileQueue } from "../render/tileQueue";
import { drawColourScale } from "./colourScale";
import type { Painted, Quality } from "./painted";
import type { PresentationStore } from "./presentationStore";
import type { ShownImages } from "./shownImages";
import { imageAt, type Stack } from "./stack";
import type { StackLoader } from "./stackLoader";
import { FILE_DEFAULT, previewView, type ResolvedVoi, resolveVoi, type VoiChoice } from "./voi";

/** What all viewports of a page share. */
export interface ViewportServices {
  readonly cache: TileCache;
  readonly queue: TileQueue;
  readonly tables: GreyTables;
  readonly annotations: AnnotationStore;
  readonly values: LiveValues;
  readonly marks: MarksStore;
  readonly regions: RegionStore;
  readonly presentations: PresentationStore;
  readonly shown: ShownImages;
  readonly painters: Painters;
}

/** How the reader wants to see the stack. */
export interface Look {
  readonly camera: Camera;
  readonly choice: VoiChoice;
  readonly invert: boolean;
  readonly palette: Palette | null;
  readonly presentation: PresentationState | null;
  /** Whether overlays and shutters are shown. */
  readonly showMarks: boolean;
  readonly regions: ShownRegions;
  readonly fusion: Fusion | null;
  /** What the other viewports show. */
  readonly others: readonly StudyImage[];
  /** The planes that cut this one in a layout of planes; null elsewhere. */
  readonly crosshair: CrosshairView | null;
  readonly screen: ScreenSize;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

type Pixels = {
  readonly quality: Quality;
  readonly voi: ResolvedVoi | null;
  readonly mosaic: Mosaic | null;
  readonly fusionNote: string;
  readonly isFusionAwaited: boolean;
};

/** The tiles of an image and of what is laid over it. */
export interface Plans {
  readonly own: TilePlan | null;
  readonly overlay: TilePlan | null;
}

type Overlay = { readonly note: string; readonly layer: ColourLayer | null; readonly isAwaited?: boolean };

/** What is not there of some regions, or "", and whether it is still on the way. */
type RegionsPainted = { readonly note: string; readonly isAwaited: boolean };

const REGIONS_PAINTED: RegionsPainted = { note: "", isAwaited: false };

type MarksSource = { readonly url: string | null; readonly shutterGrey: number };

const NO_PIXELS: Pixels = {
  quality: "none",
  voi: null,
  mosaic: null,
  fusionNote: "",
  isFusionAwaited: false,
};

/** Puts pixels and measurements of one image onto a canvas and answers with what it painted. */
export class Compositor {
  private readonly painter: ImagePainter;

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly services: ViewportServices,
    private readonly loader: StackLoader,
  ) {
    this.painter = new ImagePainter(context, services.cache, services.painters.inUse);
  }

  clear(screen: ScreenSize): void {
    this.painter.clear(screen);
  }

  /** `plans` are those of the loader unless the image is no longer among what it loads. */
  paint(stack: Stack, index: number, look: Look, plans = this.plansOf(index)): Painted {
    const image = imageAt(stack, index);
    if (image === null) throw new RangeError(`no image ${index} in the stack`);
    const frame = frameShape(image);
    const matrix = imageToScreenMatrix(look.camera, frame, look.screen);
    const failure = this.failureOf(image, plans.own);
    const presented = look.presentation ? lookOf(look.presentation, image) : null;
    // Under a presentation state its own polarity counts, whatever window the reader goes on to (PS3.4 N.2.1).
    const inverse = presented?.look.isInverse ?? image.inverse;
    const pixels = failure ? NO_PIXELS : this.paintImage(image, plans, matrix, look, inverse);
    let regions = REGIONS_PAINTED;
    let areMarksAwaited = false;
    if (pixels.quality !== "none") {
      if (look.showMarks) areMarksAwaited = !this.paintMarks(marksOf(image, presented), matrix);
      regions = this.paintRegions(image, look, matrix);
      drawDrawings(
        this.context,
        drawingsUnder(look.presentation, presented, this.hasOwnMarks(image)),
        matrix,
        look.ratio,
      );
      drawReferenceLines(this.context, image, look.others, matrix, look.ratio);
      if (look.crosshair) {
        drawCrosshair(
          this.context,
          crosshairOnScreen(image, look.crosshair, matrix, look.screen),
          look.ratio,
        );
      }
      drawLocatedPoint(this.context, image, this.services.shown.locatedPoint, matrix, look.ratio);
    }
    const palette = pixels.voi ? look.palette : null;
    if (palette) {
      drawColourScale(
        this.context,
        palette,
        { image, voi: pixels.voi, isTurned: inverse !== look.invert },
        look,
      );
    }
    const measurements = this.paintAnnotations(image, matrix, pixels, look);
    return {
      stack,
      image,
      imageIndex: index,
      invert: look.invert,
      palette,
      camera: look.camera,
      matrix,
      scale: effectiveScale(look.camera, frame, look.screen),
      screen: look.screen,
      awaitedIndex: pixels.quality === "none" && !failure ? index : null,
      failure,
      measurements,
      presentation: presented ? look.presentation : null,
      keyTitle: this.keyTitle(stack, image),
      hidesAnnotations: this.services.annotations.isHidden,
      regionNote: regions.note,
      isComplete:
        pixels.quality === "full" && !pixels.isFusionAwaited && !regions.isAwaited && !areMarksAwaited,
      isIncomplete: this.services.cache.isIncomplete(plans.own?.urls ?? []),
      hidesMarks: !look.showMarks && marksOf(image, presented).url !== null,
      ...pixels,
    };
  }

  private plansOf(index: number): Plans {
    return { own: this.loader.plan(index), overlay: this.loader.overlayPlan(index) };
  }

  private paintImage(
    image: StudyImage,
    plans: Plans,
    matrix: ImageToScreen,
    look: Look,
    inverse: boolean,
  ): Pixels {
    const plan = plans.own;
    if (plan === null) return NO_PIXELS;
    if (image.kind === "colour") {
      return { ...NO_PIXELS, quality: this.painter.paintPictures(image, plan, matrix) };
    }
    const mosaic = this.painter.valuesFor(image, plan);
    const voi = mosaic ? this.resolve(image, mosaic, look.choice) : null;
    const greys = voi ? this.greys(image, voi, inverse, look) : null;
    if (!mosaic || !voi || !greys) return this.paintPreview(image, matrix, look);
    const overlay = look.fusion ? this.overlay(image, plans.overlay, look.fusion) : null;
    this.painter.paintValues(mosaic, matrix, greys, look.screen, overlay?.layer);
    const isComplete = mosaic.complete && overlay?.layer?.mosaic.complete !== false;
    return {
      quality: isComplete ? "full" : "preview",
      voi,
      mosaic,
      fusionNote: overlay?.note ?? "",
      isFusionAwaited: overlay?.isAwaited ?? false,
    };
  }

  /** What is laid over an image, or why it is not there. */
  private overlay(image: StudyImage, plan: TilePlan | null, fusion: Fusion): Overlay {
    const over = overlayImage(image, fusion.partner);
    const name = fusion.partner.modality;
    if (over === null || plan === null)
      return { note: t("No {modality}: another frame of reference", { modality: name }), layer: null };
    const failure = plan.urls.map((url) => this.services.queue.failure(url)).find((found) => found !== null);
    if (failure)
      return { note: t("No {modality}: {reason}", { modality: name, reason: failure.message }), layer: null };
    const mosaic = this.painter.valuesFor(over, plan, "overlay");
    const window =
      fusion.window ??
      fusion.partner.defaultWindow ??
      mosaic?.tiles.find((tile) => tile.defaultWindow)?.defaultWindow ??
      null;
    if (mosaic === null || window === null)
      return { note: t("Loading {modality}", { modality: name }), layer: null, isAwaited: true };
    const { tables } = this.services;
    const colours = tables.colours(fusion.partner.packing, window);
    const blends = tables.blends(fusion.palette, fusion.opacityPercent);
    return { note: fusionText(fusion, window), layer: { mosaic, colours, blends } };
  }

  /** Overlays and shutter, over the pixels and under everything that is drawn. Returns whether nothing is awaited. */
  private paintMarks({ url, shutterGrey }: MarksSource, matrix: ImageToScreen): boolean {
    if (url === null) return true;
    const marks = this.services.marks.forUrl(url, shutterGrey);
    if (marks) this.painter.paintOver(marks, matrix);
    return !this.services.marks.isAwaited(url);
  }

  /** Segmentations and contours. Returns what is not there of them, so that nobody takes it for nothing. */
  private paintRegions(image: StudyImage, look: Look, matrix: ImageToScreen): RegionsPainted {
    const { presentations, regions } = this.services;
    const thickness = outlineThickness(matrix, look.ratio);
    const notes: (string | null)[] = [];
    for (const region of presentations.current.regions) {
      const hidden = look.regions.get(region.sopInstanceUid);
      if (!hidden || !liesOn(region, image)) continue;
      const url = regionUrl(region, image, hidden);
      if (region.kind === "SEG") {
        const colours = region.parts.map(({ colour }, place) => (hidden.has(place) ? null : colour));
        const picture = regions.picture(url, colours, thickness);
        if (picture === null || typeof picture === "string") notes.push(picture);
        else this.painter.paintOver({ picture }, matrix);
      } else {
        const contours = regions.contours(url);
        if (contours === null || typeof contours === "string") notes.push(contours);
        else drawDrawings(this.context, contourDrawings(region, contours, hidden), matrix, look.ratio);
      }
    }
    const failure = notes.find((note) => note !== null);
    const isAwaited = notes.some((note) => note === null);
    if (failure) return { note: t("Region not shown: {reason}", { reason: failure }), isAwaited };
    return isAwaited ? { note: t("Loading region"), isAwaited } : REGIONS_PAINTED;
  }

  /** The server's 8-bit rendering, until the values are here. It states its own window, not the one to come. */
  private paintPreview(image: StudyImage, matrix: ImageToScreen, look: Look): Pixels {
    const tile = coarsestTile(image);
    const asked = this.services.cache.picture(
      renderedTileUrl(image, tile, previewView(image, look.choice, look.invert, look.palette)),
    );
    if (!asked) return NO_PIXELS;
    this.painter.paintPicture(asked, tile, matrix);
    const known = { defaultWindow: asked.defaultWindow, range: null };
    const voi = resolveVoi(image, look.choice, known) ?? resolveVoi(image, FILE_DEFAULT, known);
    const fusionNote = look.fusion ? t("Loading {modality}", { modality: look.fusion.partner.modality }) : "";
    return { ...NO_PIXELS, quality: "preview", voi, fusionNote };
  }

  private resolve(image: StudyImage, mosaic: Mosaic, choice: VoiChoice): ResolvedVoi | null {
    const overview = this.services.cache.values(fullTileUrl(image, coarsestTile(image)));
    // The range of the whole image, not of the part in view, so that panning does not change the greys.
    const tiles = overview ? [overview] : mosaic.tiles;
    const lowest = Math.min(...tiles.map((tile) => tile.lowest));
    const highest = Math.max(...tiles.map((tile) => tile.highest));
    const defaultWindow = tiles.find((tile) => tile.defaultWindow)?.defaultWindow ?? null;
    return resolveVoi(image, choice, {
      defaultWindow,
      range: lowest <= highest ? [lowest, highest] : [0, 0],
    });
  }

  private greys(
    image: StudyImage,
    voi: ResolvedVoi,
    inverse: boolean,
    { invert, palette }: Look,
  ): Uint32Array | null {
    if (voi.kind === "table") return this.services.tables.forTable(voi.url, invert, palette);
    if (image.packing === null) return null;
    return this.services.tables.forWindow(image.packing, voi.window, inverse !== invert, palette);
  }

  private failureOf(image: StudyImage, plan: TilePlan | null): RequestError | null {
    const { queue } = this.services;
    const overview = queue.failure(fullTileUrl(image, coarsestTile(image)));
    if (overview) return overview;
    for (const url of plan?.urls ?? []) {
      const failure = queue.failure(url);
      if (failure) return failure;
    }
    return null;
  }

  /** Why it is a key image: what readers marked here, and what key objects say. */
  private keyTitle({ study }: Stack, image: StudyImage): string {
    const { studyInstanceUid } = study;
    const mark = this.services.annotations.keyImage({ ...image, studyInstanceUid });
    const others = keyTitle(this.services.presentations.current, image);
    if (mark === null) return others;
    return [mark.author ? t("marked by {author}", { author: mark.author }) : t("marked"), others]
      .filter(Boolean)
      .join(", ");
  }

  private hasOwnMarks(image: StudyImage): boolean {
    const { annotations } = this.services;
    return !annotations.isHidden && annotations.forImage(image).length > 0;
  }

  private paintAnnotations(
    image: StudyImage,
    matrix: ImageToScreen,
    pixels: Pixels,
    { ratio, fusion }: Look,
  ): readonly DrawnAnnotation[] {
    const { annotations, values } = this.services;
    if (pixels.quality === "none" || annotations.isHidden) return [];
    const over = fusion ? overlayImage(image, fusion.partner) : null;
    const described = annotations.forImage(image).map((annotation) => ({
      annotation,
      lines: describeAnnotation(annotation, image, annotations, values, over),
      selected: annotation.id === annotations.selectedId,
      offset: annotations.textOffset(annotation.id),
    }));
    const { pixelAspect } = frameShape(image);
    const drawn = arrangeAnnotations(this.context, described, matrix, pixelAspect, ratio);
    drawAnnotations(this.context, drawn, ratio);
    return drawn;
  }
}

/** A presentation state decides alone what lies over an image (PS3.4 N.2.3). */
function marksOf(image: StudyImage, presented: FrameLook | null): MarksSource {
  if (presented) return { url: presented.marksUrl, shutterGrey: presented.look.shutterGrey };
  return { url: image.marksUrl, shutterGrey: image.shutterGrey ?? 0 };
}

/** About a pixel and a half of the screen, in pixels of the image. */
function outlineThickness(matrix: ImageToScreen, ratio: number): number {
  const scale = Math.hypot(matrix.a, matrix.b);
  return Math.min(8, Math.max(1, Math.round((1.5 * ratio) / scale)));
}
