import { csrfToken, request } from "./client";
import { asFields, type Fields, readFlag, readList, readNumber, readText, readTextOrNull } from "./fields";

/** What somebody ordered. */
export interface DeskOrder {
  readonly description: string;
  readonly accessionNumber: string;
  readonly reason: string;
  readonly alerts: string;
  readonly protocol: string;
  readonly orderedBy: string;
  readonly patientClass: string;
}

export type DeskAction =
  | "claim"
  | "skip"
  | "take-over"
  | "final"
  | "preliminary"
  | "addend"
  | "suspend"
  | "release"
  | "check";

/** Where a study stands on its way to the report, and what this reader can do with it. */
export interface ReadingDesk {
  readonly status: string;
  readonly statusLabel: string;
  /** 1 is STAT, 4 is routine. */
  readonly priority: number;
  readonly priorityLabel: string;
  readonly dueAt: string | null;
  readonly isArriving: boolean;
  readonly isOwn: boolean;
  readonly isSuspended: boolean;
  readonly claimedBy: string;
  readonly claimedAt: string | null;
  readonly assignedTo: string;
  readonly preliminaryBy: string;
  readonly finalBy: string;
  /** As the viewer kept it when the reader laid the study aside. */
  readonly layout: unknown;
  readonly technologistNote: string;
  readonly order: DeskOrder | null;
  readonly actions: readonly DeskAction[];
}

/** The addresses of a study's reading. `base` ends with a slash. */
export class ReadingDeskApi {
  constructor(
    private readonly base: string,
    private readonly nextUrl: string,
  ) {}

  /** Null where the study has no place in the lists yet. */
  async desk(): Promise<ReadingDesk | null> {
    const response = await request(this.base, {
      headers: { Accept: "application/json", "X-Background": "1" },
    });
    return parseDesk(await response.json());
  }

  async act(action: DeskAction, body: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.post(`${this.base}${action}/`, body);
  }

  /** Say that the reader still has the study before him; false where it is no longer his. */
  async stillReading(): Promise<boolean> {
    const answer = await this.post(`${this.base}still-reading/`, {}, { "X-Background": "1" });
    return asFields(answer, "the answer").is_own === true;
  }

  /** Claim what is to be read next; null where nothing is left. */
  async claimNext(exceptUid: string): Promise<string | null> {
    const answer = await this.post(this.nextUrl, { except_uid: exceptUid });
    return readTextOrNull(asFields(answer, "the answer"), "viewer_url");
  }

  private async post(
    url: string,
    body: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const response = await request(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), ...headers },
      body: JSON.stringify(body),
    });
    return response.json();
  }
}

function parseDesk(body: unknown): ReadingDesk | null {
  const fields = asFields(body, "the desk");
  if (fields.status === null) return null;
  return {
    status: readText(fields, "status"),
    statusLabel: readText(fields, "status_label"),
    priority: readNumber(fields, "priority"),
    priorityLabel: readText(fields, "priority_label"),
    dueAt: readTextOrNull(fields, "due_at"),
    isArriving: readFlag(fields, "is_arriving"),
    isOwn: readFlag(fields, "is_own"),
    isSuspended: readFlag(fields, "is_suspended"),
    claimedBy: readText(fields, "claimed_by"),
    claimedAt: readTextOrNull(fields, "claimed_at"),
    assignedTo: readText(fields, "assigned_to"),
    preliminaryBy: readText(fields, "preliminary_by"),
    finalBy: readText(fields, "final_by"),
    layout: fields.layout,
    technologistNote: readText(fields, "technologist_note"),
    order: fields.order == null ? null : parseOrder(asFields(fields.order, "the order")),
    actions: readList(fields, "actions") as readonly DeskAction[],
  };
}

function parseOrder(fields: Fields): DeskOrder {
  const service = readText(fields, "requesting_service");
  const location = readText(fields, "patient_location");
  return {
    description: readText(fields, "description"),
    accessionNumber: readText(fields, "accession_number"),
    reason: readText(fields, "reason"),
    alerts: readText(fields, "alerts"),
    protocol: readText(fields, "protocol"),
    orderedBy: [readText(fields, "requesting_physician_name"), service].filter(Boolean).join(", "),
    patientClass: [readText(fields, "patient_class"), location].filter(Boolean).join(", "),
  };
}
