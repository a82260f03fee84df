import { t } from "../core/i18n";
import { type HangingProtocol, parseHanging } from "../hanging/protocol";
import { csrfToken, request } from "./client";
import { asFields, type Fields, readFlag, readList, readText } from "./fields";

const ADDRESS = "/viewer/hanging/protocols.json";

/** For whom a protocol hangs. */
export interface Owner {
  readonly label: string;
  readonly scope: "user" | "role" | "facility";
  readonly facility: string;
  readonly role: string;
}

/** A protocol in the list: whose it is, in codes and in words, and whether the reader may change it. */
export interface ListedProtocol {
  readonly protocol: HangingProtocol;
  readonly whose: string;
  readonly facility: string;
  readonly role: string;
  readonly authorName: string;
  readonly mayChange: boolean;
}

/** Every protocol that the reader sees, and for whom he may save. */
export interface ProtocolList {
  readonly protocols: readonly ListedProtocol[];
  readonly owners: readonly Owner[];
}

export const MYSELF: Owner = { label: t("Me"), scope: "user", facility: "", role: "" };

export async function fetchProtocols(): Promise<ProtocolList> {
  const response = await request(ADDRESS, { headers: { Accept: "application/json" } });
  const fields = asFields(await response.json(), "protocols");
  return { protocols: readList(fields, "protocols").map(parseListed), owners: parseOwners(fields) };
}

function parseListed(value: unknown): ListedProtocol {
  const fields = asFields(value, "protocol");
  return {
    protocol: parseHanging(fields),
    whose: readText(fields, "whose"),
    facility: readText(fields, "facility"),
    role: readText(fields, "role"),
    authorName: readText(fields, "author_name"),
    mayChange: readFlag(fields, "may_change"),
  };
}

function parseOwners(fields: Fields): readonly Owner[] {
  const roles = readList(fields, "roles").map((role) => asFields(role, "role"));
  const groups = readList(fields, "facilities").flatMap((value): Owner[] => {
    const facility = asFields(value, "facility");
    const [code, name] = [readText(facility, "code"), readText(facility, "name")];
    return [
      {
        label: t("Everybody at {facility}", { facility: name }),
        scope: "facility",
        facility: code,
        role: "",
      },
      ...roles.map((role): Owner => {
        const label = t("{role} at {facility}", { role: readText(role, "name"), facility: name });
        return { label, scope: "role", facility: code, role: readText(role, "value") };
      }),
    ];
  });
  return [MYSELF, ...groups];
}

/** @throws RequestError with what is wrong in words. */
export function saveProtocol(owner: Owner, protocol: unknown): Promise<HangingProtocol> {
  return send("POST", ADDRESS, owner, protocol);
}

/** Another name, other criteria or other people for a protocol. */
export function changeProtocol(id: string, owner: Owner, protocol: unknown): Promise<HangingProtocol> {
  return send("PUT", exportUrl(id), owner, protocol);
}

export async function deleteProtocol({ id }: HangingProtocol): Promise<void> {
  await request(exportUrl(id), { method: "DELETE", headers: { "X-CSRFToken": csrfToken() } });
}

/** Where a protocol is as a file that can be imported again. */
export function exportUrl(id: string): string {
  return `/viewer/hanging/protocols/${id}.json`;
}

async function send(
  method: "POST" | "PUT",
  address: string,
  { scope, facility, role }: Owner,
  protocol: unknown,
): Promise<HangingProtocol> {
  const response = await request(address, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ scope, facility, role, protocol }),
  });
  return parseHanging(await response.json());
}
