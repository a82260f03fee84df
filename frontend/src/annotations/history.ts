/** One change, both ways. */
export interface Step {
  readonly undo: () => void;
  readonly redo: () => void;
}

const MOST_STEPS = 200;

/** What can be taken back and made again. */
export class History {
  private readonly done: Step[] = [];
  private readonly undone: Step[] = [];

  push(step: Step): void {
    this.done.push(step);
    if (this.done.length > MOST_STEPS) this.done.shift();
    this.undone.length = 0;
  }

  /** Answers whether there was something to take back. */
  undo(): boolean {
    const step = this.done.pop();
    if (!step) return false;
    step.undo();
    this.undone.push(step);
    return true;
  }

  redo(): boolean {
    const step = this.undone.pop();
    if (!step) return false;
    step.redo();
    this.done.push(step);
    return true;
  }
}
