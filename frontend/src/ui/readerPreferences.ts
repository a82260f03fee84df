import { RequestError } from "../api/client";
import { type MouseButtons, type Preferences, parsePreferences, savePreferences } from "../api/preferences";
import { Emitter } from "../core/emitter";
import type { Command } from "./command";
import { KeyTable } from "./keyTable";

/** The reader's keys and mouse buttons. Every change goes to the server, one after the other. */
export class ReaderPreferences {
  readonly keys: KeyTable;
  readonly changed = new Emitter<void>();
  private buttons: MouseButtons;
  private saving: Promise<void> = Promise.resolve();

  constructor(
    commands: readonly Command[],
    kept: Preferences,
    private readonly tellProblem: (text: string) => void,
    private readonly save: (preferences: Preferences) => Promise<void> = savePreferences,
  ) {
    this.keys = new KeyTable(commands, kept.keys);
    this.buttons = kept.mouse;
    this.keys.changed.subscribe(() => this.keep());
  }

  get mouse(): MouseButtons {
    return this.buttons;
  }

  setMouse(mouse: MouseButtons): void {
    this.buttons = mouse;
    this.keep();
  }

  private keep(): void {
    this.changed.emit();
    const kept = { keys: new Map(this.keys.changes), mouse: this.buttons };
    this.saving = this.saving.then(() => this.send(kept));
  }

  private async send(kept: Preferences): Promise<void> {
    try {
      await this.save(kept);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.tellProblem(`Your keys and mouse buttons are not saved: ${error.message}`);
    }
  }
}

/** What the page was served with: no request stands before the first image. */
export function preferencesOfPage(): Preferences {
  return parsePreferences(JSON.parse(document.getElementById("viewer-preferences")?.textContent ?? ""));
}
