import { readFileSync } from "node:fs";

/** What the engine did, or would do, to one resource of the program. */
export interface Step {
  op: string;
  urn: string;
  type: string;
  name: string;
  /** The properties that differ. */
  diffs: string[];
  failed: boolean;
}

/** A line under "Diagnostics". */
export interface Diagnostic {
  /** `info#err` is what a plugin wrote to standard error. */
  severity: string;
  message: string;
  /** The resource that it is shown at; the stack where undefined. */
  name?: string;
}

/** The engine's own account of one command. */
export interface Account {
  steps: Step[];
  /** How many resources each operation concerns, for example `{ create: 1, same: 1 }`. */
  changes: Record<string, number>;
  diagnostics: Diagnostic[];
}

interface Metadata {
  op: string;
  urn: string;
  type: string;
  diffs?: string[];
}

interface EngineEvent {
  resourcePreEvent?: { metadata: Metadata };
  resOutputsEvent?: { metadata: Metadata };
  resOpFailedEvent?: { metadata: Metadata };
  diagnosticEvent?: { urn?: string; severity: string; message: string };
}

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

/** The stack and its providers are not resources of the program. */
const isOwn = ({ type }: Metadata) => type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:");

function readEvents(file: string): EngineEvent[] {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return []; // The command ended before it wrote anything.
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as EngineEvent];
    } catch {
      return []; // Blank, or the broken last line of a killed command.
    }
  });
}

/**
 * Reads an event log. A step is what an operation came to: a refresh that found no drift is `same`. An operation that
 * began and came to no end, since the command was killed, is not among them.
 */
export function readAccount(file: string): Account {
  const events = readEvents(file);
  const steps = new Map<string, Step>();
  for (const { resOutputsEvent, resOpFailedEvent } of events) {
    const metadata = (resOutputsEvent ?? resOpFailedEvent)?.metadata;
    if (metadata === undefined || !isOwn(metadata)) continue;
    const { op, urn, type, diffs } = metadata;
    const step = { op, urn, type, name: nameOf(urn), diffs: diffs ?? [], failed: resOpFailedEvent !== undefined };
    steps.set(`${op} ${urn}`, step);
  }
  const changes: Record<string, number> = {};
  for (const { op, failed } of steps.values()) if (!failed) changes[op] = (changes[op] ?? 0) + 1;
  const diagnostics = events.flatMap(({ diagnosticEvent: event }) => {
    if (event === undefined || event.severity === "debug") return [];
    const onStack = event.urn === undefined || event.urn.includes("::pulumi:pulumi:Stack::");
    return [
      { severity: event.severity, message: event.message.trimEnd(), name: onStack ? undefined : nameOf(event.urn!) },
    ];
  });
  return { steps: [...steps.values()], changes, diagnostics };
}
