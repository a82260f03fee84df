import {
  asFields,
  type Fields,
  readFlag,
  readList,
  readNumber,
  readNumberOrNull,
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

/** A series laid in colours over the one that hangs; null for the default range, in SUV where there is one. */
export interface HungFusion {
  readonly modality: string;
  readonly palette: string;
  readonly opacityPercent: number;
  readonly lowest: number;
  readonly highest: number | null;
}

export interface HungViewport {
  /** 0 is the study itself, n the nth most relevant prior. */
  readonly study: number;
  readonly series: SeriesSelector;
  readonly window: { readonly center: number; readonly width: number } | null;
  readonly fit: "fit" | "same_size" | "one_to_one" | "true_size";
  readonly chestWall: "" | "left" | "right";
  readonly cine: boolean;
  readonly fusion: HungFusion | null;
}

/** What hangs on one screen. */
export interface Screen {
  readonly layout: string;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly viewports: readonly HungViewport[];
}

export interface Stage extends Screen {
  readonly name: string;
  readonly link: Links;
  /** What hangs in a second window; null where the protocol leaves it to the reader. */
  readonly secondScreen: Screen | null;
}

/** Which studies a protocol is for; what is left empty matches every study. */
export interface Criteria {
  readonly modalities: readonly string[];
  readonly bodyParts: readonly string[];
  readonly words: readonly string[];
  readonly laterality: "" | "L" | "R" | "B";
  readonly viewPositions: readonly string[];
  readonly leastPriors: number;
  readonly leastPictures: number;
}

export interface HangingProtocol {
  readonly id: string;
  readonly scope: "built_in" | "facility" | "role" | "user";
  readonly name: string;
  readonly criteria: Criteria;
  readonly stages: readonly Stage[];
}

export function parseHanging(value: unknown): HangingProtocol {
  const fields = asFields(value, "hanging");
  const protocol = asFields(fields.protocol, "protocol");
  return {
    id: readText(fields, "id"),
    scope: readWord(fields, "scope", ["built_in", "facility", "role", "user"]),
    name: readText(protocol, "name"),
    criteria: parseCriteria(asFields(protocol.criteria, "criteria")),
    stages: readList(protocol, "stages").map((stage) => parseStage(asFields(stage, "stage"))),
  };
}

function parseCriteria(fields: Fields): Criteria {
  return {
    modalities: readList(fields, "modalities").map(String),
    bodyParts: readList(fields, "body_parts").map(String),
    words: readList(fields, "words").map(String),
    laterality: readWord(fields, "laterality", ["", "L", "R", "B"]),
    viewPositions: readList(fields, "view_positions").map(String),
    leastPriors: readNumber(fields, "least_priors"),
    leastPictures: readNumber(fields, "least_pictures"),
  };
}

function parseScreen(fields: Fields): Screen {
  return {
    layout: readText(fields, "layout"),
    rows: readList(fields, "rows").map(Number),
    columns: readList(fields, "columns").map(Number),
    viewports: readList(fields, "viewports").map((viewport) => parseViewport(asFields(viewport, "viewport"))),
  };
}

function parseStage(fields: Fields): Stage {
  const link = asFields(fields.link, "link");
  const second = fields.second_screen;
  return {
    ...parseScreen(fields),
    name: readTextOrEmpty(fields, "name"),
    secondScreen: second == null ? null : parseScreen(asFields(second, "second_screen")),
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
    fit: readWord(fields, "fit", ["fit", "same_size", "one_to_one", "true_size"]),
    chestWall: readWord(fields, "chest_wall", ["", "left", "right"]),
    cine: readFlag(fields, "cine"),
    fusion: fields.fusion == null ? null : parseFusion(asFields(fields.fusion, "fusion")),
  };
}

function parseFusion(fields: Fields): HungFusion {
  return {
    modality: readTextOrEmpty(fields, "modality"),
    palette: readTextOrEmpty(fields, "palette"),
    opacityPercent: readNumber(fields, "opacity_percent"),
    lowest: readNumber(fields, "lowest"),
    highest: readNumberOrNull(fields, "highest"),
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
