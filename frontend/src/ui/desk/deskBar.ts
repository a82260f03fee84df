import type { DeskAction, DeskOrder, ReadingDesk } from "../../api/readingDesk";
import { t } from "../../core/i18n";
import { element } from "../dom";
import { timeLeft } from "../worklist/clock";

export interface DeskHandlers {
  readonly act: (action: DeskAction, reason?: string) => void;
  readonly next: () => void;
}

const LABELS: Readonly<Record<DeskAction, string>> = {
  claim: t("Read"),
  skip: t("Later"),
  "take-over": t("Take over"),
  final: t("Final"),
  preliminary: t("Preliminary"),
  addend: t("Addendum"),
  suspend: t("Lay aside"),
  release: t("Put back"),
  check: t("Images checked"),
};
/** What its colleague will want to know. */
const NEEDS_REASON: readonly DeskAction[] = ["take-over"];

/** One line above the images: status, clock, reader, and what can be done; behind a button the order and the notes. */
export class DeskBar {
  /** What waits elsewhere and must not be overlooked; whoever follows it fills it. */
  readonly overdueStat = element("a", { class: "overdue-stat", hidden: true });
  private readonly words = element("div", { class: "desk__words" });
  private readonly clock = element("span");
  private readonly acts = element("div", { class: "desk__acts" });
  private readonly notes = element("div", { class: "desk__notes", id: "desk-notes", hidden: true });
  private readonly toggle = element(
    "button",
    { type: "button", class: "desk__toggle", "aria-controls": "desk-notes", "aria-expanded": "false" },
    t("Order and notes"),
  );
  private shown: ReadingDesk | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly handlers: DeskHandlers,
  ) {
    const line = element(
      "div",
      { class: "desk__line" },
      this.words,
      this.toggle,
      this.overdueStat,
      this.acts,
    );
    root.replaceChildren(line, this.notes);
    this.toggle.addEventListener("click", () => this.toggleNotes());
  }

  show(desk: ReadingDesk | null): void {
    this.shown = desk;
    this.root.hidden = desk === null;
    if (desk === null) return;
    this.words.replaceChildren(...this.said(desk));
    if (!this.isReasonBeingTyped()) this.acts.replaceChildren(...this.buttons(desk));
    this.notes.replaceChildren(...notesOf(desk));
    this.toggle.hidden = this.notes.childElementCount === 0;
    this.toggle.toggleAttribute("data-marked", Boolean(desk.technologistNote || desk.order?.alerts));
    this.tick();
  }

  /** Say that the study is no longer the reader's to see; what he can do is to go on. */
  showEnded(): void {
    this.shown = null;
    this.root.hidden = false;
    this.words.replaceChildren(
      element("span", { class: "desk__who" }, t("This study is no longer yours to read.")),
    );
    this.acts.replaceChildren(this.nextButton());
    this.notes.replaceChildren();
    this.notes.hidden = true;
    this.toggle.hidden = true;
  }

  tick(): void {
    const dueAt = this.shown?.dueAt;
    this.clock.hidden = !dueAt;
    if (!dueAt) return;
    const left = Date.parse(dueAt) - Date.now();
    this.clock.textContent = timeLeft(left);
    this.clock.className = left < 0 ? "clock clock--over" : "clock";
  }

  toggleNotes(): void {
    if (this.toggle.hidden) return;
    this.notes.hidden = !this.notes.hidden;
    this.toggle.setAttribute("aria-expanded", String(!this.notes.hidden));
  }

  private isReasonBeingTyped(): boolean {
    const focused = document.activeElement;
    return focused instanceof HTMLInputElement && this.acts.contains(focused);
  }

  private said(desk: ReadingDesk): Node[] {
    const status = element("span", { class: `status status--${desk.status}` }, desk.statusLabel);
    const who = whoText(desk);
    return [
      status,
      element("span", { class: `priority--${desk.priority}` }, desk.priorityLabel),
      this.clock,
      ...(who ? [element("span", { class: "desk__who" }, who)] : []),
      ...(desk.isArriving
        ? [element("span", { class: "badge badge--warning" }, t("Images still arriving"))]
        : []),
    ];
  }

  private buttons(desk: ReadingDesk): Node[] {
    const isSigned = desk.finalBy !== "" && !desk.isOwn;
    const made = desk.actions.map((action, index) => {
      const label = action === "claim" && isSigned ? t("Read again") : LABELS[action];
      return this.button(action, label, index === 0 && action !== "take-over" && !isSigned);
    });
    return [...made, this.nextButton()];
  }

  private button(action: DeskAction, label: string, isFirst: boolean): HTMLElement {
    const button = element(
      "button",
      { type: "submit", class: isFirst ? "desk__act desk__act--first" : "desk__act" },
      label,
    );
    const form = element("form", { class: "desk__form" }, button);
    const reason = NEEDS_REASON.includes(action)
      ? element("input", {
          class: "desk__reason",
          required: true,
          maxlength: "200",
          placeholder: t("Reason"),
          "aria-label": t("Why you take the study over"),
        })
      : null;
    if (reason) form.prepend(reason);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      button.blur();
      reason?.blur();
      this.handlers.act(action, reason?.value ?? "");
    });
    return form;
  }

  private nextButton(): HTMLElement {
    const button = element("button", { type: "button", class: "desk__act" }, t("Next to read"));
    button.addEventListener("click", () => {
      button.blur();
      this.handlers.next();
    });
    return button;
  }
}

function whoText(desk: ReadingDesk): string {
  if (desk.isOwn) return desk.isSuspended ? t("Laid aside by you") : t("You are reading it");
  if (desk.claimedBy) return t("{name} is reading it", { name: desk.claimedBy });
  if (desk.finalBy) return t("Final by {name}", { name: desk.finalBy });
  if (desk.preliminaryBy) return t("Preliminary by {name}", { name: desk.preliminaryBy });
  return desk.assignedTo ? t("Assigned to {name}", { name: desk.assignedTo }) : "";
}

function notesOf({ order, technologistNote }: ReadingDesk): Node[] {
  const facts = [
    ...(order ? orderFacts(order) : []),
    [t("From the technologist"), technologistNote] as const,
  ];
  const told = facts.filter(([, words]) => words);
  if (told.length === 0) return [];
  const list = element("dl", { class: "desk__facts" });
  for (const [name, words] of told) {
    list.append(element("dt", {}, name), element("dd", { dir: "auto" }, words));
  }
  return [list];
}

function orderFacts(order: DeskOrder): (readonly [string, string])[] {
  return [
    [t("Question"), order.reason],
    [t("Alerts"), order.alerts],
    [t("Ordered"), [order.description, order.accessionNumber].filter(Boolean).join(" · ")],
    [t("Ordered by"), order.orderedBy],
    [t("Patient class"), order.patientClass],
    [t("Protocol"), order.protocol],
  ];
}
