import { FIDO2_ODATA_TYPE, type Fido2Policy } from "../policy/model.js";
import { PolicyMissingError } from "./errors.js";
import type { ConnectionSettings } from "./settings.js";
import { isObject, unreadable, type Json, type Transport } from "./transport.js";

/** Where the Passkey (FIDO2) policy is, below the version. */
export const PASSKEY_POLICY_PATH = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";

const TARGET_ODATA_TYPE = "#microsoft.graph.passkeyAuthenticationMethodTarget";
const READ = ["Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod"];
const WRITE = ["Policy.ReadWrite.AuthenticationMethod"];

/** Options of writing the policy. */
export interface PatchOptions {
  /**
   * Runs before the write is sent again because the service put it off (429, 503). Minutes may have passed by then, and
   * someone else may have written: read here, and throw to give the write up.
   */
  readonly beforeRepeat?: () => Promise<void>;
}

/**
 * Reads the policy of the tenant.
 *
 * @throws UnreadableAnswerError where the answer is not a whole policy; it never counts as an empty one.
 * @throws PolicyMissingError for 404.
 * @see https://learn.microsoft.com/graph/api/fido2authenticationmethodconfiguration-get
 */
export async function readPasskeyPolicy(transport: Transport, settings: ConnectionSettings): Promise<Fido2Policy> {
  const spec = {
    action: "reading the Passkey (FIDO2) policy",
    path: PASSKEY_POLICY_PATH,
    permissions: READ,
    // Without it Graph answers "unknownFutureValue" for enum members that are newer than its first version.
    headers: { prefer: "include-unknown-enum-members" },
    onMissing: policyMissing(settings),
  };
  const answer = await transport.get(spec);
  const wrong = policyFault(answer);
  if (wrong !== undefined) throw unreadable(spec, wrong);
  return answer as Fido2Policy;
}

/**
 * Writes a part of the policy; members that are absent keep their values, lists are replaced whole. Adds the
 * `@odata.type` that Graph asks for and leaves out the annotations that only answers have.
 *
 * @throws BadRequestError where the service refused; nothing was written.
 * @throws OutcomeUnknownError where the answer was lost; settle it by reading.
 * @see https://learn.microsoft.com/graph/api/fido2authenticationmethodconfiguration-update
 */
export async function patchPasskeyPolicy(
  transport: Transport,
  settings: ConnectionSettings,
  body: Readonly<Json>,
  options: PatchOptions = {},
): Promise<void> {
  const spec = {
    action: "updating the Passkey (FIDO2) policy",
    path: PASSKEY_POLICY_PATH,
    permissions: WRITE,
    onMissing: policyMissing(settings),
    ...options,
  };
  await transport.patch(spec, toRequestBody(body, settings.cloud.typedTargets));
}

function policyMissing({ tenantId, cloud }: ConnectionSettings) {
  return (failure: ConstructorParameters<typeof PolicyMissingError>[0]) =>
    new PolicyMissingError(failure, tenantId, cloud.title);
}

function toRequestBody(body: Readonly<Json>, typedTargets: boolean): Json {
  const fields = Object.entries(body).filter(([name]) => !/@odata\.(context|etag|count|nextLink)$/.test(name));
  const request: Json = { "@odata.type": FIDO2_ODATA_TYPE, ...Object.fromEntries(fields) };
  if (typedTargets && Array.isArray(request.includeTargets)) request.includeTargets = request.includeTargets.map(typed);
  return request;
}

/** The metadata of the US Government clouds declares targets as the base type, which has no profiles. */
function typed(target: unknown): unknown {
  const named = isObject(target) && target.allowedPasskeyProfiles !== undefined;
  return named ? { "@odata.type": TARGET_ODATA_TYPE, ...target } : target;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const orNothing =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const objectWith =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(members).every(([name, check]) => check(value[name]));
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const isKeyRestrictions = objectWith({
  isEnforced: orNothing(isFlag),
  enforcementType: orNothing(isText),
  aaGuids: orNothing(isTexts),
});

/**
 * What is read of the policy. Enums are any text, because newer members are kept; the deprecated members and those that
 * only tenants with profiles have may be absent. State and targets are always there: without them nobody could tell who
 * is covered.
 */
const MEMBERS: Readonly<Record<string, Check>> = {
  "@odata.type": (value) => value === undefined || value === FIDO2_ODATA_TYPE,
  state: isText,
  isSelfServiceRegistrationAllowed: orNothing(isFlag),
  isAttestationEnforced: orNothing(isFlag),
  keyRestrictions: orNothing(isKeyRestrictions),
  defaultPasskeyProfile: orNothing(isText),
  passkeyProfiles: orNothing(
    listOf(
      objectWith({
        id: isText,
        name: orNothing(isText),
        passkeyTypes: orNothing(isText),
        attestationEnforcement: orNothing(isText),
        keyRestrictions: orNothing(isKeyRestrictions),
      }),
    ),
  ),
  includeTargets: listOf(objectWith({ id: isText, targetType: isText, allowedPasskeyProfiles: orNothing(isTexts) })),
  excludeTargets: (value) => value === null || listOf(objectWith({ id: isText, targetType: isText }))(value),
};

/** Why an answer is not a whole policy, or undefined. */
export function policyFault(answer: Json): string | undefined {
  for (const [name, check] of Object.entries(MEMBERS)) {
    if (!check(answer[name])) return `${name} is ${name in answer ? "not what it should be" : "missing"}`;
  }
  const ids = ((answer["passkeyProfiles"] ?? []) as { id: string }[]).map(({ id }) => id.toLowerCase());
  // Which of the two counts nobody could tell.
  if (new Set(ids).size < ids.length) return "passkeyProfiles has two profiles of one id";
  // Lists are written whole, so that a first page taken for the list would remove the rest.
  const paged = Object.keys(answer).find((name) => name.endsWith("@odata.nextLink"));
  return paged === undefined ? undefined : `the answer is only a part of the policy (${paged})`;
}
