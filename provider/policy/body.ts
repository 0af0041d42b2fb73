import { FIDO2_ODATA_TYPE } from "./model.js";
import type { Fido2Policy, IncludeTarget } from "./model.js";
import type { PolicyMode } from "./normalize.js";

/** The body of a PATCH: only the top-level properties that change, arrays whole. */
export type PatchBody = Readonly<Record<string, unknown>>;

const DIALECT: Record<Exclude<PolicyMode, "unknown">, readonly string[]> = {
  legacy: ["isAttestationEnforced", "keyRestrictions"],
  profiles: ["passkeyProfiles"],
};

const SHARED = ["state", "isSelfServiceRegistrationAllowed", "includeTargets", "excludeTargets"] as const;

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * The PATCH that takes a policy from `before` to `after`, in one dialect only: a body with both would leave it to the
 * service which of the two wins. `undefined` where nothing differs.
 */
export function patchBody(before: Fido2Policy, after: Fido2Policy, mode: PolicyMode): PatchBody | undefined {
  if (mode === "unknown") return undefined;
  const body: Record<string, unknown> = {};
  for (const property of [...SHARED, ...DIALECT[mode]]) {
    if (!same(before[property], after[property])) body[property] = writable(property, after[property]);
  }
  if (Object.keys(body).length === 0) return undefined;
  return { "@odata.type": FIDO2_ODATA_TYPE, ...body };
}

function writable(property: string, value: unknown): unknown {
  const clean = withoutAnnotations(value);
  if (property !== "includeTargets") return clean;
  return (clean as IncludeTarget[]).map((target) => {
    if ((target.allowedPasskeyProfiles?.length ?? 0) > 0) return target;
    // Graph answers an empty list before a tenant has opted in; sending one back is destructive or refused afterwards.
    const { allowedPasskeyProfiles: _empty, ...rest } = target;
    return rest;
  });
}

/** What a GET adds and a PATCH must not repeat. `@odata.type` stays: government clouds need it on targets. */
function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.includes("@odata.") || key === "@odata.type")
      .map(([key, member]) => [key, withoutAnnotations(member)]),
  );
}
