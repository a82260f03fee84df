import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { dateText, t } from "../../core/i18n";
import { element } from "../dom";

/** The sheet that waits for the printer, and what it holds. */
let sheet: { readonly root: HTMLElement; readonly url: string } | null = null;

/**
 * Put a picture on a sheet that only paper shows, across where it is wide, and let the browser print it.
 *
 * Browsers of phones go on while they prepare the pages, and say too early that they have printed. So the sheet stays until
 * the reader does something on the page again; until then nothing but paper shows it.
 */
export function printPicture(blob: Blob, isWide: boolean, caption: string): void {
  takeAway();
  const url = URL.createObjectURL(blob);
  const picture = element("img", { alt: "" });
  const root = element(
    "figure",
    { class: `print-sheet ${isWide ? "print-sheet--wide" : ""}`, "aria-hidden": "true" },
    picture,
    element("figcaption", {}, [caption, printedText()].filter(Boolean).join(" · ")),
  );
  sheet = { root, url };
  picture.addEventListener("load", () => window.print());
  picture.src = url;
  document.body.append(root);
}

/** What the browser's own command prints: a sentence, since a page of the viewer is not for paper. */
export function attachPrinting(page: HTMLElement): Disposer {
  const bag = new DisposerBag();
  const sentence =
    page.dataset.mayExport === "1"
      ? t("Print pictures of the viewer by Save, “Print this picture”.")
      : t("Pictures of this study may be saved and printed only by those who may download it.");
  const note = element("p", { class: "print-note", "aria-hidden": "true" }, sentence);
  document.body.append(note);
  bag.add(() => note.remove());
  const options = { capture: true };
  let isPrinted = false;
  bag.add(
    listen(window, "afterprint", () => {
      isPrinted = true;
    }),
  );
  const cleanUp = () => {
    if (isPrinted) takeAway();
    isPrinted = false;
  };
  bag.add(listen(document, "pointerdown", cleanUp, options));
  bag.add(listen(document, "keydown", cleanUp, options));
  return () => bag.dispose();
}

function takeAway(): void {
  if (sheet === null) return;
  sheet.root.remove();
  URL.revokeObjectURL(sheet.url);
  sheet = null;
}

function printedText(): string {
  const now = new Date();
  const two = (number: number) => String(number).padStart(2, "0");
  const day = dateText(`${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`);
  return [
    t("Printed {moment}", { moment: `${day} ${two(now.getHours())}:${two(now.getMinutes())}` }),
    t("Not a medical device. Not for diagnostic use."),
  ].join(" · ");
}
