import type { Disposer } from "./disposable";

/** Announces values of one kind to whoever subscribed. */
export class Emitter<T> {
  private readonly handlers = new Set<(value: T) => void>();

  subscribe(handler: (value: T) => void): Disposer {
    this.handlers.add(handler);
    return () => this.handlers.delete(handler);
  }

  emit(value: T): void {
    for (const handler of [...this.handlers]) handler(value);
  }
}
