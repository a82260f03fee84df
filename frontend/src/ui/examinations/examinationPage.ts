import { RequestError, request } from "../../api/client";
import { followStudies } from "../../api/studyEvents";
import type { Disposer } from "../../core/disposable";
import { attachImageChoice } from "../corrections/imageChoice";
import { labelEdges } from "./edges";

/** Images come by the second; the page is brought up to date this long after the first of them. */
const TOGETHER_MS = 700;

/** Keep steps, images and their number as they are now, while the examination is under way. */
export function attachExaminationPage(main: HTMLElement): Disposer {
  const own = new Set((main.dataset.ownUids ?? "").split(" "));
  let timer = 0;
  const refreshSoon = () => {
    if (timer === 0) {
      timer = window.setTimeout(() => {
        timer = 0;
        void refresh(main);
      }, TOGETHER_MS);
    }
  };
  const stop = followStudies(main.dataset.eventsUrl ?? "", {
    study: (uid) => {
      if (own.has(uid)) refreshSoon();
    },
    state: () => undefined,
    missed: refreshSoon,
  });
  void label(main);
  return () => {
    window.clearTimeout(timer);
    stop();
  };
}

async function refresh(main: HTMLElement): Promise<void> {
  try {
    const response = await request(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser()
      .parseFromString(await response.text(), "text/html")
      .getElementById("content");
    if (fresh === null) return;
    main.dataset.manifestUrl = fresh.dataset.manifestUrl ?? "";
    takeOver(main, fresh, "[data-part=side]");
    // Whoever chooses images keeps those that are there, and sees how many there are by now.
    if (takeOver(main, fresh, "[data-part=images]")) enliven(main);
    else takeOver(main, fresh, "[data-part=images] h2");
    await label(main);
  } catch (error) {
    // The next notice brings what this one could not.
    if (!(error instanceof RequestError)) throw error;
  }
}

/** @returns whether the part is the fresh one now. */
function takeOver(main: HTMLElement, fresh: HTMLElement, selector: string): boolean {
  const [old, now] = [main.querySelector(selector), fresh.querySelector(selector)];
  if (!old || !now || isInUse(old)) return false;
  old.replaceChildren(...document.adoptNode(now).childNodes);
  return true;
}

function enliven(main: HTMLElement): void {
  const choice = main.querySelector<HTMLElement>("[data-part=image-choice]");
  if (choice !== null) attachImageChoice(choice);
}

/** What somebody types, has typed or has opened is not taken away. */
function isInUse(part: Element): boolean {
  const fields = [...part.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>("textarea, input")];
  return (
    part.contains(document.activeElement) ||
    part.querySelector("details[open]") !== null ||
    fields.some(isFilledIn)
  );
}

function isFilledIn(field: HTMLTextAreaElement | HTMLInputElement): boolean {
  if (field instanceof HTMLInputElement && field.checked !== field.defaultChecked) return true;
  return field.value !== field.defaultValue;
}

async function label(main: HTMLElement): Promise<void> {
  if (main.dataset.manifestUrl) await labelEdges(main, main.dataset.manifestUrl);
}
