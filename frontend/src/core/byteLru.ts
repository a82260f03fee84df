/** What a cached value costs in memory. */
export interface Sized {
  readonly bytes: number;
}

/**
 * A cache bounded by bytes that forgets the least recently used value first.
 *
 * A value larger than the whole budget is still kept while it is the newest: what is on the screen has to be
 * somewhere.
 */
export class ByteLru<V extends Sized> {
  private readonly entries = new Map<string, V>();
  private used = 0;

  constructor(
    readonly budgetBytes: number,
    private readonly onEvict: (value: V) => void = () => undefined,
  ) {}

  get usedBytes(): number {
    return this.used;
  }

  get size(): number {
    return this.entries.size;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** Read without marking as used, for drawing progress marks. */
  peek(key: string): V | undefined {
    return this.entries.get(key);
  }

  get(key: string): V | undefined {
    const value = this.entries.get(key);
    if (value !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, value);
    }
    return value;
  }

  set(key: string, value: V): void {
    this.remove(key);
    this.entries.set(key, value);
    this.used += value.bytes;
    for (const oldest of this.entries.keys()) {
      if (this.used <= this.budgetBytes || oldest === key) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.entries.delete(key);
    this.used -= value.bytes;
    this.onEvict(value);
  }
}
