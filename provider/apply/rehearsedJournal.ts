import { DocumentJournal, type DocumentEntry } from "./documentJournal.js";

const keyOf = (tenantId: string, owner: string): string => JSON.stringify([tenantId.toLowerCase(), owner]);

/** The notes of a run that is only thought through: what it would write down is remembered, and no file changes. */
export class RehearsedJournal extends DocumentJournal {
  /** What is as no file has it: `undefined` for an entry that is cleared. */
  readonly #changed = new Map<string, DocumentEntry | undefined>();

  override write(entry: DocumentEntry): void {
    const { inherited } = this.read(entry.tenantId, entry.owner) ?? {};
    this.#changed.set(keyOf(entry.tenantId, entry.owner), { ...(inherited && { inherited }), ...entry });
  }

  override read(tenantId: string, owner: string): DocumentEntry | undefined {
    const key = keyOf(tenantId, owner);
    return this.#changed.has(key) ? this.#changed.get(key) : super.read(tenantId, owner);
  }

  override others(of: Pick<DocumentEntry, "tenantId" | "owner" | "document">): DocumentEntry[] {
    // Nobody appears who had no note before: a destroy only passes on and clears.
    return super.others(of).flatMap((entry) => this.read(entry.tenantId, entry.owner) ?? []);
  }

  override clear(tenantId: string, owner: string): void {
    this.#changed.set(keyOf(tenantId, owner), undefined);
  }
}
