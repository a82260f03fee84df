import type { WorklistApi } from "../../api/worklist";
import { type Disposer, DisposerBag, listen } from "../../core/disposable";
import { t } from "../../core/i18n";
import { element, required, setText } from "../dom";

/** The dialogs of the list: its columns, its tabs, saving it, its keys. What is kept is kept on the server. */
export function attachDialogs(page: HTMLElement, api: WorklistApi): Disposer {
  const bag = new DisposerBag();
  const dialog = (name: string) => required<HTMLDialogElement>(`[data-dialog=${name}]`, page);
  bag.add(
    listen(page, "click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-open]") : null;
      if (button instanceof HTMLElement) dialog(button.dataset.open ?? "").showModal();
    }),
  );
  for (const name of ["columns", "save", "tabs", "keys"]) bag.add(attachButtons(dialog(name), api));
  return () => bag.dispose();
}

type Act = (dialog: HTMLDialogElement, api: WorklistApi, button: HTMLElement) => Promise<void> | void;

const KEEP: Record<string, Act> = { columns: keepColumns, save: saveList, tabs: keepTabs, keys: close };
const ACTS: Record<string, Act> = {
  cancel: close,
  keep: (dialog, api, button) => KEEP[dialog.dataset.dialog ?? ""]?.(dialog, api, button),
  usual: async (_, api) => {
    await api.keepSettings({ columns: [] });
    location.reload();
  },
  rename: startRenaming,
  "keep-name": keepName,
  delete: (_, __, button) => {
    button.dataset.act = "delete-now";
    button.classList.add("button--danger");
    setText(button, t("Really delete"));
  },
  "delete-now": async (_, api, button) => {
    await api.deleteList(keyOf(button));
    button.closest("li")?.remove();
  },
};

function attachButtons(dialog: HTMLDialogElement, api: WorklistApi): Disposer {
  const bag = new DisposerBag();
  const run = (act: string, button: HTMLElement) =>
    Promise.resolve(ACTS[act]?.(dialog, api, button)).catch((error: unknown) => showProblem(dialog, error));
  bag.add(
    listen(dialog, "click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button?.dataset.act) void run(button.dataset.act, button);
      else if (button?.dataset.move) move(button, Number(button.dataset.move));
    }),
  );
  // Enter keeps, as in any form; without this it would press the first button.
  bag.add(
    listen(dialog, "submit", (event) => {
      event.preventDefault();
      void run("keep", dialog);
    }),
  );
  return () => bag.dispose();
}

function close(dialog: HTMLDialogElement): void {
  dialog.close();
}

function showProblem(dialog: HTMLDialogElement, error: unknown): void {
  setText(required("[data-part=problem]", dialog), error instanceof Error ? error.message : String(error));
}

function move(button: HTMLElement, steps: number): void {
  const item = button.closest("li");
  const neighbour = steps < 0 ? item?.previousElementSibling : item?.nextElementSibling;
  if (!item || !neighbour) return;
  if (steps < 0) neighbour.before(item);
  else neighbour.after(item);
  button.focus();
}

async function keepColumns(dialog: HTMLDialogElement, api: WorklistApi): Promise<void> {
  const items = [...dialog.querySelectorAll<HTMLElement>("[data-column]")];
  const shown = items.filter((item) => required<HTMLInputElement>("input", item).checked);
  await api.keepSettings({ columns: shown.map((item) => item.dataset.column) });
  location.reload();
}

async function keepTabs(dialog: HTMLDialogElement, api: WorklistApi): Promise<void> {
  const items = [...dialog.querySelectorAll<HTMLElement>("[data-tab]")];
  const first = dialog.querySelector<HTMLInputElement>("input[name=first_list]:checked");
  await api.keepSettings({
    tabs: items.map((item) => item.dataset.tab),
    ...(first ? { first_list: first.value } : {}),
  });
  location.reload();
}

async function saveList(dialog: HTMLDialogElement, api: WorklistApi): Promise<void> {
  const name = required<HTMLInputElement>("input[name=name]", dialog);
  if (!name.reportValidity()) return;
  const owner = dialog.querySelector<HTMLSelectElement>("select[name=owner]")?.value ?? "user";
  const [scope = "user", facility = "", role = ""] = owner.split(" ");
  location.assign(await api.saveList(name.value, { scope, facility, role }));
}

function startRenaming(_: HTMLDialogElement, __: WorklistApi, button: HTMLElement): void {
  const name = required<HTMLElement>("[data-part=name]", button.closest("li") ?? undefined);
  const field = element("input", {
    type: "text",
    maxlength: 60,
    value: name.textContent,
    "aria-label": t("Name"),
  });
  name.replaceChildren(field);
  field.select();
  button.dataset.act = "keep-name";
  setText(button, t("Keep the name"));
}

async function keepName(_: HTMLDialogElement, api: WorklistApi, button: HTMLElement): Promise<void> {
  const name = required<HTMLElement>("[data-part=name]", button.closest("li") ?? undefined);
  const field = required<HTMLInputElement>("input", name);
  await api.renameList(keyOf(button), field.value);
  name.replaceChildren(field.value);
  button.dataset.act = "rename";
  setText(button, t("Rename"));
}

function keyOf(button: HTMLElement): string {
  return button.closest<HTMLElement>("[data-tab]")?.dataset.tab ?? "";
}
