import type {
  FileVoi,
  Packing,
  Patient,
  PatientStudy,
  RegionAxis,
  Series,
  Study,
  StudyImage,
  StudyManifest,
  UltrasoundRegion,
} from "../dicom/types";
import { parseHanging } from "../hanging/protocol";
import { parseOther } from "./documents";
import {
  asFields,
  type Fields,
  readFlag,
  readList,
  readNumber,
  readNumberOrNull,
  readNumbersOrNull,
  readPairOrNull,
  readText,
  readTextOrEmpty,
  readTextOrNull,
  readWord,
  ShapeError,
} from "./fields";

/** Check a manifest once, where it enters; everything behind this line can trust its types. */
export function parseManifest(body: unknown): StudyManifest {
  const fields = asFields(body, "manifest");
  return {
    study: parseStudy(asFields(fields.study, "study")),
    series: readList(fields, "series").map((series) => parseSeries(asFields(series, "series"))),
    other: readList(fields, "other").map((other) => parseOther(asFields(other, "other"))),
    hanging: fields.hanging == null ? [] : readList(fields, "hanging").map(parseHanging),
    patientStudies:
      fields.patient_studies == null
        ? []
        : readList(fields, "patient_studies").map((study) => parsePatientStudy(asFields(study, "study"))),
  };
}

function parseStudy(fields: Fields): Study {
  const facility = asFields(fields.facility, "facility");
  return {
    studyInstanceUid: readText(fields, "study_instance_uid"),
    studyDate: readTextOrNull(fields, "study_date"),
    studyTime: readTextOrNull(fields, "study_time"),
    studyDescription: readTextOrEmpty(fields, "study_description"),
    accessionNumber: readTextOrEmpty(fields, "accession_number"),
    modalities: readList(fields, "modalities").map(String),
    facilityCode: readTextOrEmpty(facility, "code"),
    facilityName: readTextOrEmpty(facility, "name"),
    patient: parsePatient(asFields(fields.patient, "patient")),
  };
}

function parsePatientStudy(fields: Fields): PatientStudy {
  return {
    studyInstanceUid: readText(fields, "study_instance_uid"),
    studyDate: readTextOrNull(fields, "study_date"),
    studyTime: readTextOrNull(fields, "study_time"),
    studyDescription: readTextOrEmpty(fields, "study_description"),
    modalities: readList(fields, "modalities").map(String),
    bodyParts: readList(fields, "body_parts").map(String),
    facilityName: readTextOrEmpty(asFields(fields.facility, "facility"), "name"),
    numberOfInstances: readNumber(fields, "number_of_instances"),
    isCurrent: readFlag(fields, "is_current"),
    relevance: readNumberOrNull(fields, "relevance"),
    reasons: readList(fields, "reasons").map(String),
  };
}

function parsePatient(fields: Fields): Patient {
  return {
    patientId: readTextOrEmpty(fields, "patient_id"),
    issuerOfPatientId: readTextOrEmpty(fields, "issuer_of_patient_id"),
    name: readTextOrEmpty(fields, "name"),
    birthDate: readTextOrNull(fields, "birth_date"),
    sex: readTextOrEmpty(fields, "sex"),
    age: readTextOrEmpty(fields, "age"),
  };
}

function parseSeries(fields: Fields): Series {
  return {
    seriesInstanceUid: readText(fields, "series_instance_uid"),
    seriesNumber: readNumberOrNull(fields, "series_number"),
    seriesDescription: readTextOrEmpty(fields, "series_description"),
    modality: readTextOrEmpty(fields, "modality"),
    bodyPartExamined: readTextOrEmpty(fields, "body_part_examined"),
    bodyRegions: readList(fields, "body_regions").map(String),
    laterality: readTextOrEmpty(fields, "laterality"),
    thumbnailUrl: readText(fields, "thumbnail_url"),
    frameTimeMs: readNumberOrNull(fields, "frame_time_ms"),
    images: readList(fields, "images").map((image) => parseImage(asFields(image, "image"))),
  };
}

/** One image of the manifest, or a plane in the same words. */
export function parseImage(fields: Fields): StudyImage {
  const stored = readWord(fields, "kind", ["grey", "colour"]);
  // Without packed values there are only the server's pictures, as of a colour image.
  const kind = fields.packing == null ? "colour" : stored;
  return {
    sopInstanceUid: readText(fields, "sop_instance_uid"),
    instanceNumber: readNumberOrNull(fields, "instance_number"),
    frameNumber: readNumber(fields, "frame_number"),
    rows: readNumber(fields, "rows"),
    columns: readNumber(fields, "columns"),
    levels: readNumber(fields, "levels"),
    kind,
    packing: kind === "grey" ? parsePacking(asFields(fields.packing, "packing")) : null,
    valueUnits: readTextOrEmpty(fields, "value_units"),
    suvFactor: readNumberOrNull(fields, "suv_factor"),
    suvProblem: readTextOrEmpty(fields, "suv_problem"),
    voi: readList(fields, "voi").map((voi) => parseVoi(asFields(voi, "voi"))),
    inverse: readFlag(fields, "inverse"),
    pixelSpacingMm: readPairOrNull(fields, "pixel_spacing_mm"),
    spacingSource: readWord(fields, "spacing_source", ["patient", "detector", "ultrasound_region", "none"]),
    magnification: readNumberOrNull(fields, "magnification") ?? 1,
    ultrasoundRegions:
      fields.ultrasound_regions == null
        ? []
        : readList(fields, "ultrasound_regions").map((region) =>
            parseUltrasoundRegion(asFields(region, "ultrasound region")),
          ),
    pixelAspectRatio: readPairOrNull(fields, "pixel_aspect_ratio") ?? [1, 1],
    imagePositionPatient: readNumbersOrNull(fields, "image_position_patient", 3),
    imageOrientationPatient: readNumbersOrNull(fields, "image_orientation_patient", 6),
    patientOrientation: parsePatientOrientation(fields),
    frameOfReferenceUid: readTextOrEmpty(fields, "frame_of_reference_uid"),
    laterality: readTextOrEmpty(fields, "laterality"),
    viewPosition: readTextOrEmpty(fields, "view_position"),
    sliceLocationMm: readNumberOrNull(fields, "slice_location_mm"),
    sliceThicknessMm: readNumberOrNull(fields, "slice_thickness_mm"),
    lossy: readTextOrEmpty(fields, "lossy"),
    overlays: fields.overlays == null ? [] : readList(fields, "overlays").map(String),
    shutterGrey: readNumberOrNull(fields, "shutter_grey"),
    marksUrl: readTextOrNull(fields, "marks_url"),
    tileUrl: readTextOrNull(fields, "tile_url"),
    plane: "",
    title: readTextOrEmpty(fields, "title"),
  };
}

function parseUltrasoundRegion(fields: Fields): UltrasoundRegion {
  return {
    left: readNumber(fields, "left"),
    top: readNumber(fields, "top"),
    right: readNumber(fields, "right"),
    bottom: readNumber(fields, "bottom"),
    pixelSpacingMm: readPairOrNull(fields, "pixel_spacing_mm"),
    across: parseAxis(fields.across),
    down: parseAxis(fields.down),
  };
}

/** Absent in an image that an older release stored: such a region has a spacing. */
function parseAxis(value: unknown): RegionAxis | null {
  if (value == null) return null;
  const fields = asFields(value, "axis");
  return {
    unit: readText(fields, "unit"),
    perPixel: readNumber(fields, "per_pixel"),
    zeroPx: readNumberOrNull(fields, "zero_px"),
  };
}

function parsePacking(fields: Fields): Packing {
  return { scale: readNumber(fields, "scale"), offset: readNumber(fields, "offset") };
}

export function parseVoi(fields: Fields): FileVoi {
  const label = readTextOrEmpty(fields, "label");
  if (fields.lut_url != null) return { kind: "table", label, url: readText(fields, "lut_url") };
  return {
    kind: "window",
    label,
    windowCenter: readNumber(fields, "window_center"),
    windowWidth: readNumber(fields, "window_width"),
    voiFunction: readWord(fields, "function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
  };
}

function parsePatientOrientation(fields: Fields): readonly [string, string] | null {
  if (fields.patient_orientation == null) return null;
  const [row, column] = readList(fields, "patient_orientation");
  if (typeof row !== "string" || typeof column !== "string") {
    throw new ShapeError("patient_orientation is not two labels");
  }
  return [row, column];
}
