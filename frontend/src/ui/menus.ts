import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { isRightToLeft } from "../core/i18n";

/** Menus made of <details data-menu> close on Escape, on a click elsewhere, and when another opens. */
export function attachMenus(): Disposer {
  const bag = new DisposerBag();
  const open = () => [...document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")];
  bag.add(
    listen<PointerEvent>(
      document,
      "pointerdown",
      (event) => {
        for (const menu of open()) {
          if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
        }
      },
      { capture: true },
    ),
  );
  bag.add(
    listen<KeyboardEvent>(document, "keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of open()) {
        menu.open = false;
        menu.querySelector("summary")?.focus();
        event.preventDefault();
      }
    }),
  );
  return () => bag.dispose();
}

/** The bar scrolls sideways and would cut the panel, so the panel hangs from the window. */
export function placeBelow(panel: HTMLElement, summary: HTMLElement): void {
  const box = summary.getBoundingClientRect();
  panel.style.top = `${box.bottom + 4}px`;
  const left = isRightToLeft ? box.right - panel.offsetWidth : box.left;
  panel.style.left = `${Math.max(4, Math.min(left, window.innerWidth - panel.offsetWidth - 4))}px`;
}
