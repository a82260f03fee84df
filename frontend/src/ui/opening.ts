import type { Series, StudyManifest } from "../dicom/types";

/** What a viewport shows when a study opens. */
export interface OpeningPicture {
  readonly series: Series;
  readonly imageIndex: number;
}

export interface Opening {
  readonly layout: string;
  readonly pictures: readonly OpeningPicture[];
}

const PROJECTIONS: readonly string[] = ["CR", "DX", "MG"];
const VIEWPORTS = 4;

/**
 * How a study opens: its series one after the other, or its two to four projections together.
 *
 * @param askedSeriesUid the series that the address asks for.
 * @param isWide false on a phone, which has room for one picture.
 */
export function openingOf(manifest: StudyManifest, askedSeriesUid: string | null, isWide: boolean): Opening {
  const { series } = manifest;
  const asked = series.findIndex((one) => one.seriesInstanceUid === askedSeriesUid);
  const projections = series.flatMap((one) =>
    one.images.map((_image, imageIndex) => ({ series: one, imageIndex })),
  );
  const areProjections = series.every((one) => PROJECTIONS.includes(one.modality));
  const count = projections.length;
  if (isWide && asked < 0 && areProjections && count >= 2 && count <= VIEWPORTS) {
    return { layout: count === 2 ? "1x2" : "2x2", pictures: projections };
  }
  const first = Math.max(0, asked);
  const order = [...series.slice(first), ...series.slice(0, first)];
  const pictures = order.slice(0, VIEWPORTS).map((one) => ({ series: one, imageIndex: 0 }));
  return { layout: "1x1", pictures };
}
