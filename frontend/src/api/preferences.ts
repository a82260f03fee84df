import type { OwnPreset } from "../dicom/presets";
import { csrfToken, request } from "./client";
import {
  asFields,
  type Fields,
  readFlag,
  readList,
  readNumber,
  readText,
  readWord,
  ShapeError,
} from "./fields";

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
  readonly windows: readonly OwnPreset[];
  /** Modalities that open in true size, where the monitor was measured. */
  readonly trueSize: readonly string[];
  /** Whether what was not looked at is shown before the reader leaves. */
  readonly asksBeforeLeaving: boolean;
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
    windows: readList(fields, "windows").map((item) => parsePreset(asFields(item, "window preset"))),
    trueSize: readList(fields, "true_size").map(String),
    asksBeforeLeaving: readFlag(fields, "asks_before_leaving"),
  };
}

function parsePreset(fields: Fields): OwnPreset {
  return {
    name: readText(fields, "name"),
    modality: readText(fields, "modality"),
    bodyRegion: readText(fields, "body_region"),
    windowCenter: readNumber(fields, "window_center"),
    windowWidth: readNumber(fields, "window_width"),
    place: readText(fields, "key"),
  };
}

function presetBody({ name, modality, bodyRegion, windowCenter, windowWidth, place }: OwnPreset): Fields {
  return {
    name,
    modality,
    body_region: bodyRegion,
    window_center: windowCenter,
    window_width: windowWidth,
    key: place,
  };
}

function preferencesBody(preferences: Preferences): Fields {
  return {
    version: VERSION,
    keys: Object.fromEntries(preferences.keys),
    mouse: preferences.mouse,
    windows: preferences.windows.map(presetBody),
    true_size: preferences.trueSize,
    asks_before_leaving: preferences.asksBeforeLeaving,
  };
}

/** @throws RequestError with what is wrong in words. */
export async function savePreferences(preferences: Preferences): Promise<void> {
  await request(ADDRESS, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(preferencesBody(preferences)),
    // A change just before the page is left is kept all the same.
    keepalive: true,
  });
}

/** Keep how the pages look. @throws RequestError with what is wrong in words. */
export async function saveLook(name: "theme" | "density", value: string): Promise<void> {
  await request(ADDRESS, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ [name]: value }),
    keepalive: true,
  });
}
