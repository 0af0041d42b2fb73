import type { DesiredPolicy, Fido2Policy, PasskeyProfile } from "../../provider/dist/policy/index.js";
import { AUTHENTICATOR, WINDOWS_HELLO } from "./util.ts";

/** The parts of a policy that a declaration may touch, by the words of the declaration alone. */
export interface Declared {
  readonly properties: Set<string>;
  readonly profiles: Map<string, Set<string>>;
  readonly included: Set<string>;
  readonly excluded: Set<string>;
}

const FLAGGED = { microsoftAuthenticator: AUTHENTICATOR, windowsHello: WINDOWS_HELLO } as const;

/** @param removed ids of profiles that go away, with the groups whose targets are rewritten for that. */
export function declaredBy(desired: DesiredPolicy, removed: readonly string[], groups: readonly string[]): Declared {
  const lower = (ids: readonly unknown[]) => ids.filter((id) => typeof id === "string").map((id) => id.toLowerCase());
  const declared: Declared = {
    properties: new Set(["state", "isSelfServiceRegistrationAllowed"].filter((name) => name in desired)),
    profiles: new Map(lower(removed).map((id) => [id, new Set(["*"])])),
    included: new Set([
      ...lower(groups),
      ...lower((desired.includeTargets ?? []).map(({ id }) => id)),
      ...lower(desired.removedIncludeTargets ?? []),
    ]),
    excluded: new Set([
      ...lower((desired.excludeTargets ?? []).map(({ id }) => id)),
      ...lower(desired.removedExcludeTargets ?? []),
    ]),
  };
  for (const profile of desired.profiles ?? []) {
    const { keyRestrictions: restrictions = {} } = profile;
    const parts = new Set([...Object.keys(profile), ...Object.keys(restrictions)]);
    for (const [flag, aaguids] of Object.entries(FLAGGED)) {
      if (!parts.delete(flag)) continue;
      for (const aaguid of aaguids) parts.add(aaguid);
      // An unenforced block list without entries may become the allow list that offers an authenticator.
      if (restrictions[flag as keyof typeof FLAGGED]) parts.add("enforcementType");
    }
    declared.profiles.set(profile.id.toLowerCase(), parts);
  }
  return declared;
}

/** Everything of a policy that was not declared; `open` names profiles whose key restrictions do not count. */
export function undeclared(
  policy: Fido2Policy,
  before: Fido2Policy,
  declared: Declared,
  open: ReadonlySet<string>,
): string {
  const rest = structuredClone(policy);
  for (const property of declared.properties) delete rest[property];
  rest.includeTargets = rest.includeTargets?.filter(({ id }) => !declared.included.has(id.toLowerCase())) ?? null;
  rest.excludeTargets = rest.excludeTargets?.filter(({ id }) => !declared.excluded.has(id.toLowerCase())) ?? null;
  const defaultId = before.defaultPasskeyProfile?.toLowerCase();
  const partsOf = (id: string) =>
    declared.profiles.get(id.toLowerCase()) ??
    (id.toLowerCase() === defaultId ? declared.profiles.get("default") : undefined);
  if (defaultId === undefined) {
    const parts = declared.profiles.get("default");
    if (parts?.has("attestationEnforcement")) delete rest.isAttestationEnforced;
    strike(rest, parts ?? new Set(), open.has("default"));
  } else {
    const mirror = partsOf(defaultId);
    if (mirror !== undefined || open.has("default")) {
      delete rest.isAttestationEnforced;
      delete rest.keyRestrictions;
    }
    const existed = (id: string) =>
      before.passkeyProfiles!.some((profile) => profile.id.toLowerCase() === id.toLowerCase());
    rest.passkeyProfiles = rest.passkeyProfiles!.filter(({ id }) => {
      const parts = partsOf(id);
      return parts === undefined || (!parts.has("*") && existed(id));
    });
    for (const profile of rest.passkeyProfiles) {
      const isOpen = open.has(profile.id.toLowerCase() === defaultId ? "default" : profile.id.toLowerCase());
      const parts = partsOf(profile.id) ?? new Set();
      for (const part of ["name", "passkeyTypes", "attestationEnforcement"] as const) {
        if (parts.has(part)) delete profile[part];
      }
      strike(profile, parts, isOpen);
    }
  }
  return JSON.stringify(rest);
}

function strike(owner: Pick<PasskeyProfile, "keyRestrictions">, parts: ReadonlySet<string>, isOpen: boolean): void {
  const struck = (["isEnforced", "enforcementType", "aaGuids"] as const).filter((part) => isOpen || parts.has(part));
  if (owner.keyRestrictions == null) {
    if (struck.length === 3) delete owner.keyRestrictions;
    return;
  }
  for (const part of struck) delete owner.keyRestrictions[part];
  const list = owner.keyRestrictions.aaGuids;
  if (list != null) owner.keyRestrictions.aaGuids = list.filter((aaguid) => !parts.has(aaguid.toLowerCase()));
  if (struck.length === 3 && Object.keys(owner.keyRestrictions).length === 0) delete owner.keyRestrictions;
}
