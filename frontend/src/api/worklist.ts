import { csrfToken, request } from "./client";
import { asFields } from "./fields";

export interface WorklistAddresses {
  /** Those of one study hold 0.0 in the place of the Study Instance UID. */
  readonly row: string;
  readonly series: string;
  readonly quickLook: string;
  readonly reading: string;
  readonly readingOfMany: string;
  readonly counts: string;
  readonly lists: string;
  readonly settings: string;
}

/** What the page asks for by itself keeps no session alive. */
const BY_ITSELF = { "X-Background": "1" };

/** What could not be done to one study, and why. */
export interface Refusal {
  readonly studyInstanceUid: string;
  readonly reason: string;
}

/** The worklist's server: fragments of its page, actions on studies, saved lists and settings. */
export class WorklistApi {
  constructor(private readonly addresses: Partial<WorklistAddresses>) {}

  /** A study's row as the list of this address shows it. */
  /** @returns null where the user sees no such study, such as of an order without images. */
  async row(studyInstanceUid: string): Promise<HTMLTableRowElement | null> {
    const url = withUid(this.addresses.row ?? "", studyInstanceUid) + location.search;
    const response = await request(url, { headers: { Accept: "text/html", ...BY_ITSELF } });
    if (response.status === 204) return null;
    const html = `<table><tbody>${await response.text()}</tbody></table>`;
    return taken<HTMLTableRowElement>(html, "tr[data-study-instance-uid]");
  }

  async series(studyInstanceUid: string, signal: AbortSignal): Promise<HTMLElement> {
    const url = withUid(this.addresses.series ?? "", studyInstanceUid);
    const response = await request(url, { headers: { Accept: "text/html" }, signal });
    return taken<HTMLElement>(await response.text(), ".thumbnails");
  }

  /** A study at a glance. */
  async quickLook(studyInstanceUid: string, signal: AbortSignal): Promise<HTMLElement> {
    const url = withUid(this.addresses.quickLook ?? "", studyInstanceUid);
    const response = await request(url, { headers: { Accept: "text/html" }, signal });
    return taken<HTMLElement>(await response.text(), ".look");
  }

  /** This page of the list again, as the server sees it now. */
  async page(): Promise<Document> {
    const response = await request(location.href, { headers: { Accept: "text/html" } });
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  /** How many studies each list holds; null where there are more than the server counts. */
  async counts(): Promise<ReadonlyMap<string, number | null>> {
    const response = await request(this.addresses.counts ?? "", {
      headers: { Accept: "application/json", ...BY_ITSELF },
    });
    const counts = asFields(asFields(await response.json(), "counts").counts, "counts");
    return new Map(
      Object.entries(counts).map(([key, count]) => [key, typeof count === "number" ? count : null]),
    );
  }

  /** @throws RequestError with what is in the way, in words. */
  async act(studyInstanceUid: string, action: string, body: object = {}): Promise<void> {
    const url = withUid(this.addresses.reading ?? "", studyInstanceUid).replace("/action/", `/${action}/`);
    await this.send("POST", url, body);
  }

  /** Do the same to many studies; what was refused for some was done for the others. */
  async actOnMany(uids: readonly string[], action: string, body: object = {}): Promise<Refusal[]> {
    const asked = { ...body, action, study_instance_uids: uids };
    const response = await this.send("POST", this.addresses.readingOfMany ?? "", asked);
    const { results } = asFields(await response.json(), "results");
    return (Array.isArray(results) ? results : [])
      .map((result) => asFields(result, "result"))
      .filter(({ refused }) => refused !== "")
      .map((result) => ({
        studyInstanceUid: String(result.study_instance_uid),
        reason: String(result.refused),
      }));
  }

  /** Save under a name what this address asks for. @returns the address of the saved list. */
  async saveList(name: string, owner: object): Promise<string> {
    const body = { name, query: location.search, ...owner };
    const response = await this.send("POST", this.addresses.lists ?? "", body);
    return String(asFields(await response.json(), "saved list").url);
  }

  async renameList(key: string, name: string): Promise<void> {
    await this.send("PATCH", `${this.addresses.lists ?? ""}${encodeURIComponent(key)}/`, { name });
  }

  async deleteList(key: string): Promise<void> {
    await this.send("DELETE", `${this.addresses.lists ?? ""}${encodeURIComponent(key)}/`, {});
  }

  async keepSettings(settings: object): Promise<void> {
    await this.send("PUT", this.addresses.settings ?? "", settings);
  }

  private send(method: string, url: string, body: object): Promise<Response> {
    return request(url, {
      method,
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": csrfToken(),
      },
      body: JSON.stringify(body),
    });
  }
}

function withUid(pattern: string, studyInstanceUid: string): string {
  return pattern.replace("/0.0/", `/${encodeURIComponent(studyInstanceUid)}/`);
}

function taken<E extends Element>(html: string, selector: string): E {
  const found = new DOMParser().parseFromString(html, "text/html").querySelector<E>(selector);
  if (found === null) throw new Error(`The server sent no ${selector}.`);
  return document.importNode(found, true);
}
