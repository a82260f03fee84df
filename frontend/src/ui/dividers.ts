import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import type { ViewportGrid } from "../viewport/layout";
import { boundaryShare, type Divider, dividersOf, movedDivider } from "../viewport/splits";
import { element } from "./dom";

/** How far an arrow key moves a divider, as a share of the whole. */
const KEY_STEP = 0.02;

/** The lines between pictures, to be dragged; a double click makes the tracks as they were. */
export function attachDividers(grid: ViewportGrid): Disposer {
  const bag = new DisposerBag();
  let lines: { readonly divider: Divider; readonly line: HTMLElement }[] = [];
  let builtFor = "";
  const refresh = () => {
    const name = grid.isAlone ? "alone" : grid.layout;
    if (name !== builtFor) {
      for (const { line } of lines) line.remove();
      lines = grid.isAlone
        ? []
        : dividersOf(grid.shape).map((divider) => ({ divider, line: lineOf(grid, divider) }));
      grid.root.append(...lines.map(({ line }) => line));
      builtFor = name;
    }
    for (const { divider, line } of lines) place(grid, divider, line);
  };
  bag.add(grid.changed.subscribe(refresh));
  bag.add(() => {
    for (const { line } of lines) line.remove();
  });
  refresh();
  return () => bag.dispose();
}

function lineOf(grid: ViewportGrid, divider: Divider): HTMLElement {
  const isUpright = divider.axis === "columns";
  const line = element("div", {
    class: `divider divider--${divider.axis}`,
    role: "separator",
    tabindex: 0,
    "aria-orientation": isUpright ? "vertical" : "horizontal",
    "aria-label": isUpright ? t("Width of the pictures beside") : t("Height of the pictures above"),
  });
  const move = (delta: number) => grid.setSplit(movedDivider(grid.shape, divider, delta));
  listen<PointerEvent>(line, "pointerdown", (event) => {
    event.preventDefault();
    line.setPointerCapture(event.pointerId);
  });
  listen<PointerEvent>(line, "pointermove", (event) => {
    if (!line.hasPointerCapture(event.pointerId)) return;
    const box = grid.root.getBoundingClientRect();
    const at = isUpright ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
    move(at - boundaryShare(grid.shape[divider.axis], divider.track));
  });
  listen(line, "dblclick", () => grid.setLayout(grid.layout));
  listen<KeyboardEvent>(line, "keydown", (event) => {
    const [less, more] = isUpright ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    move(event.key === more ? KEY_STEP : -KEY_STEP);
  });
  return line;
}

function place(grid: ViewportGrid, { axis, track, from, to }: Divider, line: HTMLElement): void {
  const { shape } = grid;
  const across = axis === "columns" ? shape.rows : shape.columns;
  const percent = (share: number) => `${share * 100}%`;
  const start = from === 0 ? 0 : boundaryShare(across, from - 1);
  const length = boundaryShare(across, to) - start;
  const at = boundaryShare(shape[axis], track);
  line.setAttribute("aria-valuenow", String(Math.round(at * 100)));
  const [left, top] = axis === "columns" ? [at, start] : [start, at];
  line.style.left = percent(left);
  line.style.top = percent(top);
  line.style[axis === "columns" ? "height" : "width"] = percent(length);
}
