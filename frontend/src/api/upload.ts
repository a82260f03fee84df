import { t } from "../core/i18n";
import { csrfToken, RequestError } from "./client";
import { asFields, type Fields, readList, readTextOrEmpty, readWord, ShapeError } from "./fields";

export const OUTCOMES = ["stored", "duplicate", "conflict", "rejected"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What became of one file, or of one member of a ZIP archive. */
export interface UploadResult {
  readonly file: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly studyInstanceUid: string;
}

export interface UploadRequest {
  readonly url: string;
  readonly file: File;
  readonly relativePath: string;
  readonly facility: string;
  readonly onProgress: (sentBytes: number) => void;
  readonly signal: AbortSignal;
}

/** Send one file. XMLHttpRequest, because fetch cannot report how much of a body has been sent. */
export function sendFile(upload: UploadRequest): Promise<readonly UploadResult[]> {
  const form = new FormData();
  form.append("facility", upload.facility);
  form.append("relative_path", upload.relativePath);
  form.append("file", upload.file);
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", upload.url);
    xhr.setRequestHeader("X-CSRFToken", csrfToken());
    xhr.setRequestHeader("Accept", "application/json");
    xhr.upload.onprogress = (event) => upload.onProgress(event.loaded);
    xhr.onload = () => {
      try {
        resolve(resultsOf(xhr));
      } catch (error) {
        reject(error);
      }
    };
    xhr.onerror = () => reject(new RequestError("network", t("The server cannot be reached.")));
    xhr.onabort = () => reject(new DOMException("aborted", "AbortError"));
    upload.signal.addEventListener("abort", () => xhr.abort(), { once: true });
    xhr.send(form);
  });
}

function resultsOf(xhr: XMLHttpRequest): readonly UploadResult[] {
  // A redirect led to the login page: whatever came back is not an answer to the upload.
  const isJson = xhr.getResponseHeader("content-type")?.includes("json") ?? false;
  if (xhr.status === 200 && !isJson) throw new RequestError("session", t("Your session has ended."), 401);
  const body = isJson ? parse(xhr.responseText) : null;
  if (xhr.status === 200) return parseUploadResults(body);
  const { detail, title } = (body ?? {}) as { detail?: unknown; title?: unknown };
  const said = typeof detail === "string" && detail ? detail : typeof title === "string" ? title : "";
  throw failureOf(xhr.status, said);
}

function failureOf(status: number, said: string): RequestError {
  if (status === 401) return new RequestError("session", t("Your session has ended."), status);
  if (status === 403) return new RequestError("forbidden", said || t("You may not upload here."), status);
  if (status === 413) return new RequestError("unshowable", said || t("The file is too large."), status);
  if (status === 422 || status === 400) {
    return new RequestError("unshowable", said || t("The file was not taken in."), status);
  }
  if (status === 507) return new RequestError("server", said || t("A disk of the server is full."), status);
  return new RequestError(
    "server",
    said || t("The server answered {status}.", { status: String(status) }),
    status,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function parseUploadResults(body: unknown): readonly UploadResult[] {
  const results = readList(asFields(body, "answer"), "results").map((one) =>
    parseResult(asFields(one, "result")),
  );
  if (results.length === 0) throw new ShapeError("results is empty");
  return results;
}

function parseResult(fields: Fields): UploadResult {
  return {
    file: readTextOrEmpty(fields, "file"),
    outcome: readWord(fields, "outcome", OUTCOMES),
    reason: readTextOrEmpty(fields, "reason"),
    studyInstanceUid: readTextOrEmpty(fields, "study_instance_uid"),
  };
}
