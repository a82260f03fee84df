import { RequestError } from "../api/client";
import {
  changeProtocol,
  deleteProtocol,
  exportUrl,
  fetchProtocols,
  type ListedProtocol,
  MYSELF,
  type Owner,
  type ProtocolList,
  saveProtocol,
} from "../api/hanging";
import { listen } from "../core/disposable";
import { listText, t, tn } from "../core/i18n";
import type { Criteria } from "../hanging/protocol";
import { protocolBody } from "../hanging/protocolBody";
import { element } from "./dom";
import { HangingFields } from "./hangingFields";
import { askForHanging } from "./hangingForm";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

const SIDES: Readonly<Record<Criteria["laterality"], string>> = {
  "": "",
  L: t("left"),
  R: t("right"),
  B: t("both sides"),
};

/** Every protocol in a dialog: hang, change, share, export, delete, and import from a file. */
export async function manageProtocols(context: ViewerContext): Promise<void> {
  const dialog = new ManageDialog(context);
  await dialog.open();
}

class ManageDialog {
  private readonly list = element("ul", { class: "protocols" });
  private readonly problem = element("p", { class: "alert alert--error", role: "alert", hidden: true });
  private readonly dialog: HTMLDialogElement;

  constructor(private readonly context: ViewerContext) {
    const close = element("button", { type: "button", class: "button" }, t("Close"));
    const take = element("button", { type: "button", class: "button" }, t("Import…"));
    this.dialog = element(
      "dialog",
      { class: "help hanging-manage", "aria-labelledby": "hanging-manage-title" },
      element(
        "header",
        { class: "help__header" },
        element("h1", { id: "hanging-manage-title" }, t("Hanging protocols")),
        take,
        close,
      ),
      this.problem,
      this.list,
    );
    listen(close, "click", () => this.dialog.close());
    listen(take, "click", () => this.importFile());
    listen(this.dialog, "close", () => this.dialog.remove());
  }

  async open(): Promise<void> {
    await this.attempt(async () => {
      await this.refresh();
      this.context.page.append(this.dialog);
      this.dialog.showModal();
    });
  }

  private async refresh(): Promise<void> {
    const found = await fetchProtocols();
    this.list.replaceChildren(...found.protocols.map((one) => this.row(one, found)));
  }

  private row(listed: ListedProtocol, all: ProtocolList): HTMLElement {
    const { protocol, whose, authorName, mayChange } = listed;
    const button = (label: string, act: () => void) => {
      const made = element(
        "button",
        { type: "button", class: "button", "aria-label": `${label} “${protocol.name}”` },
        label,
      );
      listen(made, "click", act);
      return made;
    };
    const by =
      authorName && listed.protocol.scope !== "user" ? t("saved by {author}", { author: authorName }) : "";
    return element(
      "li",
      { class: "protocols__item" },
      element(
        "div",
        { class: "protocols__text" },
        element("strong", {}, protocol.name),
        element("span", {}, [whose, by].filter(Boolean).join(", ")),
        element("span", {}, criteriaText(protocol.criteria)),
      ),
      element(
        "div",
        { class: "protocols__acts" },
        button(t("Hang"), () => {
          this.dialog.close();
          void this.context.hanger.hang(protocol);
        }),
        mayChange ? button(t("Change…"), () => this.change(listed, all.owners)) : null,
        element(
          "a",
          {
            class: "button",
            href: exportUrl(protocol.id),
            download: `hanging-${protocol.id}.json`,
            "aria-label": t("Export “{name}”", { name: protocol.name }),
          },
          t("Export"),
        ),
        mayChange ? this.deleteButton(listed) : null,
      ),
    );
  }

  /** The first press asks, the second deletes. */
  private deleteButton({ protocol }: ListedProtocol): HTMLElement {
    const button = element(
      "button",
      { type: "button", class: "button", "aria-label": `Delete “${protocol.name}”` },
      t("Delete"),
    );
    let isAsked = false;
    listen(button, "click", () => {
      if (!isAsked) {
        isAsked = true;
        button.textContent = t("Really delete?");
        button.setAttribute("aria-label", t("Really delete “{name}”?", { name: protocol.name }));
        button.classList.add("button--danger");
        return;
      }
      void this.attempt(async () => {
        await deleteProtocol(protocol);
        this.context.hanger.withdraw(protocol);
        await this.refresh();
      });
    });
    return button;
  }

  private change({ protocol, facility, role }: ListedProtocol, owners: readonly Owner[]): void {
    const { name, criteria, scope } = protocol;
    const owner: Owner = scope === "built_in" ? MYSELF : { label: "", scope, facility, role };
    const fields = new HangingFields(owners, { name, owner, criteria });
    askForHanging(this.context.page, t("Change this protocol"), fields, null, async (description) => {
      const body = protocolBody(description.name, description.criteria, protocol.stages);
      const changed = await changeProtocol(protocol.id, description.owner, body);
      this.context.hanger.exchange(changed);
      await this.refresh();
    });
  }

  /** A file that was exported before, saved as one's own. */
  private importFile(): void {
    const input = element("input", { type: "file", accept: "application/json,.json" });
    listen(input, "change", () => {
      const [file] = input.files ?? [];
      if (!file) return;
      void this.attempt(async () => {
        const saved = await saveProtocol(MYSELF, JSON.parse(await file.text()));
        this.context.hanger.offer(saved);
        await this.refresh();
        showMessage(this.context.page, t("Imported “{name}”.", { name: saved.name }));
      });
    });
    input.click();
  }

  /** Do it, or say why it did not work, in the dialog while it is open. */
  private async attempt(act: () => Promise<void>): Promise<void> {
    this.problem.hidden = true;
    try {
      await act();
    } catch (error) {
      const text = problemText(error);
      if (!this.dialog.open) showMessage(this.context.page, text);
      this.problem.textContent = text;
      this.problem.hidden = false;
    }
  }
}

function problemText(error: unknown): string {
  if (error instanceof RequestError) return error.message;
  if (error instanceof SyntaxError) return t("This file is not JSON.");
  throw error;
}

/** Which studies a protocol is for, in words. */
function criteriaText(criteria: Criteria): string {
  const { modalities, bodyParts, words, laterality, viewPositions, leastPriors, leastPictures } = criteria;
  const parts = [
    listText(
      modalities.map((entry) => listText(entry.split("\\"))),
      "disjunction",
    ),
    listText(bodyParts, "disjunction").toLowerCase(),
    words.length > 0 ? `“${words.join(" ")}”` : "",
    SIDES[laterality],
    listText(viewPositions),
    leastPriors > 0 ? tn("{count} prior or more", "{count} priors or more", leastPriors) : "",
    leastPictures > 1 ? t("{count} series or projections or more", { count: leastPictures }) : "",
  ];
  return parts.filter(Boolean).join(", ") || t("Every study");
}
