import { request, retryAfterSeconds } from "../api/client";
import { parseDefaultWindow } from "../api/tiles";
import type { TileDecoder } from "./decoder";
import type { TileCache } from "./tileCache";
import type { LoadTile } from "./tileQueue";

/** Fetch a tile, decode it and put it into the cache. */
export function tileLoader(cache: TileCache, decoder: TileDecoder): LoadTile {
  return async (want, signal) => {
    const response = await request(want.url, { signal, headers: { Accept: "image/png" } });
    if (response.status === 202) return { ready: false, retrySeconds: retryAfterSeconds(response) };
    const defaultWindow = parseDefaultWindow(response.headers.get("x-default-window"));
    const isIncomplete = response.headers.has("x-incomplete");
    const blob = await response.blob();
    const { url } = want;
    if (want.kind === "values") {
      const tile = await decoder.decode(blob);
      const bytes = tile.values.byteLength + (tile.padding?.byteLength ?? 0);
      cache.put({ kind: "values", url, defaultWindow, isIncomplete, bytes, ...tile });
    } else {
      const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
      const { width, height } = bitmap;
      const bytes = width * height * 4;
      cache.put({ kind: "picture", url, defaultWindow, isIncomplete, bitmap, width, height, bytes });
    }
    return { ready: true };
  };
}
