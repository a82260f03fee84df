import { t } from "../core/i18n";
import {
  flipHorizontally,
  flipVertically,
  type Orientation,
  rotateLeft,
  rotateRight,
} from "../geometry/orientation";
import { showFitted, showOneToOne, zoomBy } from "../tools/camera";
import type { ToolName } from "../tools/tool";
import type { Viewport } from "../viewport/viewport";
import { annotationCommands, drawingCommands, showNextKeyImage } from "./annotationCommands";
import type { Command } from "./command";
import { heldMagnifierCommand } from "./heldMagnifier";
import { layoutCommands } from "./layoutCommands";
import { paletteCommands } from "./paletteCommands";
import { trueSizeCommands } from "./trueSize";
import type { ViewerContext } from "./viewerContext";
import { windowCommands } from "./windowCommands";

/** Everything the viewer can do, in the order of the tool bar. */
export function viewerCommands(): readonly Command[] {
  return [
    tool("window", t("Window"), "window", "w"),
    tool("scroll", t("Scroll"), "scroll", "s"),
    tool("pan", t("Move"), "pan", "m"),
    tool("zoom", t("Zoom"), "zoom", "z"),
    {
      id: "tool-magnifier",
      label: t("Magnifier"),
      group: "tool",
      keys: ["Shift+z"],
      run: (context) => context.setTool("magnifier"),
      isOn: (context) => context.tool.name === "magnifier",
    },
    heldMagnifierCommand(),
    tool("locate", t("Cross-reference: show this place in all pictures"), "locate", "x"),
    ...drawingCommands(),
    ...windowCommands(),
    ...paletteCommands(),
    ...pictureCommands(),
    ...trueSizeCommands(),
    ...annotationCommands(),
    ...scrollCommands(),
    ...layoutCommands(),
  ];
}

function tool(name: ToolName, label: string, icon: string, key: string): Command {
  return {
    id: `tool-${name}`,
    label,
    group: "tool",
    keys: [key],
    icon,
    run: (context) => context.setTool(name),
    isOn: (context) => context.tool.name === name,
  };
}

function pictureCommands(): Command[] {
  const turn = (
    id: string,
    label: string,
    key: string,
    icon: string,
    change: (o: Orientation) => Orientation,
  ): Command => ({
    id,
    label,
    group: "picture",
    keys: [key],
    icon,
    run: ({ grid }) => {
      const { camera } = grid.active;
      grid.active.setCamera({ ...camera, orientation: change(camera.orientation) });
    },
  });
  return [
    turn("flip-horizontally", t("Mirror left to right"), "h", "flip-h", flipHorizontally),
    turn("flip-vertically", t("Mirror top to bottom"), "v", "flip-v", flipVertically),
    turn("rotate-left", t("Turn left"), "l", "rotate-l", rotateLeft),
    turn("rotate-right", t("Turn right"), "r", "rotate-r", rotateRight),
    picture("fit", t("Fit"), ["="], "fit", showFitted),
    picture("one-to-one", t("Pixel for pixel"), ["o"], "one-to-one", showOneToOne),
    picture("zoom-in", t("Larger"), ["+"], undefined, (viewport) => zoomBy(viewport, 1.25)),
    picture("zoom-out", t("Smaller"), ["-"], undefined, (viewport) => zoomBy(viewport, 0.8)),
    picture("reset", t("Reset the picture"), [" "], "reset", (viewport) => viewport.reset()),
    {
      id: "cine",
      label: t("Cine"),
      group: "cine",
      keys: ["c"],
      icon: "play",
      run: ({ cine, grid }) => (cine.viewport === null ? cine.start(grid.active) : cine.stop()),
      isOn: ({ cine }) => cine.viewport !== null,
      isPossible: hasSeveral,
    },
    ...cineCommands(),
    {
      id: "cancel",
      label: t("Stop cine, drop an unfinished mark, back to the first tool"),
      group: "page",
      keys: ["Escape"],
      run: (context) => {
        if (context.tool.abandon?.()) return;
        context.cine.stop();
        context.annotations.select(null);
        context.shown.setLocatedPoint(null);
        context.setTool(context.restingTool);
      },
    },
  ];
}

function cineCommands(): Command[] {
  const during = (
    id: string,
    label: string,
    key: string,
    act: (context: ViewerContext) => void,
  ): Command => ({
    id,
    label,
    group: "cine",
    keys: [key],
    run: act,
    isPossible: ({ cine }) => cine.viewport !== null,
  });
  return [
    during("cine-faster", t("Cine faster"), "Ctrl+ArrowUp", ({ cine }) =>
      cine.setRate(cine.imagesPerSecond * 1.25),
    ),
    during("cine-slower", t("Cine slower"), "Ctrl+ArrowDown", ({ cine }) =>
      cine.setRate(cine.imagesPerSecond * 0.8),
    ),
    during("cine-from", t("Cine from this image"), "[", ({ cine }) =>
      cine.setEnd("first", cine.viewport?.imageIndex ?? 0),
    ),
    during("cine-to", t("Cine to this image"), "]", ({ cine }) =>
      cine.setEnd("last", cine.viewport?.imageIndex ?? 0),
    ),
  ];
}

function picture(
  id: string,
  label: string,
  keys: readonly string[],
  icon: string | undefined,
  change: (viewport: Viewport) => void,
): Command {
  return {
    id,
    label,
    group: "picture",
    keys,
    ...(icon ? { icon } : {}),
    run: ({ grid }) => change(grid.active),
  };
}

function scrollCommands(): Command[] {
  const by = (id: string, label: string, keys: readonly string[], steps: number): Command => ({
    id,
    label,
    group: "scroll",
    keys,
    run: ({ grid, cine }) => {
      cine.stop();
      grid.active.setImageIndex(grid.active.imageIndex + steps);
    },
    isPossible: hasSeveral,
  });
  const everything = Number.MAX_SAFE_INTEGER;
  return [
    by("previous-image", t("Image before (Shift: ten)"), ["ArrowUp"], -1),
    by("next-image", t("Next image (Shift: ten)"), ["ArrowDown"], 1),
    by("previous-ten", t("Ten images back"), ["PageUp"], -10),
    by("next-ten", t("Ten images on"), ["PageDown"], 10),
    by("first-image", t("First image"), ["Home"], -everything),
    by("last-image", t("Last image"), ["End"], everything),
    {
      id: "go-to-image",
      label: t("Go to an image by its number"),
      group: "scroll",
      keys: ["Ctrl+g"],
      run: ({ page }) => page.dispatchEvent(new CustomEvent("viewer:go-to")),
      isPossible: hasSeveral,
    },
    {
      id: "next-key-image",
      label: t("Next key image"),
      group: "scroll",
      keys: ["Shift+k"],
      run: showNextKeyImage,
    },
    { ...stepSeries(-1), id: "previous-series", label: t("Series before"), keys: ["ArrowLeft"] },
    { ...stepSeries(1), id: "next-series", label: t("Next series"), keys: ["ArrowRight"] },
  ];
}

function hasSeveral({ grid }: ViewerContext): boolean {
  return (grid.active.stack?.series.images.length ?? 0) > 1;
}

function stepSeries(step: number): Pick<Command, "group" | "run"> {
  return {
    group: "scroll",
    run: (context) => {
      const next = context.seriesIndexOf() + step;
      if (next >= 0 && next < context.studies.stacks.length) context.showSeries(next);
    },
  };
}
