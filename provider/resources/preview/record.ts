import type { Problem } from "../../policy/problem.js";
import type { Host } from "../host.js";
import type { CheckedInputs } from "../passkeyPolicy/inputs.js";
import type { PolicyState } from "../passkeyPolicy/state.js";

/**
 * Where a preview is to be reported: a plan that is refused is then among the diagnostics as one line of JSON, too,
 * because the engine's own account of a preview has nothing of a resource that it could not check.
 */
export const REPORT_VARIABLE = "ENTRA_PASSKEYS_REPORT";

/** How such a line begins. */
const HEAD = "entra-passkeys refused: ";

/** A declaration that was refused. */
export interface RefusedRecord {
  readonly version: 1;
  /** `project/stack/name`, or `project/stack/type::name`. */
  readonly owner: string;
  readonly refusals: readonly Problem[];
  readonly operation: "create" | "update";
  /** What was declared; absent for other documents than the passkey policy, of which only the refusals are told. */
  readonly inputs?: CheckedInputs;
  /** The state of an update; absent where a check refused it, which is not told the state. */
  readonly olds?: PolicyState;
}

/** Writes down a declaration of a part of the passkey policy that is refused, where a report is to be made. */
export function noteRefused(
  host: Pick<Host, "env" | "logOnce">,
  refused: Pick<RefusedRecord, "operation" | "refusals"> & {
    readonly inputs: CheckedInputs;
    readonly olds?: PolicyState | undefined;
  },
): void {
  const { operation, inputs, olds, refusals } = refused;
  const { owner } = inputs;
  note(host, { version: 1, owner, operation, refusals, inputs: bare(inputs), ...(olds && { olds: bare(olds) }) });
}

/** The same for a declaration of another document. */
export function noteRefusedDocument(
  host: Pick<Host, "env" | "logOnce">,
  refused: Pick<RefusedRecord, "owner" | "operation" | "refusals">,
): void {
  note(host, { version: 1, ...refused });
}

function note({ env, logOnce }: Pick<Host, "env" | "logOnce">, record: RefusedRecord): void {
  if (!wanted(env[REPORT_VARIABLE])) return;
  // The engine reads colours out of percent signs in braces.
  logOnce(HEAD + JSON.stringify(record).replaceAll("%", "\\u0025"));
}

const wanted = (value: string | undefined): boolean => !["", "0", "false"].includes((value ?? "").toLowerCase());

const bare = <T extends { __provider?: string }>({ __provider: _ours, ...rest }: T): T => rest as T;

/** The records among lines of a preview; a line that is none is left out. */
export function refusedRecords(lines: readonly string[]): RefusedRecord[] {
  return lines.flatMap((line) => {
    const text = line.trim();
    if (!text.startsWith(HEAD)) return [];
    try {
      const record = JSON.parse(text.slice(HEAD.length)) as RefusedRecord;
      return record.version === 1 && typeof record.owner === "string" && Array.isArray(record.refusals) ? [record] : [];
    } catch {
      return [];
    }
  });
}
