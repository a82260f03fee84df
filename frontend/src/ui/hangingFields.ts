import type { Owner } from "../api/hanging";
import { t } from "../core/i18n";
import type { Criteria } from "../hanging/protocol";
import { element } from "./dom";

/** What a protocol is called, for whom it hangs, and which studies it is for. */
export interface HangingDescription {
  readonly name: string;
  readonly owner: Owner;
  readonly criteria: Criteria;
}

/** What the study on the screen has, shown in the empty fields as an example. */
export type StudyHints = Partial<Record<keyof Criteria, string>>;

export const ANY_STUDY: Criteria = {
  modalities: [],
  bodyParts: [],
  words: [],
  laterality: "",
  viewPositions: [],
  leastPriors: 0,
  leastPictures: 0,
};

const SIDES: readonly (readonly [Criteria["laterality"], string])[] = [
  ["", t("Any side")],
  ["L", t("Left")],
  ["R", t("Right")],
  ["B", t("Both sides")],
];

/** The fields of a protocol's description, for saving a new one and for changing one. */
export class HangingFields {
  readonly root: HTMLElement;
  private readonly name: HTMLInputElement;
  private readonly owner: HTMLSelectElement;
  private readonly modalities: HTMLInputElement;
  private readonly bodyParts: HTMLInputElement;
  private readonly words: HTMLInputElement;
  private readonly laterality: HTMLSelectElement;
  private readonly viewPositions: HTMLInputElement;
  private readonly leastPriors: HTMLInputElement;
  private readonly leastPictures: HTMLInputElement;

  constructor(
    private readonly owners: readonly Owner[],
    { name, owner, criteria }: HangingDescription,
    hints: StudyHints = {},
  ) {
    const hint = (field: keyof Criteria) => hints[field] ?? "";
    this.name = text(name);
    this.name.required = true;
    this.owner = choice(
      owners.map(({ label }, index) => [String(index), label]),
      String(
        Math.max(
          0,
          owners.findIndex((one) => isSameOwner(one, owner)),
        ),
      ),
    );
    const both = criteria.modalities.map((entry) => entry.replaceAll("\\", "+"));
    this.modalities = text(both.join(", "), hint("modalities"));
    this.bodyParts = text(criteria.bodyParts.join(", "), hint("bodyParts"));
    this.words = text(criteria.words.join(" "), hint("words"));
    this.laterality = choice(SIDES, criteria.laterality);
    this.viewPositions = text(criteria.viewPositions.join(", "), hint("viewPositions"));
    this.leastPriors = count(criteria.leastPriors, 9);
    this.leastPictures = count(criteria.leastPictures, 20);
    this.root = element(
      "div",
      { class: "hanging-form__grid" },
      field(t("Name"), this.name, true),
      field(t("For"), this.owner, true),
      element("h2", { class: "hanging-form__wide" }, t("It hangs studies with")),
      field(t("Modality (CT, MR: any of them; CT+PT: both)"), this.modalities, true),
      field(t("Body part (any of them)"), this.bodyParts),
      field(t("Side"), this.laterality),
      field(t("Words of the procedure or series (all of them)"), this.words, true),
      field(t("Views, such as PA, LL (all of them)"), this.viewPositions, true),
      field(t("Relevant priors, at least"), this.leastPriors),
      field(t("Series or projections, at least"), this.leastPictures),
    );
  }

  get description(): HangingDescription {
    return {
      name: this.name.value,
      owner: this.owners[Number(this.owner.value)] as Owner,
      criteria: {
        modalities: list(this.modalities.value).map((entry) => entry.split(/\s*[+\\]\s*/).join("\\")),
        bodyParts: list(this.bodyParts.value),
        words: this.words.value.split(/\s+/).filter(Boolean),
        laterality: this.laterality.value as Criteria["laterality"],
        viewPositions: list(this.viewPositions.value),
        leastPriors: Number(this.leastPriors.value),
        leastPictures: Number(this.leastPictures.value),
      },
    };
  }
}

function isSameOwner(one: Owner, other: Owner): boolean {
  return one.scope === other.scope && one.facility === other.facility && one.role === other.role;
}

function list(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

function text(value: string, hint = ""): HTMLInputElement {
  const placeholder = hint ? t("Any. This study: {value}", { value: hint }) : null;
  return element("input", {
    class: "input",
    type: "text",
    value,
    maxlength: 80,
    autocomplete: "off",
    placeholder,
  });
}

function count(value: number, max: number): HTMLInputElement {
  return element("input", { class: "input", type: "number", min: 0, max, value });
}

function choice(options: readonly (readonly [string, string])[], value: string): HTMLSelectElement {
  return element(
    "select",
    { class: "input" },
    ...options.map(([key, label]) => element("option", { value: key, selected: key === value }, label)),
  );
}

function field(label: string, control: HTMLElement, isWide = false): HTMLElement {
  const wide = isWide ? " hanging-form__wide" : "";
  return element("label", { class: `hanging-form__field${wide}` }, element("span", {}, label), control);
}
