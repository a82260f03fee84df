import type { Autosave } from "../annotations/autosave";
import { KINDS } from "../annotations/kinds/table";
import type { LiveValues } from "../annotations/liveValues";
import type { ServerCheck } from "../annotations/serverCheck";
import type { AnnotationStore } from "../annotations/store";
import { Emitter } from "../core/emitter";
import type { StudyDocument } from "../dicom/documents";
import type { StudyManifest } from "../dicom/types";
import type { Hanger } from "../hanging/hanger";
import type { GreyTables } from "../render/greyTables";
import type { TileQueue } from "../render/tileQueue";
import type { Tool, ToolName } from "../tools/tool";
import type { Cine } from "../viewport/cine";
import type { FusionOffers } from "../viewport/fusionOffers";
import type { ViewportGrid } from "../viewport/layout";
import { LookedAt } from "../viewport/lookedAt";
import type { OpenStudies } from "../viewport/openStudies";
import { OtherWindow } from "../viewport/otherWindow";
import { PaletteStore } from "../viewport/paletteStore";
import type { PlaneSet } from "../viewport/planeSet";
import type { PresentationStore } from "../viewport/presentationStore";
import type { ShownImages } from "../viewport/shownImages";
import type { Synchronizer } from "../viewport/synchronizer";
import type { Viewport } from "../viewport/viewport";
import type { Pairing } from "./pairing";
import type { ReaderPreferences } from "./readerPreferences";

/** The vertebra that a click names; forced where the reader chose it instead of following the last one. */
export interface SpineStart {
  readonly level: string;
  readonly isForced: boolean;
}

/** Everything that the viewer's controls act on. */
export class ViewerContext {
  /** A control changed something that another control shows. */
  readonly changed = new Emitter<void>();
  readonly palettes = new PaletteStore();
  /** The layout of three planes that was asked for last. */
  planeSet: PlaneSet | null = null;
  readonly lookedAt = new LookedAt();
  /** What a second window shows. */
  readonly other = new OtherWindow();
  /** Where this window belongs, while there are two; null before the page is built. */
  pairing: Pairing | null = null;
  /** What the left button does until another tool is chosen, and after Escape. */
  restingTool: ToolName = "window";
  private toolName: ToolName = "window";
  /** The tool that a measuring tool gives way to when it has done its work. */
  private formerTool: ToolName = "window";
  private spine: SpineStart = { level: "C1", isForced: true };

  constructor(
    readonly manifest: StudyManifest,
    readonly grid: ViewportGrid,
    readonly cine: Cine,
    readonly annotations: AnnotationStore,
    readonly values: LiveValues,
    readonly saving: Autosave,
    readonly serverCheck: ServerCheck,
    readonly queue: TileQueue,
    readonly tables: GreyTables,
    readonly presentations: PresentationStore,
    readonly shown: ShownImages,
    readonly tools: Readonly<Record<ToolName, Tool>>,
    readonly sync: Synchronizer,
    readonly studies: OpenStudies,
    readonly fusionOffers: FusionOffers,
    readonly hanger: Hanger,
    readonly page: HTMLElement,
    readonly preferences: ReaderPreferences,
  ) {
    grid.attach((viewport) => this.showCursor(viewport));
  }

  get tool(): Tool {
    return this.tools[this.toolName];
  }

  setTool(name: ToolName): void {
    this.tool.abandon?.();
    if (name in KINDS) this.annotations.setHidden(false);
    else this.formerTool = name;
    this.toolName = name;
    for (const viewport of this.grid.viewports) this.showCursor(viewport);
    this.changed.emit();
  }

  /** Back from a measuring tool to what the left button did before. */
  leaveDrawing(): void {
    if (this.toolName in KINDS) this.setTool(this.formerTool);
  }

  get spineStart(): SpineStart {
    return this.spine;
  }

  setSpineStart(level: string, isForced: boolean): void {
    this.spine = { level, isForced };
  }

  private showCursor(viewport: Viewport): void {
    viewport.canvas.style.cursor = this.tool.cursor;
  }

  /** Put a series into a viewport. The index counts the series of all open studies, those of the page's first. */
  showSeries(seriesIndex: number, viewport = this.grid.active): void {
    const stack = this.studies.stacks[seriesIndex];
    if (!stack) return;
    if (this.cine.viewport === viewport) this.cine.stop();
    viewport.setStack(stack);
    this.grid.activate(viewport);
    this.changed.emit();
  }

  /** Put a document into a viewport. */
  showDocument(document: StudyDocument, viewport = this.grid.active): void {
    if (this.cine.viewport === viewport) this.cine.stop();
    viewport.setDocument(document);
    this.grid.activate(viewport);
    this.changed.emit();
    viewport.root.focus({ preventScroll: true });
  }

  /** Which series a viewport shows; -1 for none. */
  seriesIndexOf(viewport = this.grid.active): number {
    // Planes through a series carry its UID and are found under it.
    const uid = viewport.stack?.series.seriesInstanceUid;
    return this.studies.stacks.findIndex(({ series }) => series.seriesInstanceUid === uid);
  }
}
