/** The single images that are chosen, over all series: UIDs in the order in which they were chosen. */
export class ChosenImages {
  private readonly uids: Set<string>;

  /** @param text as the form holds it: UIDs with spaces between them. */
  constructor(text: string) {
    this.uids = new Set(text.split(/\s+/).filter(Boolean));
  }

  get size(): number {
    return this.uids.size;
  }

  get text(): string {
    return [...this.uids].join(" ");
  }

  has(uid: string): boolean {
    return this.uids.has(uid);
  }

  set(uids: readonly string[], isChosen: boolean): void {
    for (const uid of uids) {
      if (isChosen) this.uids.add(uid);
      else this.uids.delete(uid);
    }
  }

  clear(): void {
    this.uids.clear();
  }
}

/** Everything from one place to another, whichever comes first, both among it. */
export function between<T>(all: readonly T[], one: number, other: number): readonly T[] {
  return all.slice(Math.min(one, other), Math.max(one, other) + 1);
}
