import { isAbort, request, retryAfterSeconds } from "../api/client";

const ATTEMPTS = 60;

/** Show a thumbnail, asking again while the server renders it. Aborting stops asking. */
export async function loadThumbnail(
  image: HTMLImageElement,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  image.dataset.state = "loading";
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const response = await request(url, { signal, priority: "low" });
      if (response.status !== 202) {
        await show(image, await response.blob());
        image.dataset.state = "ready";
        return;
      }
      await pause(retryAfterSeconds(response) * (1 + 0.25 * Math.random()), signal);
    }
    image.dataset.state = "failed";
  } catch (error) {
    if (!isAbort(error)) image.dataset.state = "failed";
  }
}

async function show(image: HTMLImageElement, blob: Blob): Promise<void> {
  const address = URL.createObjectURL(blob);
  image.src = address;
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(new DOMException("aborted", "AbortError"));
      },
      { once: true },
    );
  });
}
