import { isDeepStrictEqual } from "node:util";
import { changesTo, sameValue, type MemberValues } from "../policy/documents.js";
import { problemText, type Problem } from "../policy/problem.js";
import { NotTakenError, OtherWriterError, StillOldError } from "./errors.js";
import type { Clock } from "./port.js";
import type { RunOptions } from "./run.js";
import { FRESH_MS } from "./session.js";
import type { SharedRead } from "./sharedRead.js";
import { isLostAnswer, PAUSES } from "./write.js";

/** A document of Graph whose members are written one by one. */
export interface DocumentPort<Doc> {
  /** What messages call it. */
  readonly name: string;
  readonly reads: Pick<SharedRead<Doc>, "get" | "again" | "forget" | "askedAt">;
  members(doc: Doc): MemberValues;
  /** Sends what makes these changes, each request by way of `send`, which says it and counts it. */
  write(doc: Doc, changes: MemberValues, send: Send): Promise<void>;
}

export type Send = (reason: string, request: () => Promise<void>) => Promise<void>;

/** How to get from a document to what is wanted. Asked again whenever it turns out to be another one. */
export interface DocumentChange<Doc> {
  plan(doc: Doc): Promise<{ readonly wanted: MemberValues; readonly refusals: readonly Problem[] }>;
  /** Judges what changes do to people; may take long. The document is read again afterwards. */
  guard?(doc: Doc, changes: MemberValues): Promise<readonly Problem[]>;
  /** Called before the first request of each round, so that what was there can be saved. */
  beforeWrite(doc: Doc): void;
}

export interface DocumentResult<Doc> {
  /** Before the first request. */
  readonly first: Doc;
  readonly doc: Doc;
}

/** An error after the first request: the document is in between, and what was written must be kept in state. */
export class PartialDocumentError extends Error {
  override readonly name = "PartialDocumentError";
  constructor(override readonly cause: Error) {
    super(cause.message, { cause });
  }
}

/** The change was refused, and nothing was written. */
export class DocumentRefusedError extends Error {
  override readonly name = "DocumentRefusedError";
  constructor(readonly refusals: readonly Problem[]) {
    super(`${refusals.map(problemText).join(" ")} Nothing was written.`);
  }
}

/** How often a change is planned anew because the document turned out to be another one. */
const MOST_ROUNDS = 4;

/**
 * Takes a document to where `change` wants it: observe, plan, write, read back until it shows.
 *
 * @throws DocumentRefusedError before anything was written; any other error as it is where nothing was written, or as the
 * cause of a `PartialDocumentError`.
 */
export async function changeDocument<Doc>(
  port: DocumentPort<Doc>,
  change: DocumentChange<Doc>,
  options: RunOptions & { readonly clock: Clock },
): Promise<DocumentResult<Doc>> {
  const sent = { writes: 0 };
  const send: Send = async (reason, request) => {
    await options.engine();
    options.log(reason);
    port.reads.forget();
    try {
      await request();
    } catch (error) {
      if (isLostAnswer(error)) sent.writes += 1;
      throw error;
    }
    sent.writes += 1;
  };
  try {
    return await rounds(port, change, options, send, sent);
  } catch (error) {
    if (sent.writes === 0 || !(error instanceof Error)) throw error;
    throw new PartialDocumentError(error);
  }
}

async function rounds<Doc>(
  port: DocumentPort<Doc>,
  change: DocumentChange<Doc>,
  options: RunOptions & { readonly clock: Clock },
  send: Send,
  /** Requests that have, or may have, changed something. */
  sent: { writes: number },
): Promise<DocumentResult<Doc>> {
  const { reads } = port;
  const first: Doc = await reads.get(FRESH_MS);
  let doc: Doc = first;
  let last: Error | undefined;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { wanted, refusals } = await change.plan(doc);
    if (refusals.length > 0) throw new DocumentRefusedError(refusals);
    const changes = changesTo(port.members(doc), wanted);
    if (changes.size === 0) return { first, doc };
    const judged = (await change.guard?.(doc, changes)) ?? [];
    if (judged.length > 0) throw new DocumentRefusedError(judged);
    const turn = await options.lock?.take(({ pid }) =>
      options.log(`waiting for process ${pid} on this machine, which is writing to the same tenant`),
    );
    let begun = false;
    try {
      const now: Doc = turn?.mayHaveWritten(reads.askedAt) === true ? await reads.again() : await reads.get(FRESH_MS);
      if (!isDeepStrictEqual(now, doc)) {
        last = new OtherWriterError(port.name, [...changes.keys()]);
        doc = now;
        continue;
      }
      change.beforeWrite(doc);
      begun = true;
      let lost: Error | undefined;
      const written = sent.writes;
      try {
        await port.write(doc, changes, send);
      } catch (error) {
        if (!isLostAnswer(error)) throw error;
        lost = error;
      }
      const seen = await readBack(port, doc, changes, options, lost !== undefined);
      if (seen.missing.length === 0) return { first, doc: seen.doc };
      // Settled: nothing of this round took effect.
      const nothing = lost !== undefined && !seen.foreign && seen.missing.length === changes.size;
      if (nothing) sent.writes = written;
      if (lost === undefined && !seen.foreign) throw new StillOldError(port.name, seen.missing, options.verifySeconds);
      last =
        lost === undefined
          ? new OtherWriterError(port.name, seen.missing)
          : new NotTakenError(port.name, seen.missing, lost);
      doc = seen.doc;
    } finally {
      turn?.end(begun);
    }
  }
  throw last ?? new OtherWriterError(port.name, []);
}

interface Seen<Doc> {
  readonly doc: Doc;
  /** Members that do not show yet. */
  readonly missing: readonly string[];
  /** One of them has a value that is neither the old nor the new one. */
  readonly foreign: boolean;
}

/** Reads until the changes show. Where the answer was lost, "not there" is a likely end and worth a shorter wait. */
async function readBack<Doc>(
  port: DocumentPort<Doc>,
  before: Doc,
  changes: MemberValues,
  { clock, verifySeconds }: { readonly clock: Clock; readonly verifySeconds: number },
  lost: boolean,
): Promise<Seen<Doc>> {
  const old = port.members(before);
  const deadline = clock.now() + (lost ? verifySeconds / 3 : verifySeconds) * 1000;
  for (let attempt = 0; ; attempt += 1) {
    const doc = await port.reads.again();
    const now = port.members(doc);
    const missing = [...changes].filter(([name, value]) => !sameValue(now.get(name), value)).map(([name]) => name);
    const foreign = missing.some((name) => !sameValue(now.get(name), old.get(name)));
    const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)]!;
    if (missing.length === 0 || foreign || clock.now() + pause > deadline) return { doc, missing, foreign };
    await clock.sleep(pause);
  }
}
