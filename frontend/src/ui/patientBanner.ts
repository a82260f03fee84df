import { type Disposer, DisposerBag } from "../core/disposable";
import { t } from "../core/i18n";
import { identityConflict } from "../dicom/identity";
import { formatDemographics, formatPersonName, formatStudy } from "../dicom/text";
import type { Study } from "../dicom/types";
import { element, icon } from "./dom";
import type { ViewerContext } from "./viewerContext";

/** Whose pictures are on the screen. Two patients turn it red, and it says so in words. */
export function attachPatientBanner(root: HTMLElement, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  let written = "";
  const refresh = () => {
    const { grid, manifest } = context;
    const study = grid.active.study ?? manifest.study;
    const patients = grid.visible.flatMap((viewport) => viewport.study?.patient ?? []);
    const conflict = identityConflict([...patients, ...context.other.patients]);
    const key = JSON.stringify([study.studyInstanceUid, conflict]);
    if (key === written) return;
    written = key;
    root.classList.toggle("banner--conflict", conflict !== "");
    grid.root.classList.toggle("grid--conflict", conflict !== "");
    root.replaceChildren(
      ...(conflict ? [warning(conflict)] : []),
      ...identity(study, context.page.dataset.patientUrl ?? ""),
    );
    root.hidden = false;
  };
  bag.add(context.changed.subscribe(refresh));
  bag.add(context.other.changed.subscribe(refresh));
  bag.add(context.grid.changed.subscribe(refresh));
  bag.add(context.grid.attach((viewport) => bag.add(viewport.paintedChanged.subscribe(refresh))));
  refresh();
  return () => bag.dispose();
}

function warning(text: string): HTMLElement {
  return element("strong", { class: "banner__warning", role: "alert" }, icon("warning"), text);
}

/** Leads to all that is known of the patient, in a tab of its own: what is being read stays open. */
function pageOf(study: Study, pattern: string): HTMLElement {
  return element(
    "a",
    {
      class: "banner__page",
      href: pattern.replace("0.0", study.studyInstanceUid),
      target: "_blank",
      rel: "noopener",
      title: t("Page of the patient, in a new tab"),
      "aria-label": t("Page of the patient, in a new tab"),
    },
    icon("person"),
  );
}

function identity(study: Study, pagePattern: string): HTMLElement[] {
  const { patient } = study;
  const part = (name: string, text: string) =>
    element("span", { class: `banner__${name}`, "data-banner": name }, text);
  return [
    part("name", formatPersonName(patient.name) || t("No name")),
    pageOf(study, pagePattern),
    part("id", [patient.patientId || t("No ID"), patient.issuerOfPatientId].filter(Boolean).join("  ")),
    part("demographics", formatDemographics(patient)),
    part("study", [formatStudy(study), study.studyDescription].filter(Boolean).join("  ")),
  ];
}
