import { RequestError } from "../api/client";
import { type ExportedAs, recordExport } from "../api/exports";
import { type DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { identityConflict } from "../dicom/identity";
import type { Viewport } from "../viewport/viewport";
import type { Command } from "./command";
import { composePicture } from "./composePicture";
import { element, icon, spokenName } from "./dom";
import { exportFilm } from "./exportFilm";
import { placeBelow } from "./menus";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

interface Export {
  readonly what: ExportedAs;
  readonly hasIdentity: boolean;
}

const EXPORTS: readonly (readonly [string, string, Export])[] = [
  ["export-image", t("Save this picture"), { what: "image", hasIdentity: true }],
  [
    "export-image-anonymous",
    t("Save this picture without the patient's name"),
    { what: "image", hasIdentity: false },
  ],
  ["export-layout", t("Save all pictures on the screen"), { what: "layout", hasIdentity: true }],
  [
    "export-layout-anonymous",
    t("Save all pictures on the screen without the patient's name"),
    { what: "layout", hasIdentity: false },
  ],
  ["print", t("Print all pictures on the screen"), { what: "print", hasIdentity: true }],
];

const FILM = t("Save this series as a film…");

/** Pictures as they are shown, as PNG or on paper, and films, for those who may download the study. */
export function exportCommands(): Command[] {
  const command = (id: string, label: string, run: (context: ViewerContext) => void): Command => ({
    id,
    label,
    group: "page",
    keys: [],
    run,
    isPossible: (context) => mayExport(context) && context.grid.active.stack !== null,
  });
  return [
    ...EXPORTS.map(([id, label, wanted]) =>
      command(id, label, (context) => void exportPicture(context, wanted)),
    ),
    command("export-film", FILM, exportFilm),
  ];
}

/** The same in the tool bar; null where the reader may take nothing away. */
export function exportMenu(context: ViewerContext, bag: DisposerBag): HTMLElement | null {
  if (!mayExport(context)) return null;
  const panel = element("div", { class: "menu__panel menu__panel--presets" });
  const summary = element(
    "summary",
    {
      class: "tool",
      title: t("Save or print pictures"),
      "aria-label": spokenName(t("Save"), t("Save or print pictures")),
    },
    icon("file"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Save")),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  for (const { label, run } of exportCommands()) {
    const button = element("button", { type: "button", class: "menu__item" }, element("span", {}, label));
    bag.add(
      listen(button, "click", () => {
        menu.removeAttribute("open");
        run(context);
      }),
    );
    panel.append(button);
  }
  panel.append(
    element(
      "p",
      { class: "menu__note" },
      t("What is burnt into the pixels, or written into a mark, stays in the picture."),
    ),
  );
  bag.add(listen(menu, "toggle", () => menu.open && placeBelow(panel, summary)));
  return menu;
}

function mayExport({ page }: ViewerContext): boolean {
  return page.dataset.mayExport === "1";
}

async function exportPicture(context: ViewerContext, { what, hasIdentity }: Export): Promise<void> {
  const { grid, page } = context;
  const viewports = what === "image" ? [grid.active] : grid.visible.filter(({ stack }) => stack !== null);
  const problem = whyNot(viewports);
  if (problem) {
    showMessage(page, problem);
    return;
  }
  const canvas = composePicture(viewports, hasIdentity);
  try {
    const studies = new Set(viewports.map(({ stack }) => stack?.study.studyInstanceUid ?? ""));
    for (const study of studies) await recordExport(study, what, hasIdentity);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showMessage(page, t("Nothing was saved: {reason}", { reason: error.message }));
    return;
  }
  canvas.toBlob((blob) => {
    if (blob === null) showMessage(page, t("This browser cannot make a file of these pictures."));
    else if (what === "print") print(blob, canvas.width > canvas.height);
    else save(blob, fileName(viewports));
  }, "image/png");
}

/** Why the pictures cannot leave as they are now, or "". */
function whyNot(viewports: readonly Viewport[]): string {
  if (viewports.length === 0) return t("There is no picture to save.");
  const patients = viewports.flatMap(({ stack }) => (stack ? [stack.study.patient] : []));
  if (identityConflict(patients)) return t("Two patients are on the screen. Save their pictures one by one.");
  const isReady = viewports.every(
    ({ painted }) => painted?.quality === "full" && painted.awaitedIndex === null,
  );
  return isReady ? "" : t("The pictures are still loading. Save them when they are complete.");
}

/** A name that says nothing about the patient. */
function fileName(viewports: readonly Viewport[]): string {
  const [viewport] = viewports;
  const series = viewport?.stack?.series;
  if (viewports.length > 1 || !viewport || !series) return `${viewports.length}-pictures.png`;
  return `${series.modality}-series-${series.seriesNumber ?? 0}-image-${viewport.imageIndex + 1}.png`;
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name }).click();
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Put the pictures on a sheet that only paper shows, across where they are wide, and let the browser print it. */
function print(blob: Blob, isWide: boolean): void {
  const url = URL.createObjectURL(blob);
  const picture = element("img", { alt: "" });
  const sheet = element(
    "div",
    { class: `print-sheet ${isWide ? "print-sheet--wide" : ""}`, "aria-hidden": "true" },
    picture,
  );
  picture.addEventListener("load", () => window.print());
  window.addEventListener(
    "afterprint",
    () => {
      sheet.remove();
      URL.revokeObjectURL(url);
    },
    { once: true },
  );
  picture.src = url;
  document.body.append(sheet);
}
