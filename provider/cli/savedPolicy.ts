import { readFileSync } from "node:fs";
import { policyFault } from "../graph/index.js";
import type { Fido2Policy } from "../policy/index.js";

/**
 * Reads a policy from a file, as Graph answered it.
 *
 * @throws Error that names the file, what is wrong with it and what to give.
 */
export function readSavedPolicy(file: string): Fido2Policy {
  const fail = (reason: string, cause?: unknown) =>
    new Error(`${file} ${reason}. Give the Passkey (FIDO2) policy as Graph returns it, as JSON.`, { cause });
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw fail(`cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, error);
  }
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw fail(`is no policy: it is not JSON (${(error as Error).message})`, error);
  }
  if (answer === null || typeof answer !== "object" || Array.isArray(answer)) throw fail("is no policy: no object");
  const fault = policyFault(answer as Record<string, unknown>);
  if (fault !== undefined) throw fail(`is no policy: ${fault}`);
  return answer as Fido2Policy;
}
