import { type HangingProtocol, parseHanging } from "../hanging/protocol";
import { csrfToken, request } from "./client";
import { asFields, readList, readText } from "./fields";

const ADDRESS = "/viewer/hanging/protocols.json";

/** For whom the reader may save. */
export interface Owner {
  readonly label: string;
  readonly scope: "user" | "role" | "facility";
  readonly facility: string;
  readonly role: string;
}

export async function fetchOwners(): Promise<readonly Owner[]> {
  const response = await request(ADDRESS, { headers: { Accept: "application/json" } });
  const fields = asFields(await response.json(), "protocols");
  const roles = readList(fields, "roles").map((role) => asFields(role, "role"));
  const groups = readList(fields, "facilities").flatMap((facility): Owner[] => {
    const { code, name } = asFields(facility, "facility") as { code: string; name: string };
    return [
      { label: `Everybody at ${name}`, scope: "facility", facility: code, role: "" },
      ...roles.map((role): Owner => {
        const label = `${readText(role, "name")} at ${name}`;
        return { label, scope: "role", facility: code, role: readText(role, "value") };
      }),
    ];
  });
  return [{ label: "Me", scope: "user", facility: "", role: "" }, ...groups];
}

/** @throws RequestError with what is wrong in words. */
export async function saveProtocol(owner: Owner, protocol: unknown): Promise<HangingProtocol> {
  const { scope, facility, role } = owner;
  const response = await request(ADDRESS, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ scope, facility, role, protocol }),
  });
  return parseHanging(await response.json());
}

export async function deleteProtocol({ id }: HangingProtocol): Promise<void> {
  await request(exportUrl(id), { method: "DELETE", headers: { "X-CSRFToken": csrfToken() } });
}

/** Where a protocol is as a file that can be imported again. */
export function exportUrl(id: string): string {
  return `/viewer/hanging/protocols/${id}.json`;
}
