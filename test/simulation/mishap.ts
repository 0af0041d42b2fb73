import { CheckFailed } from "../resources/util.ts";

/** Errors that people are meant to see. */
const TYPED: ReadonlySet<string> = new Set([
  "PlanRefusedError",
  "ConflictError",
  "NotTakenError",
  "NotVisibleError",
  "EngineGoneError",
  "StepRefusedError",
  "OtherWriterError",
  "GraphError",
  "PermissionError",
  "PolicyMissingError",
  "ThrottledError",
  "OutcomeUnknownError",
  "BadRequestError",
  "UnreadableAnswerError",
  "SignInError",
]);

/** What is wrong with how a command failed; nothing where that is as it should be. */
export function mishap(error: unknown): string | undefined {
  if (!(error instanceof Error)) return `failed with something that is no error: ${String(error)}`;
  const { name, message, cause, properties } = error as Error & { properties?: { __provider?: unknown } };
  if (properties === undefined && /^Partial/.test(name)) return mishap(cause);
  if (properties !== undefined) {
    // A part was written: the state goes along, and the reason is typed.
    if (properties.__provider === undefined) return `failed with a state that has no __provider: ${message}`;
    const reason = cause instanceof Error && /^Partial/.test(cause.name) ? cause.cause : cause;
    return reason instanceof Error ? mishap(reason) : `failed half-way without a reason: ${message}`;
  }
  if (error instanceof CheckFailed || TYPED.has(name)) return undefined;
  // What a preview refuses has no class of its own.
  if (name === "Error" && /[Nn]othing was written\.$/.test(message)) return undefined;
  return `failed with an error that has no type: ${error.stack || `${name}: ${message}`}`;
}
