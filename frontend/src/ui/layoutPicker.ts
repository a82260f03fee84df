import { type DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { gridSplit, MOST_COLUMNS, MOST_ROWS, NAMED_SPLITS, type Split } from "../viewport/splits";
import { element, icon } from "./dom";
import { withKeys } from "./keyboard";
import { placeBelow } from "./menus";
import type { ViewerContext } from "./viewerContext";

/** The button that opens rows by columns to point at, and the divisions with one large picture. */
export function layoutPicker(context: ViewerContext, bag: DisposerBag): HTMLElement {
  const { grid } = context;
  const panel = element("div", { class: "menu__panel menu__panel--presets layout-picker" });
  const summary = element(
    "summary",
    { class: "tool", "aria-label": t("Layout") },
    icon("layout-2x2"),
    element("span", { class: "tool__label", "aria-hidden": "true" }, t("Layout")),
  );
  const menu = element("details", { class: "menu", "data-menu": true }, summary, panel);
  const choose = (split: Split) => {
    menu.removeAttribute("open");
    grid.setSplit(split);
    context.changed.emit();
  };
  bag.add(
    listen(menu, "toggle", () => {
      if (!menu.open) return;
      const caption = element("p", { class: "layout-picker__caption", "aria-hidden": "true" });
      panel.replaceChildren(
        gridButtons(grid.layout, caption, choose),
        caption,
        element(
          "div",
          { class: "layout-picker__splits" },
          ...NAMED_SPLITS.map((s) => splitButton(s, grid.layout, choose)),
        ),
      );
      placeBelow(panel, summary);
    }),
  );
  const { keys } = context.preferences;
  const commandIds = keys.commands.map(({ id }) => id).filter((id) => id.startsWith("layout-"));
  const refresh = () => {
    summary.title = withKeys(t("Layout"), keys, ...commandIds);
  };
  bag.add(keys.changed.subscribe(refresh));
  refresh();
  return menu;
}

/** Pointing at a square lights up all that the layout would have. */
function gridButtons(current: string, caption: HTMLElement, choose: (split: Split) => void): HTMLElement {
  const root = element("div", {
    class: "layout-picker__grid",
    role: "group",
    "aria-label": t("Rows and columns"),
  });
  const light = (rows: number, columns: number) => {
    for (const button of root.querySelectorAll("button")) {
      const isLit = Number(button.dataset.rows) <= rows && Number(button.dataset.columns) <= columns;
      button.classList.toggle("layout-picker__square--lit", isLit);
    }
    caption.textContent = rows === 0 ? t("Rows × columns") : `${rows} × ${columns}`;
  };
  for (let rows = 1; rows <= MOST_ROWS; rows += 1) {
    for (let columns = 1; columns <= MOST_COLUMNS; columns += 1) {
      const split = gridSplit(rows, columns);
      const button = element("button", {
        type: "button",
        class: "layout-picker__square",
        "aria-label": split.label,
        "aria-pressed": split.name === current ? "true" : "false",
        "data-rows": rows,
        "data-columns": columns,
        "data-layout-name": split.name,
      });
      button.addEventListener("click", () => choose(split));
      button.addEventListener("pointerenter", () => light(rows, columns));
      button.addEventListener("focus", () => light(rows, columns));
      root.append(button);
    }
  }
  const lit = () =>
    light(...((/^(\d)x(\d)$/.exec(current)?.slice(1).map(Number) as [number, number] | undefined) ?? [0, 0]));
  root.addEventListener("pointerleave", lit);
  lit();
  return root;
}

function splitButton(split: Split, current: string, choose: (split: Split) => void): HTMLElement {
  const drawing = element("span", { class: "layout-picker__drawing", "aria-hidden": "true" });
  drawing.style.gridTemplateRows = split.rows.map((weight) => `${weight}fr`).join(" ");
  drawing.style.gridTemplateColumns = split.columns.map((weight) => `${weight}fr`).join(" ");
  for (const { row, column, rowSpan, columnSpan } of split.cells) {
    const cell = element("span", {});
    cell.style.gridArea = `${row + 1} / ${column + 1} / span ${rowSpan} / span ${columnSpan}`;
    drawing.append(cell);
  }
  const button = element(
    "button",
    {
      type: "button",
      class: "layout-picker__split",
      title: split.label,
      "aria-label": split.label,
      "aria-pressed": split.name === current ? "true" : "false",
      "data-layout-name": split.name,
    },
    drawing,
  );
  button.addEventListener("click", () => choose(split));
  return button;
}
