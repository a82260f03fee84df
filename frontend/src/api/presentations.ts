import type {
  DisplayedArea,
  Drawing,
  Graphic,
  GraphicText,
  ImageReference,
  KeyObject,
  Place,
  PresentationLook,
  PresentationState,
  StudyPresentations,
} from "../dicom/presentation";
import { request } from "./client";
import {
  asFields,
  type Fields,
  readFlag,
  readList,
  readNumber,
  readNumberOrNull,
  readPairOrNull,
  readText,
  readTextOrEmpty,
  readTextOrNull,
  readWord,
  ShapeError,
} from "./fields";
import { parseVoi } from "./manifest";
import { parseRegion } from "./regions";

/** What a study holds of presentation states, key objects and regions now. */
export async function fetchPresentations(url: string): Promise<StudyPresentations> {
  const response = await request(url);
  return parsePresentations(await response.json());
}

/** Check what a study holds of presentation states, key objects and regions, once, where it enters. */
function parsePresentations(body: unknown): StudyPresentations {
  const fields = asFields(body, "presentations");
  return {
    states: listOf(fields, "presentation_states", parseState),
    keyObjects: listOf(fields, "key_objects", parseKeyObject),
    regions: listOf(fields, "regions", parseRegion),
  };
}

function parseState(fields: Fields): PresentationState {
  return {
    sopInstanceUid: readText(fields, "sop_instance_uid"),
    label: readTextOrEmpty(fields, "label"),
    description: readTextOrEmpty(fields, "description"),
    created: readTextOrNull(fields, "created"),
    problem: readTextOrEmpty(fields, "problem"),
    isOurs: readFlag(fields, "is_ours"),
    looks: listOf(fields, "looks", parseLook),
  };
}

function parseLook(fields: Fields): PresentationLook {
  const voi = fields.voi == null ? null : parseVoi(asFields(fields.voi, "voi"));
  if (voi?.kind === "table") throw new ShapeError("the window of a look is a table");
  return {
    images: listOf(fields, "images", (image) => ({
      ...parseReference(image),
      tableUrl: readText(image, "table_url"),
      marksUrl: readTextOrNull(image, "marks_url"),
    })),
    voi,
    isInverse: readFlag(fields, "is_inverse"),
    shutterGrey: readNumber(fields, "shutter_grey"),
    rotationDegrees: readNumber(fields, "rotation_degrees"),
    isMirrored: readFlag(fields, "is_mirrored"),
    displayedArea: parseArea(asFields(fields.displayed_area, "displayed_area")),
    drawings: listOf(fields, "drawings", parseDrawing),
  };
}

function parseArea(fields: Fields): DisplayedArea {
  return {
    left: readNumber(fields, "left"),
    top: readNumber(fields, "top"),
    right: readNumber(fields, "right"),
    bottom: readNumber(fields, "bottom"),
    mode: readWord(fields, "mode", ["SCALE TO FIT", "TRUE SIZE", "MAGNIFY"]),
    magnification: readNumberOrNull(fields, "magnification"),
  };
}

function parseDrawing(fields: Fields): Drawing {
  return {
    layer: readTextOrEmpty(fields, "layer"),
    colour: readTextOrEmpty(fields, "colour"),
    graphics: listOf(fields, "graphics", parseGraphic),
    texts: listOf(fields, "texts", parseText),
  };
}

function parseGraphic(fields: Fields): Graphic {
  return {
    kind: readWord(fields, "kind", ["POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE"]),
    points: readList(fields, "points").map(parsePlace),
    isFilled: readFlag(fields, "is_filled"),
  };
}

function parseText(fields: Fields): GraphicText {
  const [topLeft, bottomRight] = fields.box == null ? [] : readList(fields, "box").map(parsePlace);
  return {
    text: readText(fields, "text"),
    anchor: readPairOrNull(fields, "anchor"),
    box: topLeft && bottomRight ? [topLeft, bottomRight] : null,
    isAnchorVisible: readFlag(fields, "is_anchor_visible"),
  };
}

function parseKeyObject(fields: Fields): KeyObject {
  return {
    sopInstanceUid: readText(fields, "sop_instance_uid"),
    title: readTextOrEmpty(fields, "title"),
    description: readTextOrEmpty(fields, "description"),
    created: readTextOrNull(fields, "created"),
    problem: readTextOrEmpty(fields, "problem"),
    images: listOf(fields, "images", parseReference),
  };
}

function parseReference(fields: Fields): ImageReference {
  return {
    sopInstanceUid: readText(fields, "sop_instance_uid"),
    frameNumbers: readList(fields, "frame_numbers").map(Number),
  };
}

function parsePlace(value: unknown): Place {
  const place = readPairOrNull({ place: value }, "place");
  if (place === null) throw new ShapeError("a point is missing");
  return place;
}

function listOf<T>(fields: Fields, name: string, parse: (item: Fields) => T): T[] {
  return readList(fields, name).map((item) => parse(asFields(item, name)));
}
