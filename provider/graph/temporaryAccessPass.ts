import type { PassTarget, TemporaryAccessPass } from "../policy/temporaryAccessPass.js";
import { isObject, unreadable, type Json, type Transport } from "./transport.js";

const PATH = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass";
const ODATA_TYPE = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration";
const READ = ["Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod"];
const WRITE = ["Policy.ReadWrite.AuthenticationMethod"];

/**
 * Reads the configuration of the Temporary Access Pass method.
 *
 * @throws UnreadableAnswerError where a member is missing or of another kind: it never counts as a default.
 * @see https://learn.microsoft.com/graph/api/temporaryaccesspassauthenticationmethodconfiguration-get
 */
export async function readTemporaryAccessPass(transport: Transport): Promise<TemporaryAccessPass> {
  const spec = {
    action: "reading the Temporary Access Pass policy",
    path: PATH,
    permissions: READ,
    headers: { prefer: "include-unknown-enum-members" },
  };
  const answer = await transport.get(spec);
  const excludeTargets = answer.excludeTargets ?? [];
  for (const [name, kind] of Object.entries(KINDS)) {
    if (typeof answer[name] !== kind) throw unreadable(spec, `${name} is not what it should be`);
  }
  if (!areTargets(answer.includeTargets) || !areTargets(excludeTargets)) {
    throw unreadable(spec, "the targets are not what they should be");
  }
  // Lists are written whole, so that a first page taken for the list would remove the rest.
  const paged = Object.keys(answer).find((name) => name.endsWith("@odata.nextLink"));
  if (paged !== undefined) throw unreadable(spec, `the answer is only a part of the policy (${paged})`);
  return { ...answer, excludeTargets } as unknown as TemporaryAccessPass;
}

/**
 * Writes members of the configuration; those that are absent keep their values, lists are replaced whole.
 *
 * @throws BadRequestError where the service refused; OutcomeUnknownError where the answer was lost.
 * @see https://learn.microsoft.com/graph/api/temporaryaccesspassauthenticationmethodconfiguration-update
 */
export async function patchTemporaryAccessPass(
  transport: Transport,
  members: Partial<TemporaryAccessPass>,
): Promise<void> {
  const spec = { action: "updating the Temporary Access Pass policy", path: PATH, permissions: WRITE };
  await transport.patch(spec, { "@odata.type": ODATA_TYPE, ...members } as Json);
}

const KINDS: Readonly<Record<string, "string" | "number" | "boolean">> = {
  state: "string",
  defaultLifetimeInMinutes: "number",
  defaultLength: "number",
  minimumLifetimeInMinutes: "number",
  maximumLifetimeInMinutes: "number",
  isUsableOnce: "boolean",
};

function areTargets(value: unknown): value is PassTarget[] {
  return (
    Array.isArray(value) &&
    value.every((item) => isObject(item) && typeof item.id === "string" && typeof item.targetType === "string")
  );
}
