import { Autosave } from "../annotations/autosave";
import { LiveValues } from "../annotations/liveValues";
import { ServerCheck } from "../annotations/serverCheck";
import { AnnotationStore } from "../annotations/store";
import {
  fetchAnnotations,
  fetchStatistics,
  markKeyImage,
  removeAnnotation,
  saveAnnotation,
} from "../api/annotations";
import { loginUrl, RequestError, request } from "../api/client";
import { ShapeError } from "../api/fields";
import { parseManifest } from "../api/manifest";
import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import type { StudyManifest } from "../dicom/types";
import { Hanger } from "../hanging/hanger";
import { TileDecoder } from "../render/decoder";
import { GreyTables } from "../render/greyTables";
import { MarksStore } from "../render/marks";
import { Painters } from "../render/painters";
import { RegionStore } from "../render/regionStore";
import { defaultBudgetBytes, TileCache } from "../render/tileCache";
import { tileLoader } from "../render/tileLoader";
import { TileQueue } from "../render/tileQueue";
import { panTool, zoomTool } from "../tools/camera";
import { crosshairSession } from "../tools/crosshair";
import { locateTool } from "../tools/locate";
import { magnifierTool } from "../tools/magnifier";
import { attachPointerInput } from "../tools/pointerInput";
import { regionWindowTool } from "../tools/regionWindow";
import { scrollTool } from "../tools/scroll";
import { windowLevelTool } from "../tools/windowLevel";
import { Cine } from "../viewport/cine";
import type { ViewportServices } from "../viewport/compositor";
import { FusionOffers } from "../viewport/fusionOffers";
import { ViewportGrid } from "../viewport/layout";
import { OpenStudies } from "../viewport/openStudies";
import { pictureShown } from "../viewport/pictureShown";
import { PresentationStore } from "../viewport/presentationStore";
import { ShownImages } from "../viewport/shownImages";
import { Synchronizer } from "../viewport/synchronizer";
import type { Viewport } from "../viewport/viewport";
import { drawingTools, finishAnnotation, openAnnotation } from "./annotating";
import { attachAnnotationPanel } from "./annotationPanel";
import { attachArrivals, loadPresentations } from "./arrivals";
import { attachAutoCine } from "./autoCine";
import { fetchStudy, showBeside, withImages } from "./beside";
import { buildCineBar } from "./cineBar";
import { attachPalette } from "./commandPalette";
import { viewerCommands } from "./commands";
import { attachReadingDesk, deskCommands } from "./desk/readingDesk";
import { attachDividers } from "./dividers";
import { attachDocument } from "./documents/documentCell";
import { element, required, setText } from "./dom";
import { attachGoToImage } from "./goToImage";
import { attachHeldMagnifier } from "./heldMagnifier";
import { attachKeyboard } from "./keyboard";
import { attachKeysDialog } from "./keysDialog";
import { attachLeaving } from "./leaving";
import { attachLinkBadge } from "./linkMenu";
import { showMessage } from "./message";
import { attachNavigator } from "./navigator";
import { openingOf } from "./opening";
import { attachOverlay } from "./overlay";
import { attachPatientBanner } from "./patientBanner";
import { attachPriors } from "./priors";
import { preferencesOfPage, ReaderPreferences } from "./readerPreferences";
import { attachReadingList, readingListCommands } from "./readingListNav";
import { attachSaving } from "./saveState";
import { attachPrinting } from "./saving/printSheet";
import { attachPairing, fillSecondWindow } from "./secondWindow";
import { attachSeriesDrop, buildSeriesStrip } from "./seriesStrip";
import { attachStackSlider } from "./stackSlider";
import { buildToolbar } from "./toolbar";
import { attachMonitorDialog, attachTrueSize } from "./trueSize";
import { ViewerContext } from "./viewerContext";
import { attachWindowPresets } from "./windowPresets";

/** Of the memory that pictures may take, what the graphics card holds a second time. */
const TEXTURES_SHARE = 0.25;

/** Load the study of the page and build the viewer, or say why that is not possible. */
export async function openViewer(page: HTMLElement): Promise<Disposer> {
  const notice = required<HTMLElement>("[data-part=notice]", page);
  const bag = new DisposerBag();
  // The workers start while the manifest is on its way; the first picture would wait for them.
  const services = startServices(bag);
  try {
    const response = await request(page.dataset.manifestUrl ?? "", {
      headers: { Accept: "application/json" },
    });
    const manifest = parseManifest(await response.json());
    if (!hasSomethingToShow(manifest)) {
      showNotice(notice, t("This study has nothing to show"), othersText(manifest));
    } else {
      notice.hidden = true;
      buildViewer(page, manifest, services, bag);
    }
  } catch (error) {
    showFailure(notice, error);
  }
  return () => bag.dispose();
}

function buildViewer(
  page: HTMLElement,
  manifest: StudyManifest,
  services: ViewportServices,
  bag: DisposerBag,
): void {
  const gridRoot = required<HTMLElement>("[data-part=grid]", page);
  const grid = new ViewportGrid(gridRoot, services, makeViewportRoot);
  const known = [...viewerCommands(), ...readingListCommands(page), ...deskCommands(page)];
  const preferences = new ReaderPreferences(known, preferencesOfPage(), (problem) =>
    showMessage(page, problem),
  );
  const context = makeContext(page, withImages(manifest), grid, services, preferences);
  const { commands } = preferences.keys;
  bag.add(grid.attach((viewport) => attachControls(viewport, context, services, preferences, bag)));
  bag.add(attachPairing(context));
  // What follows is built while the first pictures are on their way.
  fillViewports(context);
  bag.add(followMouse(preferences, context));
  bag.add(buildToolbar(required("[data-part=toolbar]", page), commands, context));
  bag.add(buildSeriesStrip(required("[data-part=strip]", page), context));
  bag.add(buildCineBar(required("[data-part=cine]", page), context.cine));
  bag.add(attachKeysDialog(page, preferences, services.painters));
  bag.add(attachWindowPresets(page, context));
  bag.add(attachHeldMagnifier(page, context));
  bag.add(attachMonitorDialog(page, context));
  bag.add(attachLeaving(page, context));
  bag.add(attachGoToImage(page, context));
  bag.add(attachPalette(page, commands, context));
  bag.add(attachPrinting(page));
  bag.add(attachKeyboard(preferences.keys, context));
  bag.add(attachDividers(grid));
  bag.add(attachPriors(required("[data-part=priors]", page), context));
  bag.add(attachPatientBanner(required("[data-part=banner]", page), context));
  bag.add(attachReadingList(required("[data-part=reading-list]", page), page, context));
  bag.add(attachReadingDesk(page, context));
  bag.add(attachAnnotationPanel(required(".viewer__body", page), context));
  bag.add(attachSaving(page, context));
  attachSheet(page, bag);
  showProgress(page, context, bag);
  context.setTool(context.tool.name);
  void loadPresentations(context);
  bag.add(attachArrivals(context));
}

/** The left button starts, and after Escape goes on, with what the reader chose for it; a finger scrolls. */
function followMouse(preferences: ReaderPreferences, context: ViewerContext): Disposer {
  const isTouch = window.matchMedia("(pointer: coarse)").matches;
  const follow = () => {
    const wanted = isTouch ? "scroll" : preferences.mouse.left;
    if (wanted === context.restingTool) return;
    context.restingTool = wanted;
    context.setTool(wanted);
  };
  follow();
  return preferences.changed.subscribe(() => {
    follow();
    context.changed.emit();
  });
}

/** What a viewport has of its own, whenever it is made. */
function attachControls(
  viewport: Viewport,
  context: ViewerContext,
  services: ViewportServices,
  preferences: ReaderPreferences,
  bag: DisposerBag,
): void {
  const { grid } = context;
  bag.add(attachOverlay(viewport, () => retryFailed(context)));
  bag.add(attachDocument(viewport, context));
  bag.add(attachStackSlider(viewport, context.lookedAt));
  bag.add(attachNavigator(viewport));
  bag.add(
    viewport.paintedChanged.subscribe((painted) => {
      const isWhole = painted?.quality === "full" && painted.awaitedIndex === null;
      if (!painted || !isWhole) return;
      context.lookedAt.add(painted.image);
      void services.painters.measure();
    }),
  );
  bag.add(attachTrueSize(viewport, context));
  bag.add(attachAutoCine(viewport, context));
  bag.add(attachSeriesDrop(viewport, context));
  bag.add(attachLinkBadge(viewport, context));
  bag.add(listen(viewport.root, "focus", () => grid.activate(viewport)));
  bag.add(
    attachPointerInput(viewport, {
      annotations: services.annotations,
      tool: () => context.tool,
      mouse: () => preferences.mouse,
      toolNamed: (name) => context.tools[name],
      grab: (target, point, reach) => crosshairSession(context.planeSet, target, point, reach),
      activate: (target) => grid.activate(target),
      oneUp: (target) => {
        grid.activate(target);
        grid.toggleOneUp();
      },
      openAnnotation: (target, id) => void openAnnotation(context, target, id),
    }),
  );
}

function startServices(bag: DisposerBag): ViewportServices {
  const memory = (navigator as { deviceMemory?: number }).deviceMemory;
  const budgetBytes = defaultBudgetBytes(memory);
  const painters = new Painters(budgetBytes * TEXTURES_SHARE);
  const textureBytes = painters.inUse.kind === "gpu" ? budgetBytes * TEXTURES_SHARE : 0;
  const cache = new TileCache(budgetBytes - textureBytes);
  const decoder = new TileDecoder(Math.min(4, Math.max(1, Math.floor(navigator.hardwareConcurrency / 2))));
  bag.add(() => decoder.dispose());
  const queue = new TileQueue(tileLoader(cache, decoder), (url) => cache.has(url));
  return {
    cache,
    queue,
    tables: new GreyTables(),
    annotations: new AnnotationStore(),
    values: new LiveValues(cache, queue),
    marks: new MarksStore(),
    regions: new RegionStore(),
    presentations: new PresentationStore(),
    shown: new ShownImages(),
    painters,
  };
}

function makeContext(
  page: HTMLElement,
  manifest: StudyManifest,
  grid: ViewportGrid,
  services: ViewportServices,
  preferences: ReaderPreferences,
): ViewerContext {
  const { annotations, values, tables, queue, presentations, shown } = services;
  const sync = new Synchronizer(grid);
  const studies = new OpenStudies(manifest, fetchStudy);
  const saving = new Autosave(annotations, {
    fetch: fetchAnnotations,
    save: saveAnnotation,
    remove: removeAnnotation,
    mark: markKeyImage,
  });
  const serverCheck = new ServerCheck(annotations, fetchStatistics);
  const tools = {
    window: windowLevelTool(tables),
    scroll: scrollTool,
    pan: panTool,
    zoom: zoomTool,
    ...drawingTools({
      store: annotations,
      finished: (annotation, viewport, keepsTool) =>
        void finishAnnotation(context, annotation, viewport, keepsTool),
    }),
    region: regionWindowTool,
    magnifier: magnifierTool(services),
    locate: locateTool((viewport, point) => {
      const frameOfReferenceUid = viewport.image?.frameOfReferenceUid ?? "";
      shown.setLocatedPoint({ frameOfReferenceUid, point });
      sync.showPoint(frameOfReferenceUid, point, viewport);
    }),
  };
  const cine = new Cine();
  const fusionOffers = new FusionOffers(() => pictureShown(grid.active));
  const host = { grid, studies, sync, cine, fusionOffers };
  const hanger = new Hanger(host, manifest.hanging, (problem) => showMessage(page, problem));
  const context: ViewerContext = new ViewerContext(
    manifest,
    grid,
    cine,
    annotations,
    values,
    saving,
    serverCheck,
    queue,
    tables,
    presentations,
    shown,
    tools,
    sync,
    studies,
    fusionOffers,
    hanger,
    page,
    preferences,
  );
  return context;
}

function makeViewportRoot(index: number): HTMLElement {
  return element("section", {
    class: "viewport",
    "data-viewport": index,
    tabindex: 0,
    "aria-label": t("Picture {number}", { number: index + 1 }),
  });
}

/** Hang the study by the protocol that fits best; on a phone, or where the address asks for a series, without one. */
function fillViewports(context: ViewerContext): void {
  const { grid, manifest, hanger, pairing } = context;
  if (pairing?.isSecond) {
    fillSecondWindow(context);
    return;
  }
  const asked = new URLSearchParams(location.search).get("series");
  const isWide = window.matchMedia("(min-width: 48rem)").matches;
  const [protocol] = hanger.protocols;
  const beside = new URLSearchParams(location.search).get("beside");
  if (protocol && isWide && !asked && !beside) {
    void hanger.hang(protocol).then(() => context.changed.emit());
    return;
  }
  const { layout, pictures } = openingOf(manifest, asked, isWide);
  pictures.forEach(({ series, imageIndex }, index) => {
    grid.viewports[index]?.setStack(context.studies.stack(series.seriesInstanceUid), imageIndex);
  });
  grid.setLayout(layout);
  if (pictures.length === 0) showFirstDocument(context);
  context.changed.emit();
  if (beside) void showBeside(context, beside);
}

/** A study without images opens with what it holds instead. */
function showFirstDocument(context: ViewerContext): void {
  const { study, other } = context.manifest;
  const document = other.find(({ kind }) => kind !== "");
  if (document) context.showDocument({ study, document }, context.grid.viewports[0]);
}

function retryFailed(context: ViewerContext): void {
  context.queue.forgetFailures();
  for (const viewport of context.grid.visible) viewport.update();
}

/** On a phone the list of series is a sheet from below. */
function attachSheet(page: HTMLElement, bag: DisposerBag): void {
  const button = required<HTMLButtonElement>("[data-action=toggle-sheet]", page);
  bag.add(
    listen(button, "click", () => {
      const isOpen = page.classList.toggle("viewer--sheet");
      button.setAttribute("aria-expanded", String(isOpen));
    }),
  );
}

/** The count that the page promises on its root element, and the same for the reader. */
function showProgress(page: HTMLElement, context: ViewerContext, bag: DisposerBag): void {
  const label = required<HTMLElement>("[data-part=progress]", page);
  const refresh = () => {
    const { active } = context.grid;
    const count = active.stack?.series.images.length ?? 0;
    document.documentElement.dataset.stackLoaded = String(active.loader.readyCount);
    setText(
      label,
      count > 1 ? t("{ready} of {count} loaded", { ready: active.loader.readyCount, count }) : "",
    );
  };
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.grid.attach((viewport) => bag.add(viewport.loader.progressed.subscribe(refresh))));
  bag.add(
    context.queue.failed.subscribe(({ error }) => {
      if (error.kind === "session") showSessionBar(page);
    }),
  );
  refresh();
}

function showSessionBar(page: HTMLElement): void {
  const notice = required<HTMLElement>("[data-part=session]", page);
  notice.replaceChildren(
    t("Your session has ended. What is on the screen stays; nothing more will load. "),
    element("a", { href: loginUrl() }, t("Log in again")),
  );
  notice.hidden = false;
}

function hasSomethingToShow({ series, other }: StudyManifest): boolean {
  return series.some(({ images }) => images.length > 0) || other.some(({ kind }) => kind !== "");
}

function othersText(manifest: StudyManifest): string {
  const names = manifest.other.map((other) => [other.modality, other.description].filter(Boolean).join(" "));
  return names.length > 0
    ? t("It holds: {names}.", { names: names.join(", ") })
    : t("It may still be arriving.");
}

function showFailure(notice: HTMLElement, error: unknown): void {
  if (error instanceof RequestError && error.kind === "session") {
    showNotice(notice, t("Your session has ended"), t("Log in again to open this study."));
    notice.append(element("a", { class: "button button--primary", href: loginUrl() }, t("Log in")));
    return;
  }
  const isKnown = error instanceof RequestError || error instanceof ShapeError;
  const detail = isKnown ? error.message : t("The viewer met an unexpected error.");
  showNotice(notice, t("This study cannot be opened"), detail);
  const again = element("button", { type: "button", class: "button" }, t("Try again"));
  again.addEventListener("click", () => location.reload());
  notice.append(again);
  if (!isKnown) console.error(error);
}

function showNotice(notice: HTMLElement, title: string, text: string): void {
  notice.replaceChildren(
    element("h1", {}, title),
    element("p", {}, text),
    element("a", { class: "button", href: "/worklist/" }, t("Back to the worklist")),
  );
  notice.hidden = false;
}
