import { csrfToken, request } from "./client";
import { asFields, readList, readNumber, readWord, ShapeError } from "./fields";

const ADDRESS = "/viewer/preferences.json";
const VERSION = 1;
export const DRAG_TOOLS = ["window", "scroll", "pan", "zoom"] as const;
export const WHEEL_ACTIONS = ["scroll", "zoom"] as const;
export type DragTool = (typeof DRAG_TOOLS)[number];
export type WheelAction = (typeof WHEEL_ACTIONS)[number];

/** What dragging with each button and turning the wheel do; the left button until another tool is chosen. */
export interface MouseButtons {
  readonly left: DragTool;
  readonly middle: DragTool;
  readonly right: DragTool;
  readonly wheel: WheelAction;
}

/** How one user wants the viewer, as the server keeps it. */
export interface Preferences {
  /** The keys of the commands that the user changed. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  readonly mouse: MouseButtons;
}

/** @throws ShapeError where the body is none of what the server promises. */
export function parsePreferences(body: unknown): Preferences {
  const fields = asFields(body, "preferences");
  if (readNumber(fields, "version") !== VERSION)
    throw new ShapeError("the preferences are of another version");
  const keys = asFields(fields.keys, "keys");
  const mouse = asFields(fields.mouse, "mouse");
  return {
    keys: new Map(Object.keys(keys).map((command) => [command, readList(keys, command).map(String)])),
    mouse: {
      left: readWord(mouse, "left", DRAG_TOOLS),
      middle: readWord(mouse, "middle", DRAG_TOOLS),
      right: readWord(mouse, "right", DRAG_TOOLS),
      wheel: readWord(mouse, "wheel", WHEEL_ACTIONS),
    },
  };
}

/** @throws RequestError with what is wrong in words. */
export async function savePreferences({ keys, mouse }: Preferences): Promise<void> {
  await request(ADDRESS, {
    method: "PUT",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ version: VERSION, keys: Object.fromEntries(keys), mouse }),
    // A change just before the page is left is kept all the same.
    keepalive: true,
  });
}
