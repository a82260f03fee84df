import { type DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import type { Command } from "../command";
import { element, icon, spokenName } from "../dom";
import { placeBelow } from "../menus";
import type { ViewerContext } from "../viewerContext";
import { exportPicture, type Leaving } from "./exportPicture";
import { filmOfSeries } from "./seriesFilm";

interface Export {
  readonly id: string;
  readonly label: string;
  readonly anonymous: string;
  readonly keys: readonly string[];
  readonly leaving: Leaving;
}

const EXPORTS: readonly Export[] = [
  {
    id: "export-image",
    label: t("Save this picture"),
    anonymous: t("Save this picture without the patient's name"),
    keys: [],
    leaving: { what: "image", isPrinted: false },
  },
  {
    id: "export-layout",
    label: t("Save all pictures on the screen"),
    anonymous: t("Save all pictures on the screen without the patient's name"),
    keys: [],
    leaving: { what: "layout", isPrinted: false },
  },
  {
    id: "print-image",
    label: t("Print this picture"),
    anonymous: t("Print this picture without the patient's name"),
    keys: ["Ctrl+p"],
    leaving: { what: "image", isPrinted: true },
  },
  {
    id: "print",
    label: t("Print all pictures on the screen"),
    anonymous: t("Print all pictures on the screen without the patient's name"),
    keys: [],
    leaving: { what: "layout", isPrinted: true },
  },
];

const FILM = t("Save this series as a film…");

/** Pictures as they are shown, as PNG or on paper, and films, for those who may download the study. */
export function exportCommands(): Command[] {
  const command = (
    id: string,
    label: string,
    keys: readonly string[],
    run: (context: ViewerContext) => void,
  ): Command => ({
    id,
    label,
    group: "page",
    keys,
    run,
    isPossible: (context) => mayExport(context) && context.grid.active.stack !== null,
  });
  return [
    ...EXPORTS.flatMap(({ id, label, anonymous, keys, leaving }) => [
      command(id, label, keys, (context) => void exportPicture(context, leaving, true)),
      command(`${id}-anonymous`, anonymous, [], (context) => void exportPicture(context, leaving, false)),
    ]),
    command("export-film", FILM, [], filmOfSeries),
  ];
}

/** The same in the tool bar, the name as a switch; null where the reader may take nothing away. */
export function exportMenu(context: ViewerContext, bag: DisposerBag): HTMLElement | null {
  if (!mayExport(context)) return null;
  const panel = element("div", { class: "menu__panel menu__panel--presets menu__panel--save" });
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
  const hasIdentity = element("input", { type: "checkbox", checked: true });
  const item = (label: string, run: () => void) => {
    const button = element("button", { type: "button", class: "menu__item" }, element("span", {}, label));
    bag.add(
      listen(button, "click", () => {
        menu.removeAttribute("open");
        run();
      }),
    );
    return button;
  };
  panel.append(
    element("label", { class: "menu__check" }, hasIdentity, t("With patient and study in the picture")),
    ...EXPORTS.map(({ label, leaving }) =>
      item(label, () => void exportPicture(context, leaving, hasIdentity.checked)),
    ),
    item(FILM, () => filmOfSeries(context)),
    element(
      "p",
      { class: "menu__note" },
      t("What is burnt into the pixels, or written into a mark, stays in the picture."),
    ),
  );
  // Leaving the name out is for one occasion: the next picture has it again unless the reader says otherwise.
  bag.add(
    listen(menu, "toggle", () => {
      if (!menu.open) return;
      hasIdentity.checked = true;
      placeBelow(panel, summary);
    }),
  );
  return menu;
}

function mayExport({ page }: ViewerContext): boolean {
  return page.dataset.mayExport === "1";
}
