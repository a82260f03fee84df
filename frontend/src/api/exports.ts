import { csrfToken, request } from "./client";

export type ExportedAs = "image" | "layout" | "print" | "film";

/**
 * Put on record that a picture of a study leaves, before it does.
 *
 * @throws RequestError where it may not leave.
 */
export async function recordExport(
  studyInstanceUid: string,
  what: ExportedAs,
  hasIdentity: boolean,
): Promise<void> {
  await request(`/viewer/studies/${studyInstanceUid}/exports`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ what, has_identity: hasIdentity }),
  });
}
