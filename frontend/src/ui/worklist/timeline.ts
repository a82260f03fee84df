import { type Disposer, listen } from "../../core/disposable";
import { isRightToLeft } from "../../core/i18n";

/** Show the current study of a line of time, else the latest; arrows go from study to study, as time runs. */
export function attachTimeline(timeline: HTMLElement): Disposer {
  const studies = [...timeline.querySelectorAll<HTMLAnchorElement>("a")];
  const shown = studies.find((one) => one.ariaCurrent === "true") ?? studies.at(-1);
  if (shown) scrollTo(timeline, shown);
  return listen<KeyboardEvent>(timeline, "keydown", (event) => {
    const steps = stepsOf(event.key);
    if (steps === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = studies[studies.indexOf(document.activeElement as HTMLAnchorElement) + steps];
    event.preventDefault();
    event.stopPropagation();
    next?.focus();
  });
}

function stepsOf(key: string): number {
  const [later, earlier] = isRightToLeft ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  if (key === later) return 1;
  return key === earlier ? -1 : 0;
}

/** Scroll the line only, never the page that it stands on. */
function scrollTo(timeline: HTMLElement, study: HTMLElement): void {
  const box = study.getBoundingClientRect();
  const frame = timeline.getBoundingClientRect();
  timeline.scrollLeft += box.left + box.width / 2 - (frame.left + frame.width / 2);
}
