import { RequestError, request } from "../api/client";
import { groupOf, parseVolume, type Slab, slabLabel, type Volume, volumeUrl } from "../api/volume";
import { type DisposerBag, listen } from "../core/disposable";
import type { Series } from "../dicom/types";
import { FILE_DEFAULT } from "../viewport/voi";
import type { Command } from "./command";
import { element, icon } from "./dom";
import { placeBelow } from "./menus";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

const SLABS: readonly Slab[] = [
  { thicknessMm: 5, projection: "max" },
  { thicknessMm: 10, projection: "max" },
  { thicknessMm: 20, projection: "max" },
  { thicknessMm: 5, projection: "min" },
  { thicknessMm: 10, projection: "min" },
  { thicknessMm: 5, projection: "mean" },
  { thicknessMm: 10, projection: "mean" },
];

/** What the planes of each series can be made of, as far as it was asked for. */
const groupsOf = new Map<string, readonly string[]>();

/** Three planes through the series of the active viewport, and back to its images. */
export function planesCommand(): Command {
  return {
    id: "planes",
    label: "Axial, coronal and sagittal planes, and back",
    group: "layout",
    keys: ["Shift+5"],
    icon: "planes",
    run: (context) => void (isReformatted(context) ? leavePlanes(context) : showPlanes(context)),
    isOn: isReformatted,
  };
}

function isReformatted({ grid }: ViewerContext): boolean {
  return Boolean(grid.active.image?.plane);
}

async function showPlanes(context: ViewerContext): Promise<void> {
  const { grid } = context;
  const source = grid.active;
  const { stack, imageIndex, fusion } = source;
  const choice = source.choice.kind === "presentation" ? FILE_DEFAULT : source.choice;
  if (stack === null) return;
  const volume = await fetchVolume(context, stack.series, null);
  if (volume === null || source.stack !== stack) return;
  context.cine.stop();
  grid.setLayout("2x2");
  volume.planes.forEach((plane, place) => {
    const viewport = grid.viewports[place];
    viewport?.setStack(
      { study: stack.study, series: { ...stack.series, images: plane.images } },
      plane.firstIndex,
    );
    viewport?.setChoice(choice);
    viewport?.setFusion(fusion);
  });
  const original = grid.viewports[3];
  original?.setStack(stack, imageIndex);
  original?.setChoice(choice);
  original?.setFusion(fusion);
  const first = grid.viewports[0];
  if (first) grid.activate(first);
  if (volume.findings.length > 0) showMessage(context.page, volume.findings.join(" "));
  context.changed.emit();
}

function leavePlanes(context: ViewerContext): void {
  const { grid, studies } = context;
  const index = context.seriesIndexOf();
  grid.setLayout("1x1");
  const [first, ...others] = grid.viewports;
  if (first) grid.activate(first);
  for (const viewport of others) viewport.setStack(null);
  context.showSeries(Math.max(0, Math.min(index, studies.stacks.length - 1)));
}

/** How thick the planes of the active viewport are; shown where there are planes. */
export function slabMenu(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const panel = element("div", { class: "menu__panel menu__panel--presets" });
  const summary = element(
    "summary",
    { class: "tool", title: "Thickness of the planes", "aria-label": "Thickness of the planes" },
    icon("slab"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, "Slab"),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  const refresh = () => {
    menu.hidden = !isReformatted(context);
  };
  bag.add(
    listen(menu, "toggle", () => {
      if (!menu.open) return;
      const item = (label: string, slab: Slab | null) => {
        const button = element("button", { type: "button", class: "menu__item" }, label);
        button.addEventListener("click", () => {
          menu.removeAttribute("open");
          void showSlab(context, slab);
        });
        return button;
      };
      const entries = groupEntries(context, () => menu.removeAttribute("open"));
      panel.replaceChildren(
        item("Thin", null),
        ...SLABS.map((slab) => item(slabLabel(slab), slab)),
        ...(entries.length > 0 ? [element("p", { class: "menu__heading" }, "Images"), ...entries] : []),
      );
      placeBelow(panel, summary);
    }),
  );
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.changed.subscribe(refresh));
  refresh();
  return menu;
}

/** What the planes can be made of, where several images lie at each position. */
function groupEntries(context: ViewerContext, close: () => void): HTMLElement[] {
  const { stack, image } = context.grid.active;
  const labels = stack ? (groupsOf.get(stack.series.seriesInstanceUid) ?? []) : [];
  return labels.map((label, group) => {
    const isOn = image !== null && groupOf(image) === group;
    const button = element(
      "button",
      { type: "button", class: "menu__item", "aria-pressed": String(isOn) },
      label,
    );
    button.addEventListener("click", () => {
      close();
      if (stack) void showGroup(context, stack.series, group);
    });
    return button;
  });
}

/** All planes of a series, thin, of other images at the same positions. */
async function showGroup(context: ViewerContext, series: Series, group: number): Promise<void> {
  const volume = await fetchVolume(context, series, null, group);
  if (volume === null) return;
  for (const viewport of context.grid.viewports) {
    const { stack, image } = viewport;
    if (stack?.series.seriesInstanceUid !== series.seriesInstanceUid || !image?.plane) continue;
    const planes = volume.planes.find(({ images }) => images[0]?.sopInstanceUid === image.sopInstanceUid);
    if (planes) viewport.replaceImages(planes.images);
  }
  context.changed.emit();
}

/** The same plane of the active viewport, thicker or thinner; place, view and window stay. */
async function showSlab(context: ViewerContext, slab: Slab | null): Promise<void> {
  const viewport = context.grid.active;
  const { stack, image } = viewport;
  if (stack === null || !image) return;
  const volume = await fetchVolume(context, stack.series, slab, groupOf(image));
  const planes = volume?.planes.find(({ images }) => images[0]?.sopInstanceUid === image.sopInstanceUid);
  if (!planes || viewport.stack !== stack) return;
  viewport.replaceImages(planes.images);
  context.changed.emit();
}

async function fetchVolume(
  context: ViewerContext,
  series: Series,
  slab: Slab | null,
  group = 0,
): Promise<Extract<Volume, { kind: "planes" }> | null> {
  try {
    const response = await request(volumeUrl(series.seriesInstanceUid, group));
    const volume = parseVolume(await response.json(), series, slab);
    if (volume.kind === "planes") {
      groupsOf.set(series.seriesInstanceUid, volume.groups);
      return volume;
    }
    showMessage(context.page, volume.problem);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showMessage(context.page, error.message);
  }
  return null;
}
