/**
 * A small model of what Microsoft Graph does with a PATCH of the policy, and of the migration to passkey profiles. It
 * shares no code with the package.
 */
import assert from "node:assert/strict";

import type { Fido2Policy, IncludeTarget, PasskeyProfile } from "../../provider/dist/policy/index.js";
import { DEFAULT_ID, ODATA_TYPE } from "./util.ts";

type Json = Record<string, unknown>;

const LEGACY = ["isAttestationEnforced", "keyRestrictions"];
const WRITABLE = ["state", "isSelfServiceRegistrationAllowed", "includeTargets", "excludeTargets", "passkeyProfiles"];
const sameId = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/**
 * The policy after a PATCH: top-level properties merge, arrays are replaced whole, the legacy fields follow the default
 * profile. Throws where the body is one that nobody should send.
 *
 * @param options.mayRemoveTargeted lets one body take a profile off its targets and remove it. Default false.
 */
export function patched(policy: Fido2Policy, body: Json, options: { mayRemoveTargeted?: boolean } = {}): Fido2Policy {
  assertSound(policy, body, options.mayRemoveTargeted ?? false);
  const next = { ...structuredClone(policy), ...(structuredClone(body) as Fido2Policy) };
  for (const target of body.includeTargets === undefined ? [] : next.includeTargets!) {
    target.allowedPasskeyProfiles ??= [];
  }
  if (body.passkeyProfiles !== undefined) mirror(policy, next);
  return next;
}

function assertSound(policy: Fido2Policy, body: Json, mayRemoveTargeted: boolean): void {
  const hasProfiles = typeof policy.defaultPasskeyProfile === "string";
  const { "@odata.type": type, ...rest } = body;
  assert.equal(type, ODATA_TYPE);
  assert.ok(Object.keys(rest).length > 0, "an empty PATCH");
  assert.deepEqual(JSON.parse(JSON.stringify(body)), body, "a body that JSON cannot carry");
  assert.doesNotMatch(JSON.stringify(rest), /@odata\.(?!type)|@odata\.type":"#Collection/, "an annotation of a GET");
  for (const property of Object.keys(rest)) {
    const allowed = hasProfiles ? WRITABLE : [...WRITABLE.filter((known) => known !== "passkeyProfiles"), ...LEGACY];
    assert.ok(allowed.includes(property), `${property} in the wrong dialect`);
    assert.notEqual(rest[property], null);
  }
  for (const target of (rest.includeTargets ?? []) as IncludeTarget[]) {
    assert.notEqual(target.allowedPasskeyProfiles?.length, 0, "an empty allowedPasskeyProfiles");
  }
  if (rest.keyRestrictions !== undefined) assertWhole(rest.keyRestrictions as Json);
  if (rest.passkeyProfiles !== undefined) {
    assertProfiles(
      policy,
      rest.passkeyProfiles as PasskeyProfile[],
      rest.includeTargets as IncludeTarget[] | undefined,
    );
    const gone = (policy.passkeyProfiles ?? []).filter(
      ({ id }) => !(rest.passkeyProfiles as PasskeyProfile[]).some((profile) => sameId(profile.id, id)),
    );
    const named = (policy.includeTargets ?? []).flatMap((target) => target.allowedPasskeyProfiles ?? []);
    const targeted = gone.filter(({ id }) => named.some((name) => sameId(name, id)));
    assert.ok(mayRemoveTargeted || targeted.length === 0, "a profile removed before it is off its targets");
  }
}

function assertProfiles(policy: Fido2Policy, profiles: PasskeyProfile[], targets: IncludeTarget[] | undefined): void {
  assert.notEqual(profiles.length, 0, "an empty passkeyProfiles");
  const ids = profiles.map(({ id }) => id.toLowerCase());
  assert.equal(new Set(ids).size, ids.length, "two profiles with one id");
  const old = (id: string) => policy.passkeyProfiles!.find((profile) => sameId(profile.id, id));
  const baseline = profiles.find(({ id }) => sameId(id, policy.defaultPasskeyProfile!));
  assert.ok(baseline !== undefined, "the default profile removed");
  assert.equal(baseline.name, old(baseline.id)?.name, "the default profile renamed");
  for (const profile of profiles) {
    const before = old(profile.id);
    const isKept =
      JSON.stringify(withoutAnnotations(before?.keyRestrictions)) === JSON.stringify(profile.keyRestrictions);
    if (before !== undefined && isKept) continue;
    if (before === undefined) {
      assert.deepEqual(
        Object.keys(profile).sort(),
        ["attestationEnforcement", "id", "keyRestrictions", "name", "passkeyTypes"],
        "a new profile without a part",
      );
    }
    assertWhole((profile.keyRestrictions ?? {}) as Json);
  }
  const dangling = (list: IncludeTarget[] | null | undefined, known: string[]) =>
    (list ?? [])
      .flatMap((target) => target.allowedPasskeyProfiles ?? [])
      .filter((id) => !known.includes(id.toLowerCase()));
  const before = dangling(
    policy.includeTargets,
    policy.passkeyProfiles!.map(({ id }) => id.toLowerCase()),
  );
  for (const id of dangling(targets ?? policy.includeTargets, ids)) {
    assert.ok(
      before.some((other) => sameId(other, id)),
      "a target of a profile that is not there",
    );
  }
}

function assertWhole(restrictions: Json): void {
  for (const member of ["isEnforced", "enforcementType", "aaGuids"]) {
    assert.notEqual(restrictions[member] ?? null, null, `key restrictions without ${member}`);
  }
}

function mirror(before: Fido2Policy, policy: Fido2Policy): void {
  const baselineOf = ({ passkeyProfiles }: Fido2Policy) =>
    passkeyProfiles!.find(({ id }) => sameId(id, policy.defaultPasskeyProfile!))!;
  const baseline = baselineOf(policy);
  if (JSON.stringify(withoutAnnotations(baselineOf(before))) === JSON.stringify(baseline)) return;
  if (typeof policy.isAttestationEnforced === "boolean") {
    policy.isAttestationEnforced = baseline.attestationEnforcement === "registrationOnly";
  }
  if (policy.keyRestrictions != null && baseline.keyRestrictions != null) {
    policy.keyRestrictions = structuredClone(baseline.keyRestrictions);
  }
}

/** What Microsoft's migration makes of a tenant that has not opted in: the settings become the default profile. */
export function migrated(policy: Fido2Policy): Fido2Policy {
  const attested = policy.isAttestationEnforced === true;
  return {
    ...structuredClone(policy),
    defaultPasskeyProfile: DEFAULT_ID,
    passkeyProfiles: [
      {
        id: DEFAULT_ID,
        name: "Default passkey profile",
        passkeyTypes: attested ? "deviceBound" : "deviceBound,synced",
        attestationEnforcement: attested ? "registrationOnly" : "disabled",
        keyRestrictions: structuredClone(policy.keyRestrictions ?? null),
      },
    ],
    includeTargets: (policy.includeTargets ?? []).map((target) => ({
      ...target,
      allowedPasskeyProfiles: [DEFAULT_ID],
    })),
  };
}

/** A policy as the service would answer it: without annotations, and with what it fills in. */
export function answered(policy: Fido2Policy): Fido2Policy {
  const plain = withoutAnnotations(policy) as Fido2Policy;
  for (const target of plain.includeTargets ?? []) target.allowedPasskeyProfiles ??= [];
  return plain;
}

function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key]) => key === "@odata.type" || !key.includes("@odata."));
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutAnnotations(member)]));
}
