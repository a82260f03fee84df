import { t } from "../../core/i18n";
import type { WaveformAnnotation } from "../../dicom/waveform";
import { element } from "../dom";

/** What the file says of a waveform as a whole: statements, then measurements. Empty where it says nothing. */
export function waveformNotes(annotations: readonly WaveformAnnotation[]): HTMLElement {
  const whole = annotations.filter(({ positionsS }) => positionsS.length === 0);
  const statements = whole.filter(({ name, value }) => !name && value);
  const measured = whole.filter(({ name, value }) => name && value);
  return element(
    "aside",
    { class: "waveform__notes", "aria-label": t("Notes in the file") },
    statements.length > 0 && element("ul", {}, ...statements.map(({ value }) => element("li", {}, value))),
    measured.length > 0 &&
      element(
        "dl",
        {},
        ...measured.flatMap(({ name, value }) => [element("dt", {}, name), element("dd", {}, value)]),
      ),
  );
}
