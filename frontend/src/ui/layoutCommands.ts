import { t } from "../core/i18n";
import { UNLINKED } from "../viewport/synchronizer";
import type { Command } from "./command";
import { fusionCommand } from "./fusion";
import { hangingCommands } from "./hangingMenu";
import { planesCommand, resetPlanesCommand, rotatingCommand } from "./planes";
import { priorsCommands } from "./priors";
import { exportCommands } from "./saving/exportMenu";
import { secondWindowCommands } from "./secondWindow";
import { volumeCommand } from "./volumeCommand";

const KEYED_LAYOUTS: readonly (readonly [string, string])[] = [
  ["1x1", t("One picture")],
  ["1x2", t("Two beside each other")],
  ["2x1", t("Two above each other")],
  ["2x2", t("Four pictures")],
];

/** How the reading area is divided, which viewport is active, and what goes in step. */
export function layoutCommands(): Command[] {
  return [
    ...layouts(),
    ...hangingCommands(),
    ...priorsCommands(),
    planesCommand(),
    volumeCommand(),
    resetPlanesCommand(),
    rotatingCommand(),
    fusionCommand(),
    ...activeCommands(),
    ...linkCommands(),
    ...exportCommands(),
    ...secondWindowCommands(),
    ...pageCommands(),
  ];
}

function layouts(): Command[] {
  return KEYED_LAYOUTS.map(([name, label], index) => ({
    id: `layout-${name}`,
    label,
    group: "layout",
    keys: [`Shift+${index + 1}`],
    run: ({ grid }) => grid.setLayout(name),
    isOn: ({ grid }) => grid.layout === name,
  }));
}

function activeCommands(): Command[] {
  return [
    {
      id: "one-up",
      label: t("Active picture alone, and back"),
      group: "layout",
      keys: ["Enter"],
      run: ({ grid, tool }) => {
        if (!tool.complete?.()) grid.toggleOneUp();
      },
    },
    {
      id: "next-viewport",
      label: t("To the next picture"),
      group: "layout",
      keys: ["n"],
      run: ({ grid }) => grid.activateNext(1),
    },
    {
      id: "previous-viewport",
      label: t("To the picture before"),
      group: "layout",
      keys: ["Shift+n"],
      run: ({ grid }) => grid.activateNext(-1),
    },
  ];
}

function linkCommands(): Command[] {
  return [
    {
      id: "link-all",
      label: t("Scroll all pictures together, and apart"),
      group: "layout",
      keys: ["j"],
      run: ({ sync }) => sync.toggleAll(),
    },
    {
      id: "link-here",
      label: t("Scroll together from here: these images belong together"),
      group: "layout",
      keys: ["Shift+j"],
      run: ({ sync }) => sync.linkHere(),
    },
    {
      id: "link-view",
      label: t("Zoom and move together"),
      group: "layout",
      keys: [],
      run: ({ sync }) => sync.setLinks({ ...sync.links, view: !sync.links.view }),
    },
    {
      id: "link-window",
      label: t("Window together"),
      group: "layout",
      keys: [],
      run: ({ sync }) => sync.setLinks({ ...sync.links, window: !sync.links.window }),
    },
    {
      id: "unlink",
      label: t("Nothing together"),
      group: "layout",
      keys: [],
      run: ({ sync }) => sync.setLinks(UNLINKED),
    },
    {
      id: "reference-lines",
      label: t("Reference lines, on and off"),
      group: "layout",
      keys: ["y"],
      run: ({ shown }) => shown.setShowLines(!shown.showsLines),
    },
  ];
}

function pageCommands(): Command[] {
  return [
    {
      id: "full-screen",
      label: t("Full screen"),
      group: "page",
      keys: ["f"],
      icon: "full-screen",
      run: ({ page }) => void toggleFullScreen(page),
      isOn: () => document.fullscreenElement !== null,
    },
    {
      id: "palette",
      label: t("Find a command"),
      group: "page",
      keys: ["Ctrl+k"],
      icon: "search",
      run: ({ page }) => page.dispatchEvent(new CustomEvent("viewer:palette")),
    },
    {
      id: "help",
      label: t("Keys and mouse"),
      group: "page",
      keys: ["?"],
      icon: "help",
      run: ({ page }) => page.dispatchEvent(new CustomEvent("viewer:help")),
    },
  ];
}

async function toggleFullScreen(page: HTMLElement): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await page.requestFullscreen();
}
