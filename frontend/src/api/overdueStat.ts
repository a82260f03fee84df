import { request } from "./client";
import { asFields, readNumber, readText } from "./fields";

/** STAT studies outside their goal that nobody has begun, and the list that holds them. */
export interface OverdueStat {
  readonly count: number;
  readonly listUrl: string;
}

export async function loadOverdueStat(url: string): Promise<OverdueStat> {
  const response = await request(url, { headers: { Accept: "application/json", "X-Background": "1" } });
  const fields = asFields(await response.json(), "the number of overdue studies");
  return { count: readNumber(fields, "count"), listUrl: readText(fields, "list_url") };
}
