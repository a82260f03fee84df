import { request } from "../../api/client";
import { parseManifest } from "../../api/manifest";
import { edgeLabels } from "../../dicom/orientationLabels";
import { UPRIGHT } from "../../geometry/orientation";

/** Write at the edges of each thumbnail which side of the patient lies there. */
export async function labelEdges(main: HTMLElement, manifestUrl: string): Promise<void> {
  const pictures = [...main.querySelectorAll<HTMLElement>("[data-series]")];
  if (pictures.length === 0) return;
  const manifest = parseManifest(await (await request(manifestUrl)).json());
  for (const picture of pictures) {
    const series = manifest.series.find((one) => one.seriesInstanceUid === picture.dataset.series);
    // The thumbnail is of the middle image.
    const image = series?.images[Math.floor(series.images.length / 2)];
    if (image === undefined) continue;
    const labels = edgeLabels(image, UPRIGHT);
    for (const edge of ["top", "right", "bottom", "left"] as const) {
      const place = picture.querySelector(`[data-edge="${edge}"]`);
      if (place) place.textContent = labels[edge];
    }
  }
}
