import type { Painted } from "./painted";
import type { Viewport } from "./viewport";

const LONGEST_WAIT_MS = 1500;

/**
 * Resolves when a viewport shows its image in full or cannot, after a second and a half at the latest.
 *
 * What a reader does not wait for is asked for after that: it would share the line and the server with the image.
 */
export function pictureShown(viewport: Viewport | undefined): Promise<void> {
  const isSettled = (what: Painted | null) => what?.quality === "full" || Boolean(what?.failure);
  if (!viewport || isSettled(viewport.painted)) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(settle, LONGEST_WAIT_MS);
    const stop = viewport.paintedChanged.subscribe((what) => {
      if (isSettled(what)) settle();
    });
  });
}
