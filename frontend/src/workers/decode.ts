import { unpackTile } from "../dicom/packing";

/** Decodes depth=16 tiles beside the page, so that loading a stack never holds up a drag. */

interface DecodeRequest {
  readonly id: number;
  readonly blob: Blob;
}

async function decode(blob: Blob) {
  // Any colour management would change the values: the browser must hand over the bytes as they are.
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no 2D canvas");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, ...unpackTile(context.getImageData(0, 0, width, height).data) };
}

self.onmessage = async (event: MessageEvent<DecodeRequest>) => {
  const { id, blob } = event.data;
  try {
    const tile = await decode(blob);
    const transfer = [tile.values.buffer, ...(tile.padding === null ? [] : [tile.padding.buffer])];
    self.postMessage({ id, tile }, { transfer });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : "unreadable" });
  }
};
