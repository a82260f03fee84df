import { beforeEach, describe, expect, it, vi } from "vitest";
import { RequestError } from "../../api/client";
import type { UploadResult } from "../../api/upload";
import { UploadQueue } from "./queue";

interface Call {
  readonly path: string;
  readonly finish: (results: readonly UploadResult[]) => void;
  readonly fail: (error: unknown) => void;
}

function stored(file: string): UploadResult {
  return { file, outcome: "stored", reason: "", studyInstanceUid: "1.2" };
}

function chosen(path: string) {
  return { path, file: new File(["four"], path) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("UploadQueue", () => {
  let calls: Call[];
  let queue: UploadQueue;

  beforeEach(() => {
    calls = [];
    queue = new UploadQueue(
      (item, _progress, signal) =>
        new Promise((finish, fail) => {
          calls.push({ path: item.path, finish, fail });
          signal.addEventListener("abort", () => fail(new DOMException("aborted", "AbortError")));
        }),
    );
  });

  it("sends three files at a time", async () => {
    for (const name of ["a", "b", "c", "d"]) queue.add(chosen(name));
    expect(calls.map((call) => call.path)).toEqual(["a", "b", "c"]);

    calls[0]?.finish([stored("a")]);
    await settled();

    expect(calls.map((call) => call.path)).toEqual(["a", "b", "c", "d"]);
  });

  it("counts every member of a ZIP archive by its outcome", async () => {
    queue.add(chosen("study.zip"));

    calls[0]?.finish([stored("one"), stored("two"), { ...stored("three"), outcome: "rejected" }]);
    await settled();

    expect(queue.totals()).toMatchObject({
      files: 1,
      finished: 1,
      outcomes: { stored: 2, duplicate: 0, conflict: 0, rejected: 1 },
    });
  });

  it("keeps a failure with its reason and sends the file again on demand", async () => {
    queue.add(chosen("a"));
    calls[0]?.fail(new RequestError("server", "The archive is full.", 507));
    await settled();
    expect(queue.items[0]).toMatchObject({ state: "failed", reason: "The archive is full." });

    queue.retryFailed();
    calls[1]?.finish([stored("a")]);
    await settled();

    expect(queue.totals()).toMatchObject({ finished: 1, failed: 0 });
  });

  it("stops what is under way and what waits, and keeps what is stored", async () => {
    for (const name of ["a", "b", "c", "d"]) queue.add(chosen(name));
    calls[0]?.finish([stored("a")]);
    await settled();

    queue.stop();
    await settled();

    expect(queue.items.map((item) => item.state)).toEqual(["done", "stopped", "stopped", "stopped"]);
    expect(queue.isBusy).toBe(false);
  });

  it("sends nothing more when the archive is full, until it is told to try again", async () => {
    const full = vi.fn();
    queue.full.subscribe(full);
    for (const name of ["a", "b", "c", "d"]) queue.add(chosen(name));

    calls[0]?.fail(new RequestError("server", "The disk is full.", 507));
    await settled();

    expect(calls).toHaveLength(3);
    expect(full).toHaveBeenCalledExactlyOnceWith("The disk is full.");
    expect(queue.totals().failed).toBe(4);

    queue.retryFailed();
    expect(calls).toHaveLength(6);
  });

  it("sends nothing more when the session has ended", async () => {
    const ended = vi.fn();
    queue.ended.subscribe(ended);
    for (const name of ["a", "b", "c", "d"]) queue.add(chosen(name));

    calls[0]?.fail(new RequestError("session", "Your session has ended.", 401));
    await settled();

    expect(calls).toHaveLength(3);
    expect(ended).toHaveBeenCalledOnce();
    expect(queue.items[3]?.state).toBe("stopped");
  });
});
