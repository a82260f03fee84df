import { Emitter } from "../core/emitter";
import type { Command } from "./command";

/**
 * Which key runs which command: what the reader changed goes before the standard, and no key has two commands.
 *
 * The commands that it hands out have the reader's keys, so that whoever shows a key shows the right one.
 */
export class KeyTable {
  readonly commands: readonly Command[];
  readonly changed = new Emitter<void>();
  private readonly own: Map<string, readonly string[]>;
  private byKey: ReadonlyMap<string, Command> | null = null;

  constructor(
    private readonly standard: readonly Command[],
    own: ReadonlyMap<string, readonly string[]>,
  ) {
    this.own = new Map(own);
    this.commands = standard.map((command) =>
      Object.defineProperty({ ...command }, "keys", { enumerable: true, get: () => this.keysOf(command.id) }),
    );
  }

  /** What differs from the standard. */
  get changes(): ReadonlyMap<string, readonly string[]> {
    return this.own;
  }

  commandOf(key: string): Command | undefined {
    this.byKey ??= new Map(this.commands.flatMap((command) => command.keys.map((one) => [one, command])));
    return this.byKey.get(key);
  }

  isChanged({ id }: Command): boolean {
    return this.own.has(id);
  }

  /** Give a command this key alone. Whoever had the key loses it. */
  bind({ id }: Command, key: string): void {
    this.release([key], id);
    this.own.set(id, [key]);
    this.announce();
  }

  /** Let a command have no key. */
  clear({ id }: Command): void {
    this.own.set(id, []);
    this.announce();
  }

  /** Give a command its standard keys again, also those that others have been given since. */
  reset({ id }: Command): void {
    this.release(this.standardKeys(id), id);
    this.own.delete(id);
    this.announce();
  }

  resetAll(): void {
    this.own.clear();
    this.announce();
  }

  private keysOf(id: string): readonly string[] {
    const own = this.own.get(id);
    if (own) return own;
    const isKnown = (other: string) => this.standard.some((command) => command.id === other);
    const taken = new Set([...this.own].flatMap(([other, keys]) => (isKnown(other) ? keys : [])));
    return this.standardKeys(id).filter((key) => !taken.has(key));
  }

  private standardKeys(id: string): readonly string[] {
    return this.standard.find((command) => command.id === id)?.keys ?? [];
  }

  private release(keys: readonly string[], keeper: string): void {
    for (const [id, own] of [...this.own]) {
      const left = own.filter((key) => !keys.includes(key));
      if (id === keeper || left.length === own.length) continue;
      if (left.length > 0) this.own.set(id, left);
      else this.own.delete(id);
    }
  }

  private announce(): void {
    this.byKey = null;
    this.changed.emit();
  }
}
