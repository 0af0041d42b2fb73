import { changeDocument, PartialDocumentError } from "../../apply/document.js";
import { DocumentJournal, type DocumentEntry } from "../../apply/documentJournal.js";
import { cacheFolder } from "../../apply/index.js";
import { managedMembers, type GivenBack, type ManagedMembers, type MemberValues } from "../../policy/documents.js";
import { problemText, type Problem } from "../../policy/problem.js";
import type { Host } from "../host.js";
import { pick } from "../passkeyPolicy/inputs.js";
import { resourceName } from "../passkeyPolicy/owner.js";
import { runOptions } from "../runOptions.js";
import { isEstablished, markEstablished } from "./claims.js";
import type { DocumentInputs, DocumentKind, DocumentState, JudgedRun, ObjectPort, Subject } from "./kind.js";

/** The note of a resource in the journal of documents. */
export const journalOf = (host: Host): DocumentJournal => new DocumentJournal(cacheFolder(host.env));

export function subjectOf<Declared extends object>(
  kind: DocumentKind<Declared, unknown>,
  { owner, tenantId, looked, objectId }: DocumentInputs & Partial<DocumentState>,
  properties: object,
): Subject<Declared> {
  const declared = pick(properties as Declared, kind.declared) as Declared;
  return { owner, tenantId, looked: looked ?? {}, declared, ...(objectId !== undefined && { objectId }) };
}

/** What a change is made of: what is declared, and what is given back because it is declared no more. */
export interface Planned {
  readonly wanted: MemberValues;
  readonly declared: MemberValues;
  readonly refusals: readonly Problem[];
  readonly notes: readonly Problem[];
  readonly held: readonly string[];
}

export async function planMembers<Declared extends object, Doc>(
  host: Host,
  kind: DocumentKind<Declared, Doc>,
  subject: Subject<Declared>,
  there: MemberValues,
  doc: Doc,
  before: ManagedMembers,
): Promise<Planned> {
  const declared = kind.wanted(subject);
  const givenUp = Object.keys(before).filter((name) => !declared.has(name));
  const { values, notes, held } = await givenBack(host, kind, subject, there, before, givenUp);
  const wanted = new Map([...values, ...declared]);
  return { wanted, declared, refusals: kind.refusals(doc, wanted, subject), notes, held };
}

/** What becomes of members that a resource gives up: without those that refer to what is gone, and those others hold. */
export async function givenBack<Declared extends object, Doc>(
  host: Host,
  kind: DocumentKind<Declared, Doc>,
  subject: Subject<Declared>,
  there: MemberValues,
  managed: ManagedMembers,
  names: readonly string[],
  journal = journalOf(host),
): Promise<GivenBack> {
  const { owner, tenantId } = subject;
  const of = { tenantId, owner, document: kind.document(subject) };
  const isHeld = (name: string) => journal.isHeld(of, name, managed[name]!.written);
  const { values, notes, held } = kind.giveBack(there, managed, names, isHeld);
  const gone = (await kind.gone?.(host, values)) ?? new Map<string, string>();
  return {
    values: new Map([...values].filter(([name]) => !gone.has(name))),
    notes: [...notes, ...[...gone].map(([name, reason]) => goneNote(kind.placeOf(name), reason))],
    held,
  };
}

/** Judges what changes do to people, and says it; answers what is refused. */
export async function judged<Declared extends object, Doc>(
  host: Host,
  kind: DocumentKind<Declared, Doc>,
  subject: Subject<Declared>,
  doc: Doc,
  changes: MemberValues,
  run: JudgedRun,
): Promise<readonly Problem[]> {
  const judgement = await kind.judge?.(host, subject, doc, changes, run);
  if (judgement === undefined) return [];
  const name = resourceName(subject.owner);
  for (const line of [...judgement.lines, ...judgement.warnings.map(warningText)]) host.logOnce(`${name}: ${line}`);
  return judgement.refusals;
}

/** What a create or an update goes on from: the state, what others have left to it, and a run that was stopped. */
export function managedBefore(
  journal: DocumentJournal,
  { tenantId, owner }: Pick<DocumentInputs, "tenantId" | "owner">,
  olds: ManagedMembers | undefined,
): ManagedMembers {
  const entry = journal.read(tenantId, owner);
  const noted = entry !== undefined && (olds === undefined || entry.done !== true) ? entry.managed : {};
  return { ...noted, ...journal.withInherited(tenantId, owner, olds ?? {}) };
}

/** Create and update. */
export async function establish<Declared extends object, Doc>(
  host: Host,
  kind: DocumentKind<Declared, Doc>,
  inputs: DocumentInputs,
  olds: DocumentState | undefined,
): Promise<{ id: string; outs: DocumentState }> {
  const journal = journalOf(host);
  const entry = journal.read(inputs.tenantId, inputs.owner);
  const subject: Subject<Declared> = {
    ...subjectOf(kind as DocumentKind<Declared, unknown>, { ...inputs, ...(olds && pick(olds, ["objectId"])) }, inputs),
    ...(olds === undefined && entry !== undefined && { noted: entry }),
  };
  const { owner, tenantId } = subject;
  const of = { tenantId, owner, document: kind.document(subject) };
  const port = kind.port(host, subject);
  const before = managedBefore(journal, subject, olds?.managed);
  const time = new Date(host.now()).toISOString();
  let planned: Planned | undefined;
  let first: MemberValues | undefined;
  let managed: ManagedMembers = before;
  const note = (more: Pick<DocumentEntry, "managed" | "done">) =>
    journal.write({
      ...{ version: 1, ...of, time, ...more },
      ...(port.objectId() !== undefined && { objectId: port.objectId() }),
    });
  try {
    const result = await changeDocument(
      port,
      {
        async plan(doc) {
          planned = await planMembers(host, kind, subject, port.members(doc), doc, before);
          return planned;
        },
        guard: (doc, changes) => judged(host, kind, subject, doc, changes, { stage: "update" }),
        beforeWrite(doc) {
          first ??= port.members(doc);
          managed = { ...before, ...managedMembers(planned!.declared, first, before) };
          note({ managed });
        },
      },
      { ...runOptions(host, resourceName(owner)), clock: host.session().clock },
    );
    first ??= port.members(result.first);
    const { declared, notes, held } = planned!;
    for (const one of notes) host.log(`${resourceName(owner)}: left alone: ${problemText(one)}`);
    managed = managedMembers(declared, first, before);
    try {
      journal.passOn(of, only(before, held));
      note({ managed, done: true });
    } catch (error) {
      // What was declared is there: the next run finds a note that is not at its end, and goes on from it.
      const reason = (error as Error).message;
      host.log(`${resourceName(owner)}: warning: what was there before could not be noted in the journal: ${reason}`);
    }
    markEstablished(host.session(), owner);
    return { id: port.id(), outs: stateOf(kind, subject, inputs, managed, port) };
  } catch (error) {
    if (!(error instanceof PartialDocumentError)) throw error;
    const message = `${resourceName(owner)}: ${error.message} Part of the change was written; the next pulumi up finishes it.`;
    throw Object.assign(new Error(message, { cause: error }), {
      id: port.id(),
      properties: stateOf(kind, subject, inputs, managed, port),
      reasons: [message],
    });
  }
}

/** Delete: give back what is still as it was written. */
export async function giveBackDocument<Declared extends object, Doc>(
  host: Host,
  kind: DocumentKind<Declared, Doc>,
  state: DocumentState,
): Promise<void> {
  const journal = journalOf(host);
  const subject = subjectOf(kind as DocumentKind<Declared, unknown>, state, state);
  const { owner, tenantId } = subject;
  const name = resourceName(owner);
  if (isEstablished(host.session(), owner)) {
    host.log(`${name}: left alone: the ${name} that replaces this one declares it now`);
    return;
  }
  if (state["onDestroy"] === "retain") {
    host.log(`${name}: onDestroy is retain, so ${kind.port(host, subject).name} stays as it is`);
    return journal.clear(tenantId, owner);
  }
  // Of several that go at the same time, each has to know whether another one still holds what it gives back.
  const turn = await host
    .lock()
    .take(({ pid }) =>
      host.log(`${name}: waiting for process ${pid} on this machine, which is writing to the same tenant`),
    );
  let wrote = false;
  try {
    const of = { tenantId, owner, document: kind.document(subject) };
    const managed = managedBefore(journal, subject, state.managed);
    const port = kind.port(host, subject);
    port.reads.forget();
    let held: readonly string[] = [];
    let notes: readonly Problem[] = [];
    await changeDocument(
      port,
      {
        async plan(doc) {
          const given = await givenBack(host, kind, subject, port.members(doc), managed, Object.keys(managed));
          [held, notes] = [given.held, given.notes];
          return { wanted: given.values, refusals: [] };
        },
        guard: (doc, changes) => judged(host, kind, subject, doc, changes, { stage: "destroy" }),
        beforeWrite() {
          wrote = true;
          // Not done: whoever comes back finds what was there before.
          journal.write({ version: 1, ...of, time: new Date(host.now()).toISOString(), managed });
        },
      },
      { ...runOptions(host, name), lock: undefined, clock: host.session().clock },
    );
    // Without an engine nobody gets to know that it is given back, and the next run has to find out.
    await host.engine();
    for (const one of notes) host.log(`${name}: left alone: ${problemText(one)}`);
    journal.passOn(of, only(managed, held));
    journal.clear(tenantId, owner);
  } finally {
    turn.end(wrote);
  }
}

const goneNote = (place: string, reason: string): Problem => ({
  code: "leftAlone",
  place,
  reason,
  wayOut: "It does not come back",
});

export const only = (managed: ManagedMembers, names: readonly string[]): ManagedMembers =>
  Object.fromEntries(Object.entries(managed).filter(([name]) => names.includes(name)));

export const warningText = (problem: Problem): string => `warning: ${problemText(problem)}`;

export function stateOf<Declared extends object, Doc>(
  kind: DocumentKind<Declared, Doc>,
  subject: Subject<Declared>,
  inputs: DocumentInputs,
  managed: ManagedMembers,
  port: Pick<ObjectPort<Doc>, "objectId">,
): DocumentState {
  const objectId = port.objectId();
  return {
    schema: 1,
    ...subject.declared,
    ...kind.outputs(subject),
    ...pick(inputs, ["owner", "tenantId", "looked", "__provider"]),
    managed,
    ...(objectId !== undefined && { objectId }),
  } as DocumentState;
}
