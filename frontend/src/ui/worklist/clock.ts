import type { Disposer } from "../../core/disposable";
import { t } from "../../core/i18n";
import { setText } from "../dom";

const TICK_MS = 15_000;
const MINUTE_MS = 60_000;

/** Let the clocks of the rows count on between the server's updates. */
export function attachClocks(body: HTMLElement): Disposer {
  const tick = () => {
    for (const clock of body.querySelectorAll<HTMLElement>("[data-due]")) age(clock, Date.now());
  };
  const timer = window.setInterval(tick, TICK_MS);
  return () => window.clearInterval(timer);
}

function age(clock: HTMLElement, now: number): void {
  const { due, pressing } = clock.dataset;
  setText(clock, timeLeft(Number(due) - now));
  clock.className = `clock clock--${clockState(Number(due), Number(pressing), now)}`;
}

export function clockState(due: number, pressing: number, now: number): "over" | "pressing" | "calm" {
  if (now >= due) return "over";
  return now >= pressing ? "pressing" : "calm";
}

/** "12 min left", "3 h over": the words of the server. */
export function timeLeft(leftMs: number): string {
  const minutes = Math.floor(Math.abs(leftMs) / MINUTE_MS);
  const amount =
    minutes < 60
      ? t("{count} min", { count: minutes })
      : minutes < 2880
        ? t("{count} h", { count: Math.floor(minutes / 60) })
        : t("{count} d", { count: Math.floor(minutes / 1440) });
  return leftMs > 0 ? t("{time} left", { time: amount }) : t("{time} over", { time: amount });
}
