/** A policy in parts, read with no code of the provider: what the soak believes of it is its own. */
import type { RenderedFido2Policy, TenantHandle } from "../../provider/dist/emulator/index.js";
import { DEFAULT_PROFILE, stackOf } from "./world.ts";

/** Values as JSON by the names of parts; what is not there has no entry. Profiles and groups go by their names. */
export type Parts = ReadonlyMap<string, string>;

/** Mirrors of the default profile, and what is no part of the document. */
const LEFT_OUT = /@|^id$|^isAttestationEnforced$|^keyRestrictions$|^defaultPasskeyProfile$/;

const asSet = (list: readonly string[]) => [...new Set(list.map((one) => one.toLowerCase()))].sort();

/** What a profile is called in the names of parts. */
export const profileName = ({ id, name }: { id: string; name: string | null }): string =>
  id === DEFAULT_PROFILE ? "default" : (name ?? id);

/** The policy of a tenant as it is. */
export function partsOf(tenant: TenantHandle, policy: RenderedFido2Policy = tenant.policy()): Parts {
  const groups = new Map(tenant.groups.list().map(({ id, displayName }) => [id, displayName]));
  const groupOf = (id: string) => groups.get(id) ?? id;
  const profiles = new Map(policy.passkeyProfiles.map((profile) => [profile.id, profileName(profile)]));
  const parts = new Map<string, string>();
  /** Lists of a stack are sets; whatever is not a stack's must stay as it is, to the byte. */
  const set = (part: string, value: unknown, list?: readonly string[]) =>
    parts.set(part, JSON.stringify(list === undefined || stackOf(part) === undefined ? value : asSet(list)));

  const { passkeyProfiles, includeTargets, excludeTargets, ...members } = policy;
  for (const [member, value] of Object.entries(members)) if (!LEFT_OUT.test(member)) set(member, value);
  for (const profile of passkeyProfiles) {
    const { id, name, keyRestrictions, ...rest } = profile;
    const place = `profile/${profileName(profile)}`;
    if (stackOf(place) === undefined) set(place, { id, name });
    else set(place, { name });
    for (const [member, value] of Object.entries(rest)) set(`${place}/${member}`, value);
    for (const [member, value] of Object.entries(keyRestrictions ?? {})) {
      set(`${place}/${member}`, value, Array.isArray(value) ? (value as string[]) : undefined);
    }
  }
  for (const target of includeTargets) {
    const { id, allowedPasskeyProfiles, ...rest } = target;
    const place = `include/${groupOf(id)}`;
    const names = allowedPasskeyProfiles.map((one) => profiles.get(one) ?? one);
    if (stackOf(place) === undefined) set(place, { ...rest, allowedPasskeyProfiles });
    else set(place, names, names);
  }
  for (const { id, ...rest } of excludeTargets) {
    const place = `exclude/${groupOf(id)}`;
    set(place, stackOf(place) === undefined ? rest : true);
  }
  return parts;
}
