import type { CommandGroup } from "./command";

/** What the groups of commands are called, in the order in which they are listed. */
export const GROUP_TITLES: Readonly<Record<CommandGroup, string>> = {
  tool: "Tools for the left button",
  draw: "Measure and mark",
  scroll: "Through the images",
  window: "Window",
  picture: "Picture",
  layout: "Layout",
  cine: "Cine",
  measure: "Measurements and key images",
  page: "Page",
};

export const GROUPS_IN_ORDER = Object.keys(GROUP_TITLES) as readonly CommandGroup[];
