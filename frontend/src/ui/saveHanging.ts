import { RequestError } from "../api/client";
import { fetchProtocols, MYSELF, type Owner, saveProtocol } from "../api/hanging";
import { t } from "../core/i18n";
import { relevantPriors } from "../hanging/hang";
import type { Criteria, Stage } from "../hanging/protocol";
import { protocolBody } from "../hanging/protocolBody";
import { lateralityOf } from "../hanging/selecting";
import { element } from "./dom";
import { ANY_STUDY, HangingFields, type StudyHints } from "./hangingFields";
import { askForHanging } from "./hangingForm";
import { showMessage } from "./message";
import { screenHere } from "./pairing";
import type { ViewerContext } from "./viewerContext";

const OBJECTS: ReadonlySet<string> = new Set(["KO", "PR", "RTSTRUCT", "SEG", "SR"]);

/** Ask for whom and for which studies what is on the screen shall hang, and save it. */
export async function saveThisLayout(context: ViewerContext): Promise<void> {
  let owners: readonly Owner[];
  try {
    ({ owners } = await fetchProtocols());
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showMessage(context.page, error.message);
    return;
  }
  const { hanger, page } = context;
  const criteria = suggestedCriteria(context);
  const name = [criteria.modalities.join("/").replaceAll("\\", "/"), criteria.bodyParts.join(" ")];
  const fields = new HangingFields(
    owners,
    { name: name.filter(Boolean).join(" ") || t("My layout"), owner: MYSELF, criteria },
    hintsOf(context),
  );
  const others = element("input", { type: "checkbox" });
  const hung = hanger.protocol;
  const keepOthers =
    hung !== null && hung.stages.length > 1
      ? element(
          "label",
          { class: "hanging-form__check" },
          others,
          ` ${t("Keep the other stages of “{name}”", { name: hung.name })}`,
        )
      : null;
  askForHanging(page, t("Save this layout"), fields, keepOthers, async (description) => {
    const stages = await stagesToSave(context, others.checked);
    const body = protocolBody(description.name, description.criteria, stages);
    const saved = await saveProtocol(description.owner, body);
    hanger.adopt(saved);
    showMessage(page, t("Saved. “{name}” hangs the next study of this kind.", { name: saved.name }));
  });
}

/** What is on the screen, among the other stages where the reader wants to keep them. */
async function stagesToSave(context: ViewerContext, keepsOthers: boolean): Promise<readonly Stage[]> {
  const { sync, hanger, pairing } = context;
  const here = screenHere(context);
  const there = (await pairing?.describeOther()) ?? null;
  const [first, second] = there && pairing?.isSecond ? [there, here] : [here, there];
  const stage: Stage = { ...first, name: "", link: sync.links, secondScreen: second };
  const kept = keepsOthers ? (hanger.protocol?.stages ?? []) : [];
  if (kept.length === 0) return [stage];
  return kept.map((one, index) => (index === hanger.stageIndex ? stage : one));
}

/** Studies like the one on the screen. */
function suggestedCriteria({ manifest, grid, studies }: ViewerContext): Criteria {
  const modalities = manifest.study.modalities.filter((modality) => !OBJECTS.has(modality));
  const shown = grid.visible.filter(({ stack }) => stack && stack.study !== manifest.study).length;
  return {
    ...ANY_STUDY,
    modalities: modalities.length > 0 ? [modalities.join("\\")] : [],
    bodyParts: distinct(manifest.series.map(({ bodyPartExamined }) => bodyPartExamined)),
    leastPriors: Math.min(shown, relevantPriors(studies).length),
  };
}

function hintsOf({ manifest }: ViewerContext): StudyHints {
  const images = manifest.series.flatMap((series) => series.images.map((image) => ({ series, image })));
  return {
    words: manifest.study.studyDescription,
    viewPositions: distinct(images.map(({ image }) => image.viewPosition)).join(", "),
    laterality: distinct(images.map(({ series, image }) => lateralityOf(series, image))).join(", "),
  };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter(Boolean);
}
