import { describe, expect, it } from "vitest";
import { sampleImage } from "../dicom/sampleImage";
import { ShapeError } from "./fields";
import { parseManifest } from "./manifest";
import { parseDefaultWindow, renderedTileUrl, valueTileUrl } from "./tiles";

const image = {
  sop_instance_uid: "1.2.3.4",
  instance_number: 7,
  frame_number: 1,
  rows: 512,
  columns: 512,
  levels: 1,
  kind: "grey",
  packing: { scale: 1, offset: -1024 },
  value_units: "HU",
  voi: [
    { label: "BRAIN", window_center: 40, window_width: 80, function: "LINEAR" },
    { label: "NORMAL", lut_url: "/viewer/lookups/1.2.3.4/1/1.bin" },
  ],
  inverse: false,
  pixel_spacing_mm: [0.5, 0.5],
  spacing_source: "patient",
  pixel_aspect_ratio: [1, 1],
  image_position_patient: [0, 0, 1],
  image_orientation_patient: [1, 0, 0, 0, 1, 0],
  patient_orientation: ["L", "P"],
  frame_of_reference_uid: "1.9",
  laterality: "",
  view_position: "",
  slice_location_mm: 1,
  slice_thickness_mm: 2,
  lossy: "",
};

function body(changes: Record<string, unknown> = {}): unknown {
  return {
    study: {
      study_instance_uid: "1.2",
      study_date: "2024-01-31",
      study_time: null,
      study_description: "CT",
      accession_number: "A1",
      modalities: ["CT"],
      facility: { code: "N", name: "North" },
      patient: {
        patient_id: "P1",
        issuer_of_patient_id: "",
        name: "Doe, Jane",
        birth_date: null,
        sex: "F",
        age: "",
      },
    },
    series: [
      {
        series_instance_uid: "1.2.3",
        series_number: null,
        series_description: "axial",
        modality: "CT",
        body_part_examined: "",
        body_regions: [],
        laterality: "",
        thumbnail_url: "/viewer/series/1.2.3/thumbnail.png",
        frame_time_ms: null,
        images: [{ ...image, ...changes }],
      },
    ],
    other: [{ sop_instance_uid: "1.5", modality: "SR", description: "Report", kind: "report" }],
  };
}

describe("manifest", () => {
  it("reads windows and lookup tables of the file", () => {
    const manifest = parseManifest(body());

    expect(manifest.series[0]?.images[0]?.voi).toEqual([
      { kind: "window", label: "BRAIN", windowCenter: 40, windowWidth: 80, voiFunction: "LINEAR" },
      { kind: "table", label: "NORMAL", url: "/viewer/lookups/1.2.3.4/1/1.bin" },
    ]);
  });

  it("refuses a body that breaks the contract and names the field", () => {
    expect(() => parseManifest(body({ rows: "512" }))).toThrow(new ShapeError("rows is not a number"));
    expect(() => parseManifest(body({ spacing_source: "guess" }))).toThrow(/spacing_source/);
    expect(() => parseManifest(body({ packing: [1, 0] }))).toThrow(/packing/);
  });

  it("shows a grey image without packed values as the server renders it", () => {
    const image = parseManifest(body({ packing: null })).series[0]?.images[0];
    expect([image?.kind, image?.packing]).toEqual(["colour", null]);
  });

  it("reads the SUV factor of a PET, the reason without one, and neither", () => {
    const read = (changes: Record<string, unknown>) => {
      const { suvFactor, suvProblem } = parseManifest(body(changes)).series[0]?.images[0] ?? {};
      return [suvFactor, suvProblem];
    };

    expect(read({ suv_factor: 0.0005, suv_problem: "" })).toEqual([0.0005, ""]);
    expect(read({ suv_factor: null, suv_problem: "No weight." })).toEqual([null, "No weight."]);
    expect(read({})).toEqual([null, ""]);
  });

  it("lets a colour image go without packing", () => {
    const manifest = parseManifest(body({ kind: "colour", packing: null, voi: [] }));

    expect(manifest.series[0]?.images[0]?.packing).toBeNull();
  });
});

describe("tile addresses", () => {
  const tile = { level: 2, column: 1, row: 0 };

  it("ask for packed values", () => {
    expect(valueTileUrl(sampleImage(), tile)).toBe("/viewer/tiles/1.2.3/1/2/1/0.png?depth=16");
  });

  it("carry nothing for the default view, so that it stays cacheable as one address", () => {
    expect(renderedTileUrl(sampleImage(), tile)).toBe("/viewer/tiles/1.2.3/1/2/1/0.png");
  });

  it("name the function only where it is not LINEAR", () => {
    const window = { windowCenter: 40, windowWidth: 400, voiFunction: "SIGMOID" } as const;

    expect(
      renderedTileUrl(sampleImage(), tile, { voiIndex: null, window, invert: true, palette: "pet" }),
    ).toBe("/viewer/tiles/1.2.3/1/2/1/0.png?wc=40&ww=400&fn=SIGMOID&invert=1&colours=pet");
  });

  it("read the default window from the header", () => {
    expect(parseDefaultWindow("40.5 400 LINEAR")).toEqual({
      windowCenter: 40.5,
      windowWidth: 400,
      voiFunction: "LINEAR",
    });
    expect(parseDefaultWindow(null)).toBeNull();
    expect(parseDefaultWindow("nonsense")).toBeNull();
  });
});
