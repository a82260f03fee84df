/** Undoes one subscription, timer or DOM change. Calling it twice is harmless. */
export type Disposer = () => void;

/** Collects disposers so that an owner can undo everything it started. */
export class DisposerBag {
  private disposers: Disposer[] = [];

  add(disposer: Disposer): void {
    this.disposers.push(disposer);
  }

  dispose(): void {
    for (const disposer of this.disposers.splice(0).reverse()) disposer();
  }
}

/** Listen for an event until the returned disposer is called. */
export function listen<E extends Event>(
  target: EventTarget,
  type: string,
  handler: (event: E) => void,
  options?: AddEventListenerOptions,
): Disposer {
  const listener = handler as (event: Event) => void;
  target.addEventListener(type, listener, options);
  return () => target.removeEventListener(type, listener, options);
}
