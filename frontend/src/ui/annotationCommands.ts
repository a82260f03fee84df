import { KINDS } from "../annotations/kinds/table";
import { storeEvidence } from "../api/annotations";
import { RequestError } from "../api/client";
import { t } from "../core/i18n";
import { type AnnotationKind, frameKey } from "../dicom/annotation";
import { isMeant } from "../dicom/presentation";
import { imageKey } from "../dicom/types";
import { copyToNextImage, openAnnotation, pasteHere } from "./annotating";
import { takeIn } from "./arrivals";
import type { Command } from "./command";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

/** The order of the menu; kinds that are needed daily come first. */
export const DRAWING_KEYS: readonly (readonly [AnnotationKind, string])[] = [
  ["length", "d"],
  ["bidirectional", "Shift+d"],
  ["angle", "a"],
  ["cobb", "Shift+a"],
  ["ellipse", "e"],
  ["circle", "Shift+e"],
  ["rectangle", "Shift+r"],
  ["polygon", "Shift+g"],
  ["freehand", "g"],
  ["probe", "p"],
  ["arrow", "q"],
  ["text", "Shift+q"],
  ["spine_label", "Shift+s"],
  ["calibration", "Shift+l"],
];

export function drawingCommands(): Command[] {
  return DRAWING_KEYS.map(([kind, key]) => ({
    id: `tool-${kind}`,
    label: KINDS[kind].label,
    group: "draw",
    keys: [key],
    run: (context) => context.setTool(kind),
    isOn: (context) => context.tool.name === kind,
  }));
}

/** Everything that is done to annotations and key images, whatever the tool. */
export function annotationCommands(): Command[] {
  return [
    plain("key-image", t("Key image: mark it, or take the mark away"), ["k"], toggleKeyImage, "star"),
    plain("delete-measurement", t("Delete the mark"), ["Delete", "Backspace"], ({ annotations }) => {
      annotations.removeSelected();
    }),
    plain("undo", t("Undo"), ["Ctrl+z"], ({ annotations }) => void annotations.history.undo()),
    plain(
      "redo",
      t("Redo"),
      ["Ctrl+Shift+z", "Ctrl+y"],
      ({ annotations }) => void annotations.history.redo(),
    ),
    plain("copy", t("Copy the mark"), ["Ctrl+c"], ({ annotations }) => void annotations.copySelected()),
    plain("paste", t("Paste the mark on this image"), ["Ctrl+v"], pasteHere),
    plain("copy-to-next", t("Copy the mark to the next image, and go there"), ["Shift+c"], copyToNextImage),
    plain("words", t("Words beside the mark"), ["F2"], (context) => {
      const { selectedId } = context.annotations;
      if (selectedId) void openAnnotation(context, context.grid.active, selectedId);
    }),
    {
      ...plain("hide-annotations", t("Hide all marks, and show them"), ["Shift+h"], ({ annotations }) =>
        annotations.setHidden(!annotations.isHidden),
      ),
      isOn: ({ annotations }) => annotations.isHidden,
    },
    {
      ...plain("annotation-list", t("List of marks and key images"), ["Shift+m"], openList, "list"),
      isOn: ({ page }) => page.classList.contains("viewer--marks"),
    },
    plain("evidence", t("Save the marks as DICOM objects"), [], (context) => void saveAsDicom(context)),
  ];
}

function plain(
  id: string,
  label: string,
  keys: readonly string[],
  run: (context: ViewerContext) => void,
  icon?: string,
): Command {
  return { id, label, group: "measure", keys, run, ...(icon ? { icon } : {}) };
}

function openList({ page }: ViewerContext): void {
  page.dispatchEvent(new CustomEvent("viewer:marks"));
}

function toggleKeyImage({ grid, annotations, page }: ViewerContext): void {
  const { stack, image } = grid.active;
  if (!stack || !image) return;
  if (image.plane !== "") {
    showMessage(page, t("A reformatted plane cannot be a key image. Mark an image of the series."));
    return;
  }
  annotations.toggleKeyImage({ ...image, studyInstanceUid: stack.study.studyInstanceUid });
}

/** Go to the next image that anybody marked, after the last one to the first. */
export function showNextKeyImage({ grid, annotations, presentations }: ViewerContext): void {
  const viewport = grid.active;
  const images = viewport.stack?.series.images ?? [];
  const ours = new Set(annotations.keyImages.map(frameKey));
  const { keyObjects } = presentations.current;
  const marked = images.flatMap((image, index) => {
    const isTheirs = keyObjects.some(({ images: meant }) => meant.some((one) => isMeant(one, image)));
    return isTheirs || ours.has(imageKey(image)) ? [index] : [];
  });
  const next = marked.find((index) => index > viewport.imageIndex) ?? marked[0];
  if (next !== undefined) viewport.setImageIndex(next);
}

async function saveAsDicom(context: ViewerContext): Promise<void> {
  const { grid, page, saving } = context;
  const studyInstanceUid = grid.active.stack?.study.studyInstanceUid;
  if (!studyInstanceUid) return;
  if (saving.hasUnsaved) {
    showMessage(page, t("Not everything is saved yet. Try again when it is."));
    return;
  }
  try {
    const { created, detail } = await storeEvidence(studyInstanceUid);
    const names = new Set(created.map(({ modality, description }) => description || modality));
    const stored =
      created.length > 0 ? t("Stored in the study: {names}.", { names: [...names].join(", ") }) : "";
    showMessage(page, [stored, detail].filter(Boolean).join(" "));
    if (created.length > 0) await takeIn(context, studyInstanceUid);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showMessage(page, error.message);
  }
}
