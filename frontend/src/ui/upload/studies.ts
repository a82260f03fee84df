import type { UploadResult } from "../../api/upload";
import type { WorklistApi } from "../../api/worklist";
import { t, tn } from "../../core/i18n";
import { element } from "../dom";

/** What the worklist says of a study, for a person who knows it by its patient and not by its UID. */
interface StudyName {
  readonly patient: string;
  readonly rest: string;
}

/** The studies that something was stored into, each with a way to it. */
export class StudyList {
  private readonly names = new Map<string, StudyName | null>();

  /** The address holds 0.0 in the place of the Study Instance UID. */
  constructor(
    private readonly root: HTMLElement,
    private readonly viewerPattern: string,
    private readonly worklist: Pick<WorklistApi, "row">,
    private readonly named: () => void,
  ) {}

  /** Show the studies of these results; return how many there are. */
  render(results: readonly UploadResult[]): number {
    const counts = new Map<string, number>();
    for (const { studyInstanceUid, outcome } of results) {
      if (studyInstanceUid === "" || outcome === "rejected") continue;
      counts.set(studyInstanceUid, (counts.get(studyInstanceUid) ?? 0) + 1);
    }
    this.root.replaceChildren(
      ...[...counts].map(([uid, count]) => this.line(uid, count)),
      element("li", {}, element("a", { href: "/worklist/" }, t("See them in the worklist"))),
    );
    return counts.size;
  }

  private line(uid: string, count: number): HTMLElement {
    if (!this.names.has(uid)) void this.ask(uid);
    const name = this.names.get(uid);
    const files = tn("{count} file", "{count} files", count);
    const href = this.viewerPattern.replace("/0.0/", `/${encodeURIComponent(uid)}/`);
    return element(
      "li",
      {},
      element("a", { href }, name?.patient || uid),
      " ",
      element("span", { class: "muted" }, [name?.rest ?? "", files].filter(Boolean).join(" · ")),
    );
  }

  /** Ask once; a study that the user may store into but not see keeps its UID. */
  private async ask(uid: string): Promise<void> {
    this.names.set(uid, null);
    try {
      const row = await this.worklist.row(uid);
      if (row === null) return;
      const text = (cell: string) => row.querySelector(`.cell--${cell}`)?.textContent?.trim() ?? "";
      const rest = [text("description"), text("modality"), text("date")].filter(Boolean).join(" · ");
      this.names.set(uid, { patient: text("patient"), rest });
      this.named();
    } catch {
      // The link works without a name.
    }
  }
}
