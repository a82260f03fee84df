import { request } from "../api/client";
import { followStudies } from "../api/studyEvents";
import { type Disposer, DisposerBag } from "../core/disposable";
import { required } from "./dom";

/** Ages grow although nothing happens. */
const EVERY_MS = 30_000;
/** An arriving CT tells of itself twice a second; a wall is looked at less often. */
const AT_MOST_EVERY_MS = 1_500;

/** Keeps the numbers of the wall display right: at once when something happens, and every half minute. */
export function attachWall(main: HTMLElement): Disposer {
  const bag = new DisposerBag();
  const place = required<HTMLElement>("[data-part=wall]", main);
  let timer = 0;
  const soon = (delay: number) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void refresh(), delay);
  };
  let asked = 0;
  const refresh = async () => {
    asked = performance.now();
    try {
      const response = await request(main.dataset.wallUrl ?? "", { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      place.replaceChildren(...[...fresh.body.children].map((child) => document.importNode(child, true)));
      showClock(place);
      main.removeAttribute("data-lost");
    } catch {
      // Old numbers must not pass for new ones: the style says that they are.
      main.setAttribute("data-lost", "");
    }
    soon(EVERY_MS);
  };
  const happened = () => soon(Math.max(0, asked + AT_MOST_EVERY_MS - performance.now()));
  bag.add(
    followStudies(main.dataset.eventsUrl ?? "", {
      study: happened,
      state: (state) => main.toggleAttribute("data-lost", state !== "live"),
      missed: happened,
    }),
  );
  bag.add(() => clearTimeout(timer));
  showClock(place);
  soon(EVERY_MS);
  return () => bag.dispose();
}

function showClock(place: HTMLElement): void {
  const at = place.querySelector<HTMLTimeElement>("[data-part=at]");
  if (at) {
    at.textContent = new Date(at.dateTime).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
    });
  }
}
