import {
  asFields,
  type Fields,
  readFlag,
  readList,
  readNumber,
  readText,
  readTextOrEmpty,
  readWord,
} from "../api/fields";
import type { Links } from "../viewport/synchronizer";

/** Hanging protocols as the server writes them; what the fields mean: docs/architecture/hanging.md. */
export interface SeriesSelector {
  readonly modality: string;
  readonly words: readonly string[];
  readonly plane: string;
  readonly laterality: string;
  readonly viewPositions: readonly string[];
  readonly position: number;
}

export interface HungViewport {
  /** 0 is the study itself, n the nth most relevant prior. */
  readonly study: number;
  readonly series: SeriesSelector;
  readonly window: { readonly center: number; readonly width: number } | null;
  readonly fit: "fit" | "same_size" | "one_to_one";
  readonly chestWall: "" | "left" | "right";
  readonly cine: boolean;
}

export interface Stage {
  readonly name: string;
  readonly layout: string;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly viewports: readonly HungViewport[];
  readonly link: Links;
}

export interface HangingProtocol {
  readonly id: string;
  readonly scope: "built_in" | "facility" | "role" | "user";
  readonly name: string;
  readonly stages: readonly Stage[];
}

export function parseHanging(value: unknown): HangingProtocol {
  const fields = asFields(value, "hanging");
  const protocol = asFields(fields.protocol, "protocol");
  return {
    id: readText(fields, "id"),
    scope: readWord(fields, "scope", ["built_in", "facility", "role", "user"]),
    name: readText(protocol, "name"),
    stages: readList(protocol, "stages").map((stage) => parseStage(asFields(stage, "stage"))),
  };
}

function parseStage(fields: Fields): Stage {
  const link = asFields(fields.link, "link");
  return {
    name: readTextOrEmpty(fields, "name"),
    layout: readText(fields, "layout"),
    rows: readList(fields, "rows").map(Number),
    columns: readList(fields, "columns").map(Number),
    viewports: readList(fields, "viewports").map((viewport) => parseViewport(asFields(viewport, "viewport"))),
    link: {
      scroll: readFlag(link, "scroll"),
      view: readFlag(link, "view"),
      window: readFlag(link, "window"),
    },
  };
}

function parseViewport(fields: Fields): HungViewport {
  const window = fields.window == null ? null : asFields(fields.window, "window");
  return {
    study: readNumber(fields, "study"),
    series: parseSelector(asFields(fields.series, "series")),
    window: window && { center: readNumber(window, "center"), width: readNumber(window, "width") },
    fit: readWord(fields, "fit", ["fit", "same_size", "one_to_one"]),
    chestWall: readWord(fields, "chest_wall", ["", "left", "right"]),
    cine: readFlag(fields, "cine"),
  };
}

function parseSelector(fields: Fields): SeriesSelector {
  return {
    modality: readTextOrEmpty(fields, "modality"),
    words: readList(fields, "words").map(String),
    plane: readTextOrEmpty(fields, "plane"),
    laterality: readTextOrEmpty(fields, "laterality"),
    viewPositions: readList(fields, "view_positions").map(String),
    position: readNumber(fields, "position"),
  };
}
