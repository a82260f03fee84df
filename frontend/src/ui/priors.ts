import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t, tn } from "../core/i18n";
import { formatDate, formatTime } from "../dicom/text";
import type { PatientStudy } from "../dicom/types";
import { showBeside } from "./beside";
import type { Command } from "./command";
import { element } from "./dom";
import { STUDY_DRAG_TYPE } from "./seriesStrip";
import type { ViewerContext } from "./viewerContext";

/** Objects about images, which say nothing of what was examined. */
const NOT_EXAMINATIONS: ReadonlySet<string> = new Set(["KO", "PR", "RTSTRUCT", "SEG", "SR"]);

/** The key and the button of the panel. */
export function priorsCommands(): Command[] {
  return [
    {
      id: "priors",
      label: t("Studies of this patient"),
      group: "layout",
      keys: ["Shift+p"],
      icon: "priors",
      run: ({ page }) => page.dispatchEvent(new CustomEvent("viewer:priors")),
      isOn: ({ page }) => page.classList.contains("viewer--priors"),
    },
    {
      id: "best-prior",
      label: t("Most relevant prior beside this picture"),
      group: "layout",
      keys: ["b"],
      run: (context) => {
        const [best] = context.studies.priors;
        if (best) void showBeside(context, best.studyInstanceUid);
      },
    },
  ];
}

/** All studies of the patient on a line of time, the latest on top; a click shows one beside the picture. */
export function attachPriors(root: HTMLElement, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  const { page, studies } = context;
  const close = element("button", { type: "button", class: "button" }, t("Close"));
  const list = element("ol", { class: "timeline" });
  root.replaceChildren(
    element("header", { class: "priors__header" }, element("h2", {}, t("Studies of this patient")), close),
    list,
  );
  const show = (isOpen: boolean) => {
    page.classList.toggle("viewer--priors", isOpen);
    root.hidden = !isOpen;
    if (isOpen) {
      write();
      list.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
    }
    context.changed.emit();
  };
  const write = () => {
    const shown = new Set(context.grid.visible.map(({ stack }) => stack?.study.studyInstanceUid));
    const [best] = studies.priors;
    list.replaceChildren(
      ...context.manifest.patientStudies.map((study) =>
        entry(study, study === best, shown.has(study.studyInstanceUid), () =>
          showBeside(context, study.studyInstanceUid),
        ),
      ),
    );
  };
  bag.add(listen(page, "viewer:priors", () => show(root.hidden !== false)));
  bag.add(listen(close, "click", () => show(false)));
  bag.add(
    listen<KeyboardEvent>(root, "keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      show(false);
    }),
  );
  const refresh = () => {
    if (!root.hidden) write();
  };
  bag.add(studies.changed.subscribe(refresh));
  bag.add(context.grid.changed.subscribe(refresh));
  return () => bag.dispose();
}

function entry(
  study: PatientStudy,
  isBest: boolean,
  isShown: boolean,
  open: () => Promise<void>,
): HTMLElement {
  const notes = [
    study.isCurrent ? t("This study") : "",
    isBest ? t("Most relevant") : "",
    !study.isCurrent && study.relevance === null ? t("Later study") : "",
    isShown && !study.isCurrent ? t("On the screen") : "",
  ].filter(Boolean);
  const what = [study.bodyParts.join(", "), tn("{count} object", "{count} objects", study.numberOfInstances)]
    .filter(Boolean)
    .join("  ·  ");
  const button = element(
    "button",
    {
      type: "button",
      class: "prior",
      draggable: study.isCurrent ? null : "true",
      "aria-current": study.isCurrent ? "true" : null,
      "data-study-instance-uid": study.studyInstanceUid,
    },
    element(
      "span",
      { class: "prior__when" },
      element(
        "span",
        {},
        [formatDate(study.studyDate) || t("No date"), formatTime(study.studyTime)].join(" ").trim(),
      ),
      element(
        "span",
        { class: "prior__modalities" },
        study.modalities.filter((modality) => !NOT_EXAMINATIONS.has(modality)).join(" "),
      ),
    ),
    element("span", { class: "prior__title" }, study.studyDescription || t("No description")),
    element("span", { class: "prior__what" }, what),
    element("span", { class: "prior__what" }, study.facilityName),
    notes.length > 0 ? element("span", { class: "prior__notes" }, notes.join("  ·  ")) : null,
    study.reasons.length > 0 ? element("span", { class: "prior__what" }, study.reasons.join(", ")) : null,
  );
  const item = element("li", { class: "timeline__item" }, button);
  listen(button, "click", () => void open());
  listen<DragEvent>(button, "dragstart", (event) => {
    event.dataTransfer?.setData(STUDY_DRAG_TYPE, study.studyInstanceUid);
  });
  return item;
}
