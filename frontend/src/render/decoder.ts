import type { UnpackedTile } from "../dicom/packing";

export type DecodedTile = UnpackedTile & { readonly width: number; readonly height: number };

interface Answer {
  readonly id: number;
  readonly tile?: DecodedTile;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (tile: DecodedTile) => void;
  readonly reject: (error: Error) => void;
}

/** A few workers that turn PNG bytes into packed values. */
export class TileDecoder {
  private readonly workers: Worker[] = [];
  private readonly waiting = new Map<number, Waiting>();
  private sequence = 0;

  constructor(count: number) {
    for (let index = 0; index < count; index += 1) {
      const worker = new Worker(new URL("../workers/decode.ts", import.meta.url), { type: "module" });
      worker.onmessage = (event: MessageEvent<Answer>) => this.settle(event.data);
      this.workers.push(worker);
    }
  }

  decode(blob: Blob): Promise<DecodedTile> {
    this.sequence += 1;
    const id = this.sequence;
    const worker = this.workers[id % this.workers.length];
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker?.postMessage({ id, blob });
    });
  }

  dispose(): void {
    for (const worker of this.workers) worker.terminate();
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (answer.tile) waiting?.resolve(answer.tile);
    else waiting?.reject(new Error(answer.error ?? "unreadable"));
  }
}
