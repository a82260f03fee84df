import type { Palette } from "../dicom/palettes";
import { request } from "./client";
import { asFields, type Fields, readList, readText, ShapeError } from "./fields";

/** @throws RequestError, ShapeError */
export async function fetchPalettes(): Promise<readonly Palette[]> {
  const response = await request("/viewer/palettes.json");
  return parsePalettes(asFields(await response.json(), "palettes"));
}

/** The palettes among what an answer holds. */
export function parsePalettes(fields: Fields): readonly Palette[] {
  return readList(fields, "palettes").map((palette) => parsePalette(asFields(palette, "palette")));
}

function parsePalette(fields: Fields): Palette {
  const written = readText(fields, "colours");
  if (!/^[0-9a-f]{1536}$/.test(written)) throw new ShapeError("colours are not 256 colours");
  const colours = Uint8Array.from({ length: 768 }, (_, at) =>
    Number.parseInt(written.slice(at * 2, at * 2 + 2), 16),
  );
  return { name: readText(fields, "name"), label: readText(fields, "label"), colours };
}
