import type { Drawing, Graphic } from "../dicom/presentation";
import type { Region, RegionPart } from "../dicom/regions";
import type { StudyImage } from "../dicom/types";
import {
  asFields,
  type Fields,
  readFlag,
  readList,
  readNumber,
  readPairOrNull,
  readText,
  readTextOrEmpty,
  readTextOrNull,
  readWord,
  ShapeError,
} from "./fields";

/** One contour of a structure set on an image. */
export interface Contour {
  /** 0-based place of its part. */
  readonly part: number;
  readonly graphic: Graphic;
}

export function parseRegion(fields: Fields): Region {
  return {
    sopInstanceUid: readText(fields, "sop_instance_uid"),
    kind: readWord(fields, "kind", ["SEG", "RTSTRUCT"]),
    label: readTextOrEmpty(fields, "label"),
    created: readTextOrNull(fields, "created"),
    problem: readTextOrEmpty(fields, "problem"),
    note: readTextOrEmpty(fields, "note"),
    isOverlapping: readFlag(fields, "is_overlapping"),
    parts: readList(fields, "parts").map((part) => parsePart(asFields(part, "parts"))),
    images: new Set(readList(fields, "images").map(String)),
  };
}

function parsePart(fields: Fields): RegionPart {
  const colour = readText(fields, "colour");
  if (!/^#[0-9a-f]{6}$/.test(colour)) throw new ShapeError("colour is none");
  return {
    number: readNumber(fields, "number"),
    label: readText(fields, "label"),
    colour,
    note: readTextOrEmpty(fields, "note"),
  };
}

export function parseContours(body: unknown): readonly Contour[] {
  return readList(asFields(body, "contours"), "contours").map((one) => {
    const fields = asFields(one, "contours");
    const points = readList(fields, "points").map((point) => {
      const place = readPairOrNull({ point }, "point");
      if (place === null) throw new ShapeError("a point is missing");
      return place;
    });
    return {
      part: readNumber(fields, "part"),
      graphic: { kind: readWord(fields, "kind", ["POINT", "POLYLINE"]), points, isFilled: false },
    };
  });
}

/** Where the bitmap or the contours of a region on an image are; bitmaps can be had without some parts. */
export function regionUrl(region: Region, image: StudyImage, hidden: ReadonlySet<number>): string {
  const form = region.kind === "SEG" ? "png" : "json";
  const url = `/viewer/regions/${region.sopInstanceUid}/${image.sopInstanceUid}/${image.frameNumber}.${form}`;
  const places = region.isOverlapping ? [...hidden].sort((a, b) => a - b) : [];
  return places.length > 0 ? `${url}?hidden=${places.join(",")}` : url;
}

/** The contours that are shown, part by part in its colour. */
export function contourDrawings(
  region: Region,
  contours: readonly Contour[],
  hidden: ReadonlySet<number>,
): readonly Drawing[] {
  return region.parts.flatMap(({ colour }, place) => {
    const graphics = contours.filter(({ part }) => part === place).map(({ graphic }) => graphic);
    return hidden.has(place) || graphics.length === 0 ? [] : [{ layer: "", colour, graphics, texts: [] }];
  });
}
