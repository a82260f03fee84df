import { t } from "../core/i18n";

/** Why a request did not give what was asked. */
export type FailureKind = "session" | "forbidden" | "missing" | "unshowable" | "server" | "network";

/** A failed request, in words for the reader. Messages never carry patient data. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly status = 0,
  ) {
    super(message);
  }
}

/**
 * Fetch from our own server and turn every refusal into a RequestError.
 *
 * Redirects are not followed: a data address redirects only to the login page, and the login page is no data.
 *
 * @param answers statuses that are an answer to the caller and no failure.
 * @returns the response with a status of success, or one of `answers`.
 */
export async function request(
  url: string,
  init: RequestInit = {},
  answers: readonly number[] = [],
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", redirect: "manual", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new RequestError("network", t("The server cannot be reached."));
  }
  if (response.ok || answers.includes(response.status)) return response;
  throw await failureOf(response);
}

async function failureOf(response: Response): Promise<RequestError> {
  if (response.type === "opaqueredirect" || response.status === 401) {
    return new RequestError("session", t("Your session has ended."), 401);
  }
  const detail = await problemDetail(response);
  const { status } = response;
  if (status === 403) return new RequestError("forbidden", detail || t("You may not see this."), status);
  if (status === 404)
    return new RequestError("missing", detail || t("It does not exist or you may not see it."), status);
  if (status === 410 || status === 422 || status === 415 || status === 413) {
    return new RequestError("unshowable", detail || t("This image cannot be displayed."), status);
  }
  return new RequestError(
    "server",
    detail || t("The server answered {status}.", { status: String(status) }),
    status,
  );
}

/** The detail of a problem+json body (RFC 9457), or "". */
async function problemDetail(response: Response): Promise<string> {
  if (!response.headers.get("content-type")?.includes("json")) return "";
  try {
    const body: unknown = await response.json();
    if (typeof body !== "object" || body === null) return "";
    const { detail, title } = body as { detail?: unknown; title?: unknown };
    if (typeof detail === "string" && detail) return detail;
    return typeof title === "string" ? title : "";
  } catch {
    return "";
  }
}

/** Seconds that a 202 asks to wait, kept between 0.1 and 10. */
export function retryAfterSeconds(response: Response): number {
  const seconds = Number(response.headers.get("retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(10, Math.max(0.1, seconds)) : 0.5;
}

/** The token that Django's forms carry; a POST sends it as X-CSRFToken. */
export function csrfToken(): string {
  const field = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]");
  if (field) return field.value;
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

/** Where to log in and come back to this page. */
export function loginUrl(): string {
  return `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
}

/** Tell whether an error is only the echo of our own cancelling. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
