import { t } from "../../core/i18n";
import type { Stack } from "../../viewport/stack";
import { FilmDialog } from "../saving/filmDialog";
import { recordFilm } from "../saving/recordFilm";
import type { Shots } from "../saving/shots";

/** Pictures of a whole turn, and how many a second. */
const PICTURES = 60;
const RATE = 15;

/** What a film takes of the volume that is shown. */
export interface TurningVolume {
  /** Turn it by a part of a whole turn from how it stands now, and wait until the picture is fine. */
  readonly show: (turn: number, signal: AbortSignal) => Promise<void>;
  readonly picture: (hasIdentity: boolean) => HTMLCanvasElement;
  readonly restore: () => void;
}

/** Ask how a whole turn of a volume, as the reader has it, shall become a film. */
export function filmOfVolume(page: HTMLElement, { study, series }: Stack, volume: TurningVolume): void {
  const shots = (signal: AbortSignal): Shots => ({
    shows: "volume",
    study,
    seriesInstanceUid: series.seriesInstanceUid,
    otherStudyInstanceUid: "",
    show: (index) => volume.show(index / PICTURES, signal),
    picture: volume.picture,
    restore: volume.restore,
  });
  new FilmDialog({
    page,
    title: t("Save a turn of this volume as a film"),
    sources: [
      {
        label: t("A whole turn"),
        hint: t(
          "The volume turns once from side to side, {count} pictures in all, each drawn finely. Without a graphics card that takes minutes. Leave this page in sight until it is done.",
          { count: PICTURES },
        ),
        offersOverlays: false,
        make: (settings, signal, tell) => recordFilm(shots(signal), settings, signal, tell),
      },
    ],
    count: PICTURES,
    range: null,
    framesPerSecond: RATE,
    showsOverlays: false,
  }).open();
}
