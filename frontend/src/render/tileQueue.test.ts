import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RequestError } from "../api/client";
import { type LoadOutcome, TileQueue, type TileWant } from "./tileQueue";

interface Call {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly finish: (outcome: LoadOutcome) => void;
  readonly fail: (error: unknown) => void;
}

function want(url: string, priority: number): TileWant {
  return { url, priority, kind: "values" };
}

describe("TileQueue", () => {
  let calls: Call[];
  let ready: Set<string>;
  let queue: TileQueue;
  const client = {};

  beforeEach(() => {
    vi.useFakeTimers();
    calls = [];
    ready = new Set();
    queue = new TileQueue(
      ({ url }, signal) =>
        new Promise<LoadOutcome>((finish, fail) => {
          calls.push({ url, signal, finish, fail });
          signal.addEventListener("abort", () => fail(new DOMException("aborted", "AbortError")));
        }),
      (url) => ready.has(url),
      () => 0,
    );
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("starts the most urgent first and keeps to four when loading ahead", () => {
    queue.want(
      client,
      [50, 20, 40, 30, 60, 70].map((priority) => want(`t${priority}`, priority)),
    );

    expect(calls.map((call) => call.url)).toEqual(["t20", "t30", "t40", "t50"]);
  });

  it("gives what is on the screen the connections that loading ahead leaves free", () => {
    const ahead = [10, 11, 12, 13, 14].map((priority) => want(`t${priority}`, priority));
    queue.want(client, ahead);

    queue.want(client, [want("now", 0), ...ahead]);

    expect(calls.map((call) => call.url)).toEqual(["t10", "t11", "t12", "t13", "now"]);
  });

  it("cancels what nobody wants any more", () => {
    queue.want(client, [want("old", 0)]);

    queue.want(client, [want("new", 0)]);

    expect(calls[0]?.signal.aborted).toBe(true);
    expect(calls[1]?.url).toBe("new");
  });

  it("keeps a tile that another viewport still wants", () => {
    const other = {};
    queue.want(client, [want("shared", 0)]);
    queue.want(other, [want("shared", 5)]);

    queue.want(client, []);

    expect(calls).toHaveLength(1);
    expect(calls[0]?.signal.aborted).toBe(false);
  });

  it("asks again after the time that a 202 names", async () => {
    queue.want(client, [want("tile", 0)]);
    calls[0]?.finish({ ready: false, retrySeconds: 1 });
    await vi.advanceTimersByTimeAsync(900);
    expect(calls).toHaveLength(1);

    await vi.advanceTimersByTimeAsync(300);

    expect(calls).toHaveLength(2);
  });

  it("does not ask again for an image that cannot be displayed, and says why", async () => {
    const failed = vi.fn();
    queue.failed.subscribe(failed);
    queue.want(client, [want("tile", 0)]);
    const error = new RequestError("unshowable", "Unsupported transfer syntax.", 422);

    calls[0]?.fail(error);
    await vi.advanceTimersByTimeAsync(60_000);
    queue.want(client, [want("tile", 0)]);

    expect(calls).toHaveLength(1);
    expect(failed).toHaveBeenCalledWith({ url: "tile", error });
    expect(queue.failure("tile")).toBe(error);
  });

  it("tries a broken connection four times", async () => {
    queue.want(client, [want("tile", 0)]);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      calls.at(-1)?.fail(new RequestError("network", "gone"));
      await vi.advanceTimersByTimeAsync(20_000);
    }

    expect(calls).toHaveLength(4);
    expect(queue.failure("tile")?.kind).toBe("network");
  });

  it("does not load what is in the cache", () => {
    ready.add("tile");

    queue.want(client, [want("tile", 0)]);

    expect(calls).toHaveLength(0);
  });
});
