/** The policy in parts, read with no code of the package: what the checks believe of it is their own. */
import type { RenderedFido2Policy } from "../../provider/dist/emulator/index.js";

export const DEFAULT_ID = "00000000-0000-0000-0000-000000000001";

/** Values as JSON by the names of parts; what is not there has no entry. Profiles go by their names, `default` apart. */
export type Parts = ReadonlyMap<string, string>;

/** Annotations, and the members that mirror the default profile. */
const LEFT_OUT = /@|^id$|^defaultPasskeyProfile$/;

/** Every part as it is, to the byte. */
export function partsOf(policy: RenderedFido2Policy): Parts {
  const parts = new Map<string, string>();
  const set = (part: string, value: unknown) => {
    // Two targets of one group are two parts.
    while (parts.has(part)) part += "+";
    parts.set(part, JSON.stringify(value));
  };
  const { passkeyProfiles, includeTargets, excludeTargets, isAttestationEnforced, keyRestrictions, ...rest } = policy;
  for (const [member, value] of Object.entries(rest)) if (!LEFT_OUT.test(member)) set(member, value);
  const restrictions = (place: string, value: object | null | undefined) => {
    if (value == null) return set(`${place}/keyRestrictions`, value ?? null);
    for (const [member, one] of Object.entries(value)) set(`${place}/${member}`, one);
  };
  if (policy.defaultPasskeyProfile === null) {
    set("profile/default/attestationEnforcement", isAttestationEnforced ? "registrationOnly" : "disabled");
    restrictions("profile/default", keyRestrictions);
  }
  for (const { id, name, keyRestrictions: own, ...members } of passkeyProfiles) {
    const place = `profile/${id === DEFAULT_ID ? "default" : name}`;
    set(place, { id, name });
    for (const [member, value] of Object.entries(members)) set(`${place}/${member}`, value);
    restrictions(place, own);
  }
  for (const { id, ...target } of includeTargets) set(`include/${id}`, target);
  for (const { id, ...target } of excludeTargets) set(`exclude/${id}`, target);
  return parts;
}

/** The parts that differ, in the order of their names. */
export function differences(before: Parts, after: Parts): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

const set = (list: readonly string[]) => [...new Set(list.map((one) => one.toLowerCase()))].sort();

/** A part without what the service may choose: order, duplicates and letter case of sets, ids of profiles. */
export function canonical(policy: RenderedFido2Policy, part: string): string | null {
  const raw = partsOf(policy).get(part);
  if (raw === undefined) return null;
  const value: unknown = JSON.parse(raw);
  const [kind, , member] = part.split("/");
  if (kind === "include") {
    const names = new Map(policy.passkeyProfiles.map(({ id, name }) => [id, id === DEFAULT_ID ? "default" : name]));
    const { allowedPasskeyProfiles: allowed } = value as { allowedPasskeyProfiles: string[] };
    return JSON.stringify(set(allowed.map((id) => names.get(id.toLowerCase()) ?? id)));
  }
  if (kind === "exclude") return "true";
  if (kind === "profile" && member === undefined) return JSON.stringify((value as { name: string }).name);
  if (member === "aaGuids") return JSON.stringify(set(value as string[]));
  if (member === "passkeyTypes") return JSON.stringify(set((value as string).split(",").map((type) => type.trim())));
  return raw;
}
