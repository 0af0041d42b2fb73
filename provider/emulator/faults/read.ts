import { REQUEST_KINDS } from "../http/call.js";
import * as schema from "../schema.js";
import { SchemaError } from "../schema.js";
import type { FaultSpec } from "./types.js";

const { object, oneOf, text, whole, record, anything, either, where } = schema;

const phase = oneOf("before", "after");
const status = where(
  "an HTTP status from 200 to 599",
  (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) < 600,
);

/** Members of each kind of fault; functions are for tests in the same process only. */
const ACTIONS: Record<FaultSpec["do"]["kind"], schema.Check> = {
  status: object(
    { kind: text, status },
    {
      code: text,
      message: text,
      retryAfter: either("seconds or { dateIn: seconds }", whole, object({ dateIn: whole })),
      headers: record(text),
      body: anything,
      text,
      phase,
    },
  ),
  latency: object({ kind: text, ms: whole }, { phase }),
  cut: object({ kind: text, phase: oneOf("before", "during", "after") }),
  staleReads: object({
    kind: text,
    reads: either(
      'a number, "untilReleased" or { seconds }',
      whole,
      oneOf("untilReleased"),
      object({ seconds: whole }),
    ),
  }),
  otherWriter: object({ kind: text, phase, edit: record(anything) }),
  expiredToken: object({ kind: text }),
  missingPermission: object({ kind: text }),
  policyMissing: object({ kind: text }),
  hold: object({ kind: text }, { phase }),
};

const action: schema.Check = (value, path, problems) => {
  const kind = (value as { kind?: unknown } | null)?.kind;
  if (typeof kind !== "string" || !Object.hasOwn(ACTIONS, kind)) {
    problems.push(`${path}.kind: expected one of ${Object.keys(ACTIONS).join(", ")}, got ${JSON.stringify(kind)}`);
    return;
  }
  ACTIONS[kind as keyof typeof ACTIONS](value, path, problems);
};

const methods = either("a method or an array of methods", text, schema.array(text));

const spec = object(
  {
    match: object(
      {},
      {
        method: methods,
        path: either("a part of the path or { pattern: regular expression }", text, object({ pattern: text })),
        tenant: text,
        kind: oneOf(...REQUEST_KINDS),
      },
    ),
    do: action,
  },
  { times: either('a number or "always"', whole, oneOf("always")), after: whole },
);

/**
 * Reads a fault that came as JSON. A pattern for the path is `{ "pattern": "..." }` there and matches without case.
 *
 * @throws SchemaError naming every member that is wrong
 */
export function readFaultSpec(value: unknown): FaultSpec {
  const read = schema.checked<FaultSpec & { match: { path?: unknown } }>(value, spec, "the fault");
  const path = read.match.path as string | { pattern: string } | undefined;
  if (typeof path !== "object") {
    return read as FaultSpec;
  }
  try {
    return { ...read, match: { ...read.match, path: new RegExp(path.pattern, "i") } };
  } catch {
    throw new SchemaError("the fault", [`match.path.pattern: ${path.pattern} is no regular expression`]);
  }
}
