import type { Conflict } from "../annotations/autosave";
import { KINDS } from "../annotations/kinds/table";
import { loginUrl, RequestError } from "../api/client";
import { type Disposer, DisposerBag, listen } from "../core/disposable";
import { t } from "../core/i18n";
import { pictureShown } from "../viewport/pictureShown";
import { element, required } from "./dom";
import { followMarks } from "./liveMarks";
import type { ViewerContext } from "./viewerContext";

/**
 * Says in the footer whether everything is kept, and asks where somebody else was faster.
 *
 * Loads the annotations of every study that is opened, again when the reader comes back to the page.
 */
export function attachSaving(page: HTMLElement, context: ViewerContext): Disposer {
  const bag = new DisposerBag();
  const { saving, studies } = context;
  const label = required<HTMLElement>("[data-part=saving]", page);
  const disputes = element("div", { class: "disputes" });
  required("[data-part=session]", page).after(disputes);
  const loaded = new Set<string>();
  let loadProblem = "";
  const refresh = () => {
    writeState(label, context, loadProblem, () => void loadAll());
    writeDisputes(disputes, context);
  };
  const load = async (uid: string) => {
    loaded.add(uid);
    await pictureShown(context.grid.active);
    try {
      await saving.load(uid);
      loadProblem = "";
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      loaded.delete(uid);
      loadProblem = error.message;
    }
    refresh();
  };
  const loadAll = async () => {
    await Promise.all(studies.manifests.map(({ study }) => load(study.studyInstanceUid)));
  };
  const loadNew = () => {
    for (const { study } of studies.manifests) {
      if (!loaded.has(study.studyInstanceUid)) void load(study.studyInstanceUid);
    }
  };
  bag.add(studies.changed.subscribe(loadNew));
  bag.add(followMarks(context, (uid) => void load(uid)));
  bag.add(saving.changed.subscribe(refresh));
  bag.add(saving.saved.subscribe((id) => void context.serverCheck.ask(id).catch(ignoreRefusal)));
  bag.add(
    listen(document, "visibilitychange", () => {
      saving.retry();
      if (!document.hidden) void loadAll();
    }),
  );
  bag.add(listen(window, "online", () => saving.retry()));
  bag.add(
    listen<BeforeUnloadEvent>(window, "beforeunload", (event) => {
      if (!saving.hasUnsaved) return;
      saving.retry();
      event.preventDefault();
    }),
  );
  bag.add(() => disputes.remove());
  loadNew();
  refresh();
  return () => bag.dispose();
}

/** A check that could not be made leaves the browser's own value, unmarked. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof RequestError)) throw error;
}

function writeState(
  label: HTMLElement,
  { saving }: ViewerContext,
  loadProblem: string,
  reload: () => void,
): void {
  const { kind, reason, isTouched } = saving.state;
  const words = {
    saved: isTouched ? t("All marks saved") : "",
    saving: t("Saving…"),
    unsaved: t("Not saved: {reason}", { reason }),
  };
  const text =
    loadProblem && kind !== "unsaved"
      ? t("Marks did not load: {reason}", { reason: loadProblem })
      : words[kind];
  label.dataset.state = loadProblem ? "unsaved" : kind;
  if (label.dataset.text === text) return;
  label.dataset.text = text;
  label.replaceChildren(text);
  if (label.dataset.state !== "unsaved") return;
  const again = element("button", { type: "button", class: "saving__again" }, t("Try again"));
  again.addEventListener("click", () => {
    if (loadProblem) reload();
    saving.retry();
  });
  if (/session/i.test(text))
    label.append(" ", element("a", { href: loginUrl(), target: "_blank" }, t("Log in")));
  label.append(" ", again);
}

function writeDisputes(root: HTMLElement, context: ViewerContext): void {
  const { conflicts } = context.saving;
  const key = conflicts.map(({ id, current }) => `${id} ${current?.revision ?? ""}`).join();
  if (root.dataset.conflicts === key) return;
  root.dataset.conflicts = key;
  root.replaceChildren(...conflicts.map((conflict) => dispute(conflict, context)));
}

function dispute({ id, current }: Conflict, { saving, annotations }: ViewerContext): HTMLElement {
  const mine = annotations.get(id);
  const name = KINDS[(mine ?? current)?.kind ?? "text"].label;
  const what = current
    ? t("{mark} was changed by {author} meanwhile.", {
        mark: name,
        author: current.author || t("somebody else"),
      })
    : t("{mark} was deleted by somebody else meanwhile.", { mark: name });
  const keep = mine ? (current ? t("Keep mine as a copy") : t("Keep mine")) : t("Delete it all the same");
  const take = current ? t("Take theirs") : t("Let it go");
  const button = (label: string, act: () => void) => {
    const made = element("button", { type: "button", class: "button" }, label);
    made.addEventListener("click", act);
    return made;
  };
  return element(
    "p",
    { class: "dispute alert alert--warning", role: "alert" },
    element("span", {}, what),
    button(keep, () => saving.keepMine(id)),
    button(take, () => saving.takeTheirs(id)),
  );
}
