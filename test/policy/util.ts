import assert from "node:assert/strict";

import type {
  Fido2Policy,
  IncludeTarget,
  KeyRestrictions,
  PasskeyProfile,
  Plan,
  Problem,
  ProblemCode,
  Registration,
} from "../../provider/dist/policy/index.js";

/** From Microsoft's pages, not from the package, so that a slip there shows. */
export const AUTHENTICATOR = ["90a3ccdf-635c-4729-a248-9b709135078f", "de1e552d-db1d-4423-a619-566b625cdc84"];
export const WINDOWS_HELLO = [
  "08987058-cadc-4b81-b6e1-30de50dcbe96",
  "9ddd1817-af5a-4672-a2b9-3e3dd95000a9",
  "6028b017-b1d4-4c02-b4b3-afcdafc96bb2",
];

/** Security key models, with letters so that their case can be changed. */
export const [KEY_A, KEY_B, KEY_C] = [
  "aaaaaaaa-0000-4000-8000-00000000000a",
  "bbbbbbbb-0000-4000-8000-00000000000b",
  "cccccccc-0000-4000-8000-00000000000c",
] as const;

export const [STUDENTS, NURSES, ADMINS] = [
  "51000000-0000-4000-8000-0000000000ab",
  "52000000-0000-4000-8000-0000000000ab",
  "53000000-0000-4000-8000-0000000000ab",
] as const;

export const DEFAULT_ID = "00000000-0000-0000-0000-000000000001";
export const [STRICT_ID, LOOSE_ID] = [
  "e1000000-0000-4000-8000-0000000000ef",
  "e2000000-0000-4000-8000-0000000000ef",
] as const;

export const ODATA_TYPE = "#microsoft.graph.fido2AuthenticationMethodConfiguration";
const CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#authenticationMethodConfigurations/$entity";

export const allow = (...aaGuids: string[]): KeyRestrictions => ({
  isEnforced: true,
  enforcementType: "allow",
  aaGuids,
});
export const block = (...aaGuids: string[]): KeyRestrictions => ({
  isEnforced: true,
  enforcementType: "block",
  aaGuids,
});
export const unenforced = (enforcementType: string, ...aaGuids: string[]): KeyRestrictions => ({
  isEnforced: false,
  enforcementType,
  aaGuids,
});

export const include = (id: string, ...allowedPasskeyProfiles: string[]): IncludeTarget => ({
  targetType: "group",
  id,
  isRegistrationRequired: false,
  allowedPasskeyProfiles,
});

export function profile(id: string, parts: Partial<PasskeyProfile> = {}): PasskeyProfile {
  return {
    id,
    name: id === DEFAULT_ID ? "Default passkey profile" : `Profile ${id.slice(0, 2)}`,
    passkeyTypes: "deviceBound",
    attestationEnforcement: "disabled",
    keyRestrictions: unenforced("allow"),
    ...parts,
  };
}

/** A tenant that has not opted in to profiles, as a GET answers it. */
export function legacyPolicy(parts: Partial<Fido2Policy> = {}): Fido2Policy {
  return {
    "@odata.context": CONTEXT,
    "@odata.type": ODATA_TYPE,
    id: "Fido2",
    state: "enabled",
    isSelfServiceRegistrationAllowed: true,
    isAttestationEnforced: false,
    defaultPasskeyProfile: null,
    excludeTargets: [],
    keyRestrictions: unenforced("block"),
    "includeTargets@odata.context": `${CONTEXT}/includeTargets`,
    includeTargets: [include("all_users")],
    passkeyProfiles: [],
    ...parts,
  };
}

/** A tenant in profile mode; the legacy fields mirror the default profile, which comes first. */
export function profilePolicy(profiles: PasskeyProfile[], parts: Partial<Fido2Policy> = {}): Fido2Policy {
  const baseline = profiles.find((candidate) => candidate.id === DEFAULT_ID) ?? profile(DEFAULT_ID);
  return {
    ...legacyPolicy(),
    isAttestationEnforced: baseline.attestationEnforcement === "registrationOnly",
    keyRestrictions: structuredClone(baseline.keyRestrictions ?? null),
    defaultPasskeyProfile: DEFAULT_ID,
    includeTargets: [include("all_users", DEFAULT_ID)],
    passkeyProfiles: profiles.includes(baseline) ? profiles : [baseline, ...profiles],
    ...parts,
  };
}

let registrations = 0;

/** A device-bound passkey of a user in `groups`. */
export function registration(
  aaguid: string | undefined,
  groups: string[] = [],
  passkeyType = "deviceBound",
): Registration {
  registrations += 1;
  const id = `passkey-${registrations}`;
  return { id, user: `user-${registrations}`, groups, passkeyType, ...(aaguid === undefined ? {} : { aaguid }) };
}

export const codes = (problems: readonly Problem[]): ProblemCode[] => problems.map((problem) => problem.code);

/** Asserts that a plan refuses with exactly these codes, says where and what to do, and does nothing. */
export function assertRefused(plan: Plan, ...expected: ProblemCode[]): void {
  assert.deepEqual(codes(plan.refusals), expected);
  for (const { place, reason, wayOut } of plan.refusals) {
    for (const text of [place, reason, wayOut]) assert.match(text, /\S/);
    for (const sentence of [reason, wayOut]) assert.doesNotMatch(sentence, /\.$/);
  }
  assert.deepEqual(plan.steps, []);
  assert.deepEqual(plan.changes, []);
  assert.equal(plan.after, plan.before);
}

/** Asserts that a plan has steps of these kinds, and returns their bodies without the type that each must have. */
export function bodiesOf(plan: Plan, ...kinds: string[]): Record<string, unknown>[] {
  assert.deepEqual(plan.refusals, []);
  assert.deepEqual(
    plan.steps.map((step) => step.kind),
    kinds,
  );
  return plan.steps.map(({ body: { "@odata.type": type, ...rest } }) => {
    assert.equal(type, ODATA_TYPE);
    return rest;
  });
}

/** The only body of a plan that takes one ordinary step. */
export function bodyOf(plan: Plan): Record<string, unknown> {
  return bodiesOf(plan, "change")[0]!;
}

/** A value that throws when anyone writes to it. */
export function frozen<T>(value: T): T {
  if (value !== null && typeof value === "object") {
    for (const member of Object.values(value)) frozen(member);
    Object.freeze(value);
  }
  return value;
}
