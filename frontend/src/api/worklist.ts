import { request } from "./client";

/** Fragments of the worklist page, rendered by the server. */
export class WorklistApi {
  /** The addresses hold 0.0 in the place of the Study Instance UID. */
  constructor(
    private readonly rowPattern: string,
    private readonly seriesPattern: string,
  ) {}

  async row(studyInstanceUid: string): Promise<HTMLTableRowElement> {
    const html = await this.text(this.rowPattern, studyInstanceUid);
    const parsed = new DOMParser().parseFromString(`<table><tbody>${html}</tbody></table>`, "text/html");
    const row = parsed.querySelector<HTMLTableRowElement>("tr[data-study-instance-uid]");
    if (row === null) throw new Error("The server sent no row.");
    return document.importNode(row, true);
  }

  async series(studyInstanceUid: string, signal: AbortSignal): Promise<HTMLElement> {
    const html = await this.text(this.seriesPattern, studyInstanceUid, signal);
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const list = parsed.querySelector<HTMLElement>(".thumbnails");
    if (list === null) throw new Error("The server sent no series.");
    return document.importNode(list, true);
  }

  /** This page of the list again, as the server sees it now. */
  async page(): Promise<Document> {
    const response = await request(location.href, { headers: { Accept: "text/html" } });
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  private async text(pattern: string, studyInstanceUid: string, signal?: AbortSignal): Promise<string> {
    const url = pattern.replace("/0.0/", `/${encodeURIComponent(studyInstanceUid)}/`);
    const response = await request(url, { headers: { Accept: "text/html" }, ...(signal ? { signal } : {}) });
    return response.text();
  }
}
