import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { screenPoint } from "../geometry/points";
import type { DragSession } from "../tools/tool";
import type { Viewport } from "../viewport/viewport";
import type { Command } from "./command";
import type { ViewerContext } from "./viewerContext";

type Place = Pick<PointerEvent, "clientX" | "clientY">;

/** The lens while a key is held, whatever tool the left button has. */
export function heldMagnifierCommand(): Command {
  return {
    id: "hold-magnifier",
    label: t("Magnifier while the key is held"),
    group: "tool",
    keys: [";"],
    run: ({ page }) => page.dispatchEvent(new CustomEvent("viewer:hold-magnifier")),
  };
}

/** Show the lens under the pointer from the command on until a key is released or the page loses the keyboard. */
export function attachHeldMagnifier(page: HTMLElement, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  let pointer: Place | null = null;
  let held: { readonly viewport: Viewport; readonly session: DragSession } | null = null;
  const release = () => {
    held?.session.cancel();
    held = null;
  };
  bag.add(
    listen<PointerEvent>(page, "pointermove", (event) => {
      pointer = event;
      held?.session.move(pointOn(held.viewport, event));
    }),
  );
  bag.add(
    listen(page, "viewer:hold-magnifier", () => {
      const under = pointer && context.grid.visible.find((one) => isOver(one, pointer as Place));
      // The key repeats while it is held.
      if (held || !under || !pointer) return;
      const session = context.tools.magnifier.start(under, pointOn(under, pointer));
      if (session) held = { viewport: under, session };
    }),
  );
  bag.add(listen(document, "keyup", release));
  bag.add(listen(window, "blur", release));
  bag.add(release);
  return () => bag.dispose();
}

function isOver({ canvas }: Viewport, { clientX, clientY }: Place): boolean {
  const { left, top, right, bottom } = canvas.getBoundingClientRect();
  return clientX >= left && clientX < right && clientY >= top && clientY < bottom;
}

function pointOn({ canvas, ratio }: Viewport, { clientX, clientY }: Place) {
  const { left, top } = canvas.getBoundingClientRect();
  return screenPoint((clientX - left) * ratio, (clientY - top) * ratio);
}
