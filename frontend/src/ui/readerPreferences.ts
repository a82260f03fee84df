import { RequestError } from "../api/client";
import { type MouseButtons, type Preferences, parsePreferences, savePreferences } from "../api/preferences";
import { Emitter } from "../core/emitter";
import { t } from "../core/i18n";
import type { OwnPreset } from "../dicom/presets";
import type { Command } from "./command";
import { KeyTable } from "./keyTable";

/** The reader's keys, mouse buttons and windows. Every change goes to the server, one after the other. */
export class ReaderPreferences {
  readonly keys: KeyTable;
  readonly changed = new Emitter<void>();
  private kept: Omit<Preferences, "keys">;
  private saving: Promise<void> = Promise.resolve();

  constructor(
    commands: readonly Command[],
    kept: Preferences,
    private readonly tellProblem: (text: string) => void,
    private readonly save: (preferences: Preferences) => Promise<void> = savePreferences,
  ) {
    this.keys = new KeyTable(commands, kept.keys);
    this.kept = kept;
    this.keys.changed.subscribe(() => this.keep());
  }

  get mouse(): MouseButtons {
    return this.kept.mouse;
  }

  get windows(): readonly OwnPreset[] {
    return this.kept.windows;
  }

  get trueSize(): readonly string[] {
    return this.kept.trueSize;
  }

  get asksBeforeLeaving(): boolean {
    return this.kept.asksBeforeLeaving;
  }

  /** Change some of them; keys are changed in their table. */
  set(changes: Partial<Omit<Preferences, "keys">>): void {
    this.kept = { ...this.kept, ...changes };
    this.keep();
  }

  private keep(): void {
    this.changed.emit();
    const kept = { ...this.kept, keys: new Map(this.keys.changes) };
    this.saving = this.saving.then(() => this.send(kept));
  }

  private async send(kept: Preferences): Promise<void> {
    try {
      await this.save(kept);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.tellProblem(t("Your preferences are not saved: {reason}", { reason: error.message }));
    }
  }
}

/** What the page was served with: no request stands before the first image. */
export function preferencesOfPage(): Preferences {
  return parsePreferences(JSON.parse(document.getElementById("viewer-preferences")?.textContent ?? ""));
}
