import type { RolloutEvent, RolloutRecord } from "../records.js";

/** A journal that cannot be gone by: somebody has to look at it. */
export class JournalError extends Error {
  override readonly name = "JournalError";
}

/** What a journal's text says. */
export interface JournalText {
  readonly records: readonly RolloutRecord[];
  /** Length in bytes of the whole lines. */
  readonly length: number;
  /** The beginning of a line that a crash has left; it is no record. */
  readonly torn?: string;
}

/** One line, for people too: when and what come first. */
export function writeLine({ at, kind, ...rest }: RolloutRecord): string {
  return `${JSON.stringify({ at, kind, ...rest })}\n`;
}

/**
 * Reads a journal. A line counts once it has its end, so what a crash leaves of a last line is no record; nothing followed
 * from it. Damage anywhere else is a `JournalError` that names the line.
 *
 * @param file for messages.
 */
export function readLines(bytes: Buffer, file: string): JournalText {
  const end = wholeLines(bytes);
  const torn = bytes.subarray(end).toString("utf8");
  const lines = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
  const records = lines.map((line, index) => readLine(line, `${file}, line ${index + 1}`));
  if (records[0] !== undefined && records[0].kind !== "begun") {
    throw new JournalError(`${file}, line 1: a journal begins with "begun", and this one with "${records[0].kind}".`);
  }
  return { records, length: end, ...(torn !== "" && { torn }) };
}

/** Where the last whole line ends. A crash may leave zeros in place of blocks that were not written yet. */
function wholeLines(bytes: Buffer): number {
  const end = bytes.lastIndexOf(0x0a) + 1;
  const start = end < 2 ? 0 : bytes.lastIndexOf(0x0a, end - 2) + 1;
  return bytes.subarray(start, end).includes(0) ? start : end;
}

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const time: Check = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
const waves: Check = (value) =>
  Array.isArray(value) &&
  value.every((wave: unknown) => {
    const { name, tenants } = (wave ?? {}) as { name?: unknown; tenants?: unknown };
    return text(name) && Array.isArray(tenants) && tenants.every(text);
  });

/** What each kind of record has to have. */
const MEMBERS: { readonly [Kind in RolloutEvent["kind"]]: Readonly<Record<string, Check>> } = {
  begun: { rollout: text, plan: text, waves },
  resumed: {},
  waveBegun: { wave: text },
  skipped: { tenant: text, reason: text },
  previewed: { tenant: text, verdict: text, sentence: text },
  heldBack: { tenant: text, reason: text },
  applying: { tenant: text, attempt: count },
  applied: { tenant: text, changed: flag },
  verified: { tenant: text },
  retrying: { tenant: text, reason: text, attempt: count },
  failed: { tenant: text, reason: text, attempt: count },
  healthy: { wave: text },
  soaking: { wave: text, until: time },
  approvalAsked: { wave: text, until: time },
  approved: { wave: text, by: text },
  waveDone: { wave: text },
  stopped: { reason: text },
  aborted: { by: text },
  done: {},
  restoring: { tenant: text },
  restored: { tenant: text, changed: flag },
  notRestored: { tenant: text, reason: text },
};

function readLine(line: string, where: string): RolloutRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new JournalError(`${where}: it is not JSON (${(error as Error).message}). ${WAY_OUT}`);
  }
  const record = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const kind = record["kind"];
  if (typeof kind !== "string" || !time(record["at"])) {
    throw new JournalError(`${where}: "at" or "kind" is missing or damaged. ${WAY_OUT}`);
  }
  if (!Object.hasOwn(MEMBERS, kind)) {
    throw new JournalError(`${where}: this version does not know the kind "${kind}". Use the version that wrote it.`);
  }
  const members = MEMBERS[kind as RolloutEvent["kind"]];
  const wrong = Object.keys(members).find((name) => !members[name]!(record[name]));
  if (wrong !== undefined) throw new JournalError(`${where}: "${wrong}" is missing or damaged. ${WAY_OUT}`);
  return value as RolloutRecord;
}

const WAY_OUT =
  "What was done is not known from here on: restore the file from a copy, or begin a new rollout in another --folder.";
