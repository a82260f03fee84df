import type { ViewerContext } from "./viewerContext";

export type CommandGroup =
  | "tool"
  | "draw"
  | "window"
  | "picture"
  | "cine"
  | "measure"
  | "scroll"
  | "layout"
  | "page";

/** One thing the reader can do. Tool bar, keyboard and help are all made from the same list. */
export interface Command {
  readonly id: string;
  readonly label: string;
  readonly group: CommandGroup;
  /** What `keyName` calls them. */
  readonly keys: readonly string[];
  /** Without an icon there is no button. */
  readonly icon?: string;
  readonly run: (context: ViewerContext) => void;
  readonly isOn?: (context: ViewerContext) => boolean;
  /** Absent where it always is. */
  readonly isPossible?: (context: ViewerContext) => boolean;
}
