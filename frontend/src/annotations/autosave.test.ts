import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RequestError } from "../api/client";
import type { AnnotationContent, FramePlace, KeyImage, StoredAnnotation } from "../dicom/annotation";
import { imagePoint } from "../geometry/points";
import { Autosave } from "./autosave";
import { AnnotationStore } from "./store";

const STUDY = "1.2.3";

function content(text = ""): AnnotationContent {
  return {
    kind: "length",
    studyInstanceUid: STUDY,
    seriesInstanceUid: "1.2.3.4",
    sopInstanceUid: "1.2.3.4.5",
    frameNumber: 1,
    points: [imagePoint(1, 2), imagePoint(3, 4)],
    text,
    lengthMm: null,
    plane: null,
  };
}

/** A server in memory with the rules of the real one: a revision that is not the last is refused. */
class FakeServer {
  readonly rows = new Map<string, StoredAnnotation>();
  readonly keys = new Map<string, KeyImage>();
  readonly calls: string[] = [];
  failure: RequestError | null = null;
  private readonly deleted = new Set<string>();

  fetch = async () => ({
    annotations: [...this.rows.values()],
    keyImages: [...this.keys.values()],
    readOnly: [],
  });

  save = async (sent: StoredAnnotation) => {
    this.call(`PUT ${sent.revision}`);
    const current = this.rows.get(sent.uid) ?? null;
    if ((current?.revision ?? 0) !== sent.revision || this.deleted.has(sent.uid)) {
      return { kind: "conflict" as const, current };
    }
    return { kind: "saved" as const, annotation: this.write(sent, "me") };
  };

  remove = async (_study: string, uid: string, revision: number) => {
    this.call(`DELETE ${revision}`);
    const current = this.rows.get(uid) ?? null;
    if (current && current.revision !== revision) return { kind: "conflict" as const, current };
    this.rows.delete(uid);
    this.deleted.add(uid);
    return { kind: "removed" as const };
  };

  mark = async (place: FramePlace, isMarked: boolean) => {
    this.call(isMarked ? "mark" : "unmark");
    const key = `${place.sopInstanceUid}/${place.frameNumber}`;
    if (isMarked) this.keys.set(key, { ...place, author: "me", changedAt: "2026" });
    else this.keys.delete(key);
  };

  write(annotation: StoredAnnotation, author: string): StoredAnnotation {
    const kept = { ...annotation, revision: annotation.revision + 1, author, changedAt: "2026-11-24" };
    this.rows.set(annotation.uid, kept);
    return kept;
  }

  private call(name: string): void {
    this.calls.push(name);
    if (this.failure) throw this.failure;
  }
}

let server: FakeServer;
let store: AnnotationStore;
let saving: Autosave;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  store = new AnnotationStore();
  saving = new Autosave(store, server);
});

afterEach(() => vi.useRealTimers());

function draw(text = ""): string {
  const { id } = store.begin(content(text));
  store.commit(id, null);
  return id;
}

/** The one row that the server holds. */
function row(): StoredAnnotation {
  const [only] = [...server.rows.values()];
  if (!only || server.rows.size !== 1) throw new Error(`${server.rows.size} rows`);
  return only;
}

describe("saving by itself", () => {
  it("sends nothing of a drawing that is not finished", async () => {
    store.begin(content());
    await vi.advanceTimersByTimeAsync(10_000);

    expect(server.calls).toEqual([]);
    expect(saving.hasUnsaved).toBe(false);
  });

  it("gathers quick changes and sends them within two seconds", async () => {
    const id = draw();
    for (let step = 0; step < 4; step += 1) {
      await vi.advanceTimersByTimeAsync(450);
      store.change(id, { text: `step ${step}` });
    }
    expect(server.calls).toEqual(["PUT 0"]);
    await vi.advanceTimersByTimeAsync(2000);

    expect(server.calls).toEqual(["PUT 0", "PUT 1"]);
    expect(row().text).toBe("step 3");
    expect(saving.state).toEqual({ kind: "saved", reason: "", isTouched: true });
    expect(store.get(id)?.author).toBe("me");
  });

  it("keeps what the network refuses, says so, and sends it when it is back", async () => {
    server.failure = new RequestError("network", "The server cannot be reached.");
    draw("precious");
    await vi.advanceTimersByTimeAsync(5000);

    expect(saving.state).toMatchObject({ kind: "unsaved", reason: "The server cannot be reached" });
    expect(saving.hasUnsaved).toBe(true);
    expect(server.calls.length).toBeGreaterThan(1);
    server.failure = null;
    await vi.advanceTimersByTimeAsync(30_000);

    expect(row().text).toBe("precious");
    expect(saving.state.kind).toBe("saved");
  });

  it("does not repeat what the server will never take, until it is changed", async () => {
    server.failure = new RequestError("unshowable", "text must not be empty.", 422);
    const id = draw();
    await vi.advanceTimersByTimeAsync(120_000);

    expect(server.calls).toEqual(["PUT 0"]);
    expect(saving.state).toMatchObject({ kind: "unsaved", reason: "text must not be empty" });
    server.failure = null;
    store.change(id, { text: "words" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(saving.state.kind).toBe("saved");
  });

  it("asks once where the reader may only look, and does not hold the page for it", async () => {
    server.failure = new RequestError("forbidden", "Your role does not allow it.", 403);
    draw();
    await vi.advanceTimersByTimeAsync(2000);
    draw();
    await vi.advanceTimersByTimeAsync(60_000);

    expect(server.calls).toEqual(["PUT 0"]);
    expect(saving.state).toMatchObject({ kind: "unsaved", reason: "Your role does not allow it" });
    expect(saving.hasUnsaved).toBe(false);
  });

  it("does not try to keep a mark on a view from outside", async () => {
    const { id } = store.begin({ ...content(), sopInstanceUid: "1.2.3.4/rotating" });
    store.commit(id, null);
    await vi.advanceTimersByTimeAsync(5000);

    expect(server.calls).toEqual([]);
    expect(saving.hasUnsaved).toBe(false);
  });

  it("saves a deletion, and its undoing as a new annotation", async () => {
    const id = draw("gone");
    await vi.advanceTimersByTimeAsync(1000);
    const { uid } = row();
    store.remove(id);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.rows.size).toBe(0);

    store.history.undo();
    await vi.advanceTimersByTimeAsync(1000);

    expect(row().text).toBe("gone");
    expect(row().uid).not.toBe(uid);
    expect(saving.state.kind).toBe("saved");
  });

  it("marks key images, and undoes the mark", async () => {
    store.toggleKeyImage(content());
    await vi.advanceTimersByTimeAsync(1000);
    store.history.undo();
    await vi.advanceTimersByTimeAsync(1000);

    expect(server.calls).toEqual(["mark", "unmark"]);
    expect(server.keys.size).toBe(0);
  });
});

describe("two people on one study", () => {
  async function disputed(): Promise<string> {
    const id = draw("first");
    await vi.advanceTimersByTimeAsync(1000);
    server.write({ ...row(), text: "theirs" }, "Dr Other");
    store.change(id, { text: "mine" });
    await vi.advanceTimersByTimeAsync(1000);
    return id;
  }

  it("overwrites nothing and says who was faster", async () => {
    await disputed();

    expect(row().text).toBe("theirs");
    expect(saving.conflicts[0]?.current?.author).toBe("Dr Other");
    expect(saving.hasUnsaved).toBe(true);
  });

  it("keeps mine as a copy beside theirs", async () => {
    saving.keepMine(await disputed());
    await vi.advanceTimersByTimeAsync(1000);

    expect([...server.rows.values()].map(({ text }) => text).sort()).toEqual(["mine", "theirs"]);
    expect(store.all.map(({ text }) => text).sort()).toEqual(["mine", "theirs"]);
    expect(saving.hasUnsaved).toBe(false);
  });

  it("takes theirs, and goes on from their revision", async () => {
    const id = await disputed();
    saving.takeTheirs(id);
    expect(store.get(id)?.text).toBe("theirs");

    store.change(id, { text: "agreed" });
    await vi.advanceTimersByTimeAsync(1000);

    expect(row().text).toBe("agreed");
  });

  it("takes in what others did when the study is loaded again, but not over unsaved work", async () => {
    const id = draw("first");
    await vi.advanceTimersByTimeAsync(1000);
    server.write({ ...row(), uid: "2.25.9", text: "another" }, "Dr Other");
    store.change(id, { text: "not yet saved" });
    await saving.load(STUDY);

    expect(store.all.map(({ text }) => text)).toEqual(["not yet saved", "another"]);
    await vi.advanceTimersByTimeAsync(1000);
    server.rows.delete("2.25.9");
    await saving.load(STUDY);
    expect(store.all.map(({ text }) => text)).toEqual(["not yet saved"]);
  });
});

describe("marks of others while the page is open", () => {
  it("come without being asked for twice, and not over what the reader has in the hand", async () => {
    const id = draw("mine");
    await vi.advanceTimersByTimeAsync(2000);
    const { uid } = row();
    const before = store.get(id);
    expect(saving.knows(uid, 1)).toBe(true);

    store.preview(id, { text: "in the hand" });
    server.write({ ...row(), text: "theirs" }, "other");
    expect(saving.knows(uid, 2)).toBe(false);
    await saving.load(STUDY);
    expect(store.get(id)?.text).toBe("in the hand");

    store.commit(id, before);
    await vi.advanceTimersByTimeAsync(2000);
    expect(saving.conflicts.map(({ current }) => current?.text)).toEqual(["theirs"]);
    expect(row().text).toBe("theirs");
  });

  it("take the place of what the reader let go unchanged", async () => {
    const id = draw("mine");
    await vi.advanceTimersByTimeAsync(2000);
    const before = store.get(id);
    store.preview(id, { text: "in the hand" });
    store.revert(id, before);
    server.write({ ...row(), text: "theirs" }, "other");
    await saving.load(STUDY);

    expect(store.get(id)?.text).toBe("theirs");
  });
});
