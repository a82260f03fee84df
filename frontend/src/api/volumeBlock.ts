import { request, retryAfterSeconds } from "./client";
import { asFields, readNumber, readNumbersOrNull, ShapeError } from "./fields";

/** A volume on an even grid along the axes of the patient, as the server resampled it. */
export interface VolumeBlock {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  readonly spacingMm: number;
  /** Centre of the first cube: that most to the right, front and feet. */
  readonly position: readonly number[];
  /** The modality values that are 0 and 1. */
  readonly lowest: number;
  readonly highest: number;
  /** Half floats from 0 to 1, column by column, row by row, slice by slice. */
  readonly halves: Uint16Array;
}

const LINE_END = 10;

/**
 * Fetch a block, however long the server needs to make it.
 *
 * @throws RequestError, ShapeError; AbortError when it is no longer wanted.
 */
export async function fetchVolumeBlock(url: string, signal: AbortSignal): Promise<VolumeBlock> {
  for (;;) {
    const response = await request(url, { signal });
    if (response.status !== 202) return parseVolumeBlock(await response.arrayBuffer());
    await pause(retryAfterSeconds(response), signal);
  }
}

/** One line of JSON, then the numbers. */
export function parseVolumeBlock(body: ArrayBuffer): VolumeBlock {
  const bytes = new Uint8Array(body);
  const end = bytes.indexOf(LINE_END) + 1;
  const fields = asFields(JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))), "block");
  const [columns, rows, slices] = [
    readNumber(fields, "columns"),
    readNumber(fields, "rows"),
    readNumber(fields, "slices"),
  ];
  const position = readNumbersOrNull(fields, "position_patient", 3);
  if (position === null) throw new ShapeError("the block has no place");
  if (body.byteLength - end !== columns * rows * slices * 2) throw new ShapeError("the block is not whole");
  return {
    columns,
    rows,
    slices,
    position,
    spacingMm: readNumber(fields, "spacing_mm"),
    lowest: readNumber(fields, "lowest"),
    highest: readNumber(fields, "highest"),
    halves: new Uint16Array(body, end),
  };
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, stop) => {
    const timer = setTimeout(done, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      stop(signal.reason);
    });
  });
}
