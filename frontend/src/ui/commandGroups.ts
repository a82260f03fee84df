import { t } from "../core/i18n";
import type { CommandGroup } from "./command";

/** What the groups of commands are called, in the order in which they are listed. */
export const GROUP_TITLES: Readonly<Record<CommandGroup, string>> = {
  tool: t("Tools for the left button"),
  draw: t("Measure and mark"),
  scroll: t("Through the images"),
  window: t("Window"),
  picture: t("Picture"),
  layout: t("Layout"),
  cine: t("Cine"),
  measure: t("Measurements and key images"),
  page: t("Page"),
};

export const GROUPS_IN_ORDER = Object.keys(GROUP_TITLES) as readonly CommandGroup[];
