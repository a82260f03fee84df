import type { FusionOffer, FusionPartner } from "../dicom/fusion";
import {
  asFields,
  type Fields,
  readList,
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrEmpty,
  readTextOrNull,
} from "./fields";
import { parseVoi } from "./manifest";
import { parsePalettes } from "./palettes";

export function fusionUrl(seriesInstanceUid: string): string {
  return `/viewer/series/${seriesInstanceUid}/fusion.json`;
}

/** Check what can be laid over a series, once, where it enters. */
export function parseFusionOffer(body: unknown): FusionOffer {
  const fields = asFields(body, "fusion");
  return {
    problem: readTextOrEmpty(fields, "problem"),
    partners: readList(fields, "partners").map((partner) => parsePartner(asFields(partner, "partner"))),
    palettes: parsePalettes(fields),
    opacityPercent: readNumber(fields, "opacity_percent"),
  };
}

function parsePartner(fields: Fields): FusionPartner {
  const packing = asFields(fields.packing, "packing");
  const voi = fields.default_window == null ? null : parseVoi(asFields(fields.default_window, "window"));
  return {
    studyInstanceUid: readText(fields, "study_instance_uid"),
    seriesInstanceUid: readText(fields, "series_instance_uid"),
    seriesNumber: readNumberOrNull(fields, "series_number"),
    seriesDescription: readTextOrEmpty(fields, "series_description"),
    modality: readText(fields, "modality"),
    studyDate: readTextOrNull(fields, "study_date"),
    packing: { scale: readNumber(packing, "scale"), offset: readNumber(packing, "offset") },
    valueUnits: readTextOrEmpty(fields, "value_units"),
    suvFactor: readNumberOrNull(fields, "suv_factor"),
    suvProblem: readTextOrEmpty(fields, "suv_problem"),
    defaultWindow: voi?.kind === "window" ? voi : null,
    frameOfReferenceUid: readText(fields, "frame_of_reference_uid"),
    imageTileUrl: readText(fields, "image_tile_url"),
    planeTileUrl: readText(fields, "plane_tile_url"),
  };
}
