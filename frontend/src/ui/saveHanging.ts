import { RequestError } from "../api/client";
import { fetchOwners, type Owner, saveProtocol } from "../api/hanging";
import { listen } from "../core/disposable";
import { stageBody, stageOf } from "../hanging/example";
import { relevantPriors } from "../hanging/hang";
import { element } from "./dom";
import { showMessage } from "./message";
import type { ViewerContext } from "./viewerContext";

const OBJECTS: ReadonlySet<string> = new Set(["KO", "PR", "RTSTRUCT", "SEG", "SR"]);

/** Ask for whom and for which studies what is on the screen shall hang, and save it. */
export async function saveThisLayout(context: ViewerContext): Promise<void> {
  let owners: readonly Owner[];
  try {
    owners = await fetchOwners();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    showMessage(context.page, error.message);
    return;
  }
  const form = new Form(context, owners);
  context.page.append(form.dialog);
  form.dialog.showModal();
}

class Form {
  readonly dialog = element("dialog", {
    class: "help hanging-form",
    "aria-labelledby": "hanging-form-title",
  });
  private readonly name: HTMLInputElement;
  private readonly owner: HTMLSelectElement;
  private readonly modality: HTMLInputElement;
  private readonly bodyPart: HTMLInputElement;
  private readonly words: HTMLInputElement;
  private readonly priors: HTMLInputElement;
  private readonly others: HTMLInputElement;
  private readonly problem = element("p", { class: "alert alert--error", role: "alert", hidden: true });

  constructor(
    private readonly context: ViewerContext,
    private readonly owners: readonly Owner[],
  ) {
    const { manifest, grid, hanger, studies } = context;
    const modalities = manifest.study.modalities.filter((modality) => !OBJECTS.has(modality));
    const parts = [...new Set(manifest.series.map(({ bodyPartExamined }) => bodyPartExamined))].filter(
      Boolean,
    );
    const shown = grid.visible.filter(({ stack }) => stack && stack.study !== manifest.study).length;
    this.name = text([modalities.join("/"), parts.join(" ")].filter(Boolean).join(" ") || "My layout");
    this.modality = text(modalities.join("\\"));
    this.bodyPart = text(parts.join(", "));
    this.words = text("");
    this.priors = element("input", {
      class: "input",
      type: "number",
      min: 0,
      max: 9,
      value: Math.min(shown, relevantPriors(studies).length),
    });
    this.owner = element(
      "select",
      { class: "input" },
      ...owners.map(({ label }, index) => element("option", { value: index }, label)),
    );
    this.others = element("input", { type: "checkbox" });
    const hung = hanger.protocol;
    const hasOthers = hung !== null && hung.stages.length > 1;
    this.dialog.append(
      element(
        "form",
        { class: "hanging-form__fields" },
        element("h1", { id: "hanging-form-title" }, "Save this layout"),
        field("Name", this.name),
        field("For", this.owner),
        element("h2", {}, "It hangs studies with"),
        field("Modality (CT\\PT: both; with commas: any)", this.modality),
        field("Body part (with commas: any)", this.bodyPart),
        field("Words in their descriptions (all of them)", this.words),
        field("Relevant priors, at least", this.priors),
        hasOthers
          ? element(
              "label",
              { class: "hanging-form__check" },
              this.others,
              ` Keep the other stages of “${hung.name}”`,
            )
          : null,
        this.problem,
        this.buttons(),
      ),
    );
    listen(this.dialog, "close", () => this.dialog.remove());
  }

  private buttons(): HTMLElement {
    const save = element("button", { type: "submit", class: "button button--primary" }, "Save");
    const cancel = element("button", { type: "button", class: "button" }, "Cancel");
    listen(cancel, "click", () => this.dialog.close());
    listen(this.dialog, "submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    return element("div", { class: "hanging-form__buttons" }, save, cancel);
  }

  private async save(): Promise<void> {
    const { grid, studies, sync, hanger, page } = this.context;
    const owner = this.owners[Number(this.owner.value)];
    if (!owner) return;
    const stage = stageOf({
      split: grid.shape,
      viewports: gridViewports(this.context),
      studies,
      links: sync.links,
    });
    const kept = this.others.checked ? (hanger.protocol?.stages ?? []) : [];
    const stages =
      kept.length > 0 ? kept.map((one, at) => (at === hanger.stageIndex ? stage : one)) : [stage];
    try {
      const saved = await saveProtocol(owner, {
        name: this.name.value,
        criteria: this.criteria(),
        stages: stages.map(stageBody),
      });
      hanger.adopt(saved);
      this.dialog.close();
      showMessage(page, `Saved. “${saved.name}” hangs the next study of this kind.`);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.problem.textContent = error.message;
      this.problem.hidden = false;
    }
  }

  private criteria(): unknown {
    return {
      modalities: list(this.modality.value),
      body_parts: list(this.bodyPart.value),
      words: this.words.value.split(/\s+/).filter(Boolean),
      least_priors: Number(this.priors.value),
    };
  }
}

/** The viewports of the layout, also while one of them is shown alone. */
function gridViewports({ grid }: ViewerContext) {
  return grid.viewports.slice(0, grid.shape.cells.length);
}

function list(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

function text(value: string): HTMLInputElement {
  return element("input", { class: "input", type: "text", value, maxlength: 80, autocomplete: "off" });
}

function field(label: string, control: HTMLElement): HTMLElement {
  return element("label", { class: "hanging-form__field" }, element("span", {}, label), control);
}
