import { RehearsedJournal } from "../../apply/rehearsedJournal.js";
import { cacheFolder } from "../../apply/index.js";
import { EXISTS } from "../../policy/customStrength.js";
import { changesTo, type MemberValue, type MemberValues } from "../../policy/documents.js";
import type { Fido2Policy } from "../../policy/index.js";
import type { Problem } from "../../policy/problem.js";
import type { Host } from "../host.js";
import { givenBack, managedBefore, only, subjectOf } from "./establish.js";
import type { DocumentKind, DocumentState, Judgement } from "./kind.js";

/** What a destroy would do with a document, told beforehand. */
export interface DocumentImpact {
  /** What messages call the document. */
  readonly document: string;
  /** `onDestroy` is `retain`: nothing would be written. */
  readonly retained: boolean;
  /** The object goes, because it was made here. */
  readonly deleted: boolean;
  readonly changes: readonly { readonly member: string; readonly from: MemberValue; readonly to: MemberValue }[];
  /** The changes, for people. */
  readonly lines: readonly string[];
  /** What would not be given back, and why. */
  readonly leftAlone: readonly Problem[];
  readonly answer: Judgement;
}

const NOTHING: Judgement = { refusals: [], warnings: [], lines: [] };

/** Goes through what a destroy gives back, resource by resource, on what those before it leave behind. Writes nothing. */
export class Rehearsal {
  readonly #journal: RehearsedJournal;
  /** By document, what those before have changed. */
  readonly #changed = new Map<string, MemberValues>();

  constructor(private readonly host: Host) {
    this.#journal = new RehearsedJournal(cacheFolder(host.env));
  }

  /** @param policy the passkey policy as it will be by then; default: as it is. */
  async giveBack<Declared extends object, Doc>(
    kind: DocumentKind<Declared, Doc>,
    state: DocumentState,
    policy?: Fido2Policy,
  ): Promise<DocumentImpact> {
    const subject = subjectOf(kind as DocumentKind<Declared, unknown>, state, state);
    const { owner, tenantId } = subject;
    const port = kind.port(this.host, subject);
    const untouched = { document: port.name, deleted: false, changes: [], lines: [], leftAlone: [], answer: NOTHING };
    if (state["onDestroy"] === "retain") {
      this.#journal.clear(tenantId, owner);
      return { ...untouched, retained: true };
    }
    const of = { tenantId, owner, document: kind.document(subject) };
    const managed = managedBefore(this.#journal, subject, state.managed);
    const key = port.objectId() ?? of.document;
    const before = this.#changed.get(key) ?? new Map<string, MemberValue>();
    const doc = kind.withMembers(await port.reads.get(), before);
    const there = port.members(doc);
    const names = Object.keys(managed);
    const { values, notes, held } = await givenBack(this.host, kind, subject, there, managed, names, this.#journal);
    const changes = changesTo(there, values);
    const answer =
      changes.size === 0 ? NOTHING : await kind.judge?.(this.host, subject, doc, changes, { stage: "destroy", policy });
    this.#journal.passOn(of, only(managed, held));
    this.#journal.clear(tenantId, owner);
    this.#changed.set(key, new Map([...before, ...changes]));
    return {
      ...untouched,
      retained: false,
      deleted: changes.get(EXISTS) === null,
      changes: [...changes].map(([member, to]) => ({ member, from: there.get(member) ?? null, to })),
      lines: kind.changeLines(doc, changes),
      leftAlone: notes,
      answer: answer ?? NOTHING,
    };
  }
}
