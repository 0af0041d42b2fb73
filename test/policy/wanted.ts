import fc from "fast-check";

import { UNKNOWN } from "../../provider/dist/policy/index.js";
import type {
  DesiredKeyRestrictions,
  DesiredPolicy,
  DesiredProfile,
  Fido2Policy,
  PasskeyProfile,
} from "../../provider/dist/policy/index.js";
import { cased, chance, defined, GROUPS, maybe, MODELS, PROFILES, USERS, weighted } from "./arbitraries.ts";
import { DEFAULT_ID } from "./util.ts";

type Existing = Pick<PasskeyProfile, "passkeyTypes" | "attestationEnforcement" | "keyRestrictions">;

const isWord = (value: unknown, ...words: unknown[]) => words.includes(value);
export const inProgram = (id: string) => (id.toLowerCase() === DEFAULT_ID ? "default" : id);

/** The profiles of a tenant by the id that a program gives them; the tenant-wide settings are the default one. */
export function existingIn(policy: Fido2Policy): Map<string, Existing> {
  const { passkeyProfiles: profiles = [], isAttestationEnforced: attested, keyRestrictions } = policy;
  if (profiles!.length > 0) return new Map(profiles!.map((profile) => [inProgram(profile.id), profile]));
  const kind =
    typeof attested === "boolean"
      ? {
          passkeyTypes: attested ? "deviceBound" : "deviceBound,synced",
          attestationEnforcement: attested ? "registrationOnly" : "disabled",
        }
      : {};
  return new Map([["default", { ...kind, keyRestrictions }]]);
}

/** The part of a profile that a program can say. */
function exportProfile(
  id: string,
  { passkeyTypes, attestationEnforcement, keyRestrictions }: Existing,
): DesiredProfile {
  const flags = passkeyTypes?.split(",").flatMap((flag) => (flag.trim() === "" ? [] : flag.trim()));
  const types = flags?.map((flag) => (flag.toLowerCase() === "synced" ? "synced" : flag.replace(/^D/, "d")));
  const { isEnforced, enforcementType, aaGuids } = keyRestrictions ?? {};
  return defined({
    id,
    passkeyTypes: types?.every((type) => isWord(type, "deviceBound", "synced"))
      ? (types as DesiredProfile["passkeyTypes"])
      : undefined,
    attestationEnforcement: isWord(attestationEnforcement, "disabled", "registrationOnly")
      ? (attestationEnforcement as DesiredProfile["attestationEnforcement"])
      : undefined,
    keyRestrictions: defined({
      isEnforced: isEnforced ?? undefined,
      enforcementType: isWord(enforcementType, "allow", "block")
        ? (enforcementType as DesiredKeyRestrictions["enforcementType"])
        : undefined,
      aaGuids: aaGuids ?? undefined,
    }),
  }) as DesiredProfile;
}

/** A program that declares everything as the tenant has it. */
export function exportOf(policy: Fido2Policy): DesiredPolicy {
  const { state, isSelfServiceRegistrationAllowed, includeTargets, excludeTargets } = policy;
  const isLegacy = policy.defaultPasskeyProfile == null;
  const groups = new Map<string, string[]>();
  for (const { id, allowedPasskeyProfiles } of includeTargets ?? []) {
    const profiles = isLegacy ? ["default"] : (allowedPasskeyProfiles ?? []).map(inProgram);
    groups.set(id.toLowerCase(), [...(groups.get(id.toLowerCase()) ?? []), ...profiles]);
  }
  return defined({
    state: isWord(state, "enabled", "disabled") ? (state as DesiredPolicy["state"]) : undefined,
    isSelfServiceRegistrationAllowed: isSelfServiceRegistrationAllowed ?? undefined,
    profiles: [...existingIn(policy)].map(([id, profile]) => exportProfile(id, profile)),
    includeTargets: [...groups].map(([id, profiles]) => ({ id, profiles })),
    excludeTargets: (excludeTargets ?? []).map(({ id }) => ({ id })),
  }) as DesiredPolicy;
}

const keyList = (now: readonly string[]) =>
  weighted<readonly (string | typeof UNKNOWN)[] | typeof UNKNOWN>(
    [
      8,
      fc
        .tuple(fc.shuffledSubarray([...now]), fc.array(cased(fc.constantFrom(...MODELS)), { maxLength: 2 }))
        .map(([a, b]) => [...a, ...b]),
    ],
    [8, fc.array(fc.constantFrom(...MODELS), { minLength: 1, maxLength: 4 })],
    [1, fc.constant([])],
    [0.3, fc.constant(["YubiKey 5"])],
    [0.3, fc.constant<typeof UNKNOWN>(UNKNOWN)],
    [0.3, fc.constant([MODELS[0]!, UNKNOWN])],
  );

/** Left out, as it is, or another value. */
const part = <T>(now: T | undefined, other: fc.Arbitrary<T>) =>
  weighted<T | undefined>([6, undefined], [now === undefined ? 0 : 3, fc.constant(now)], [3, other]);

/** Restrictions that get models onto a list which, mostly, is not enforced in the end. */
export function offersFor(listed: readonly string[]): fc.Arbitrary<DesiredKeyRestrictions> {
  const more = fc.array(fc.constantFrom(...MODELS), { minLength: 1, maxLength: 3 });
  return weighted<DesiredKeyRestrictions>(
    [3, fc.constant({ isEnforced: false, microsoftAuthenticator: true })],
    [1, fc.constant({ microsoftAuthenticator: true })],
    [2, more.map((added) => ({ isEnforced: false, enforcementType: "allow", aaGuids: [...listed, ...added] }))],
    [2, more.map((aaGuids) => ({ isEnforced: false, enforcementType: "allow", aaGuids }))],
    [2, more.map((aaGuids) => ({ isEnforced: false, enforcementType: "block", aaGuids }))],
  );
}

function profilesOf(id: string, existing: Existing): fc.Arbitrary<DesiredProfile> {
  const now = exportProfile(id, existing);
  const { isEnforced, enforcementType, aaGuids } = now.keyRestrictions ?? {};
  const listed = (aaGuids ?? []) as string[];
  const restrictions = fc
    .record({
      isEnforced: part(isEnforced, fc.boolean()),
      enforcementType: part(enforcementType, weighted<"allow" | "block">([3, "allow"], [1, "block"])),
      aaGuids: part<NonNullable<DesiredKeyRestrictions["aaGuids"]>>(aaGuids, keyList(listed)),
      microsoftAuthenticator: maybe(20, weighted([4, true], [1, false])),
      windowsHello: maybe(10, weighted([4, true], [1, false])),
    })
    .map(defined);
  return fc
    .record({
      id: id === "default" ? weighted([12, "default"], [1, DEFAULT_ID]) : cased(fc.constant(id)),
      name:
        id === "default" ? fc.constant(undefined) : maybe(20, fc.constantFrom("New name", `Profile ${id.slice(0, 2)}`)),
      passkeyTypes: part<NonNullable<DesiredProfile["passkeyTypes"]>>(
        now.passkeyTypes,
        weighted(
          [10, fc.subarray(["deviceBound", "synced"] as const, { minLength: 1 })],
          [0.3, fc.constant<("deviceBound" | "synced")[]>([])],
        ),
      ),
      attestationEnforcement: part(now.attestationEnforcement, fc.constantFrom("disabled", "registrationOnly")),
      exclusive: id === "default" ? fc.constant(undefined) : maybe(6, fc.constant(true)),
      keyRestrictions: weighted<DesiredKeyRestrictions | undefined>(
        [6, undefined],
        [15, restrictions],
        [6, offersFor(listed)],
      ),
    })
    .map((profile) => defined(profile) as DesiredProfile);
}

const newProfile = (id: string): fc.Arbitrary<DesiredProfile> =>
  fc
    .record({
      id: cased(fc.constant(id)),
      key: fc.constant("fresh"),
      name: fc.constant("Fresh"),
      passkeyTypes: fc.subarray(["deviceBound", "synced"] as const, { minLength: 1 }),
      attestationEnforcement: weighted<"disabled" | "registrationOnly">([3, "disabled"], [1, "registrationOnly"]),
      keyRestrictions: fc
        .record({
          isEnforced: fc.boolean(),
          enforcementType: weighted<"allow" | "block">([3, "allow"], [1, "block"]),
          aaGuids: maybe(95, keyList(MODELS)),
        })
        .map(defined),
    })
    .map((profile) => defined(profile) as DesiredProfile);

function targetsFor(profiles: readonly string[]): fc.Arbitrary<Partial<DesiredPolicy>> {
  const named = fc.array(cased(fc.constantFrom(...profiles)), { minLength: 1, maxLength: 3 });
  const allowed = weighted<string[] | undefined>([2, undefined], [12, named], [0.2, fc.constant([PROFILES.at(-1)!])]);
  const role = fc.record({
    role: weighted<keyof DesiredPolicy | undefined>(
      [20, undefined],
      [5, "includeTargets"],
      [3, "removedIncludeTargets"],
      [1, "excludeTargets"],
      [2, "removedExcludeTargets"],
    ),
    profiles: allowed,
    upper: chance(10),
  });
  const ids = [...GROUPS, USERS[0]!, "all_users"];
  return fc.tuple(chance(3), ...ids.map(() => role)).map(([unknown, ...roles]): Partial<DesiredPolicy> => {
    const ofRole = (wanted: keyof DesiredPolicy) =>
      ids.flatMap((id, index) => {
        const { role: mine, profiles: allowedHere, upper } = roles[index]!;
        if (mine !== wanted) return [];
        return [defined({ id: upper && id !== "all_users" ? id.toUpperCase() : id, profiles: allowedHere })];
      });
    const bare = (wanted: keyof DesiredPolicy) => ofRole(wanted).map(({ id }) => id);
    return {
      includeTargets: [...ofRole("includeTargets"), ...(unknown ? [{ id: UNKNOWN } as const] : [])],
      excludeTargets: bare("excludeTargets").map((id) => ({ id })),
      removedIncludeTargets: bare("removedIncludeTargets"),
      removedExcludeTargets: bare("removedExcludeTargets"),
    };
  });
}

export function desiredFor(current: Fido2Policy): fc.Arbitrary<DesiredPolicy> {
  const existing = [...existingIn(current)];
  const isLegacy = current.defaultPasskeyProfile == null;
  const fresh = PROFILES.find((id) => !existing.some(([known]) => known.toLowerCase() === id))!;
  const own = fc
    .tuple(
      ...existing.map(([id, profile]) => maybe(45, profilesOf(id, profile))),
      maybe(isLegacy ? 2 : 20, newProfile(fresh)),
    )
    .map((profiles) => profiles.filter((profile) => profile !== undefined));
  const wanted = fc
    .record({
      state: maybe(15, weighted<"enabled" | "disabled">([5, "enabled"], [1, "disabled"])),
      isSelfServiceRegistrationAllowed: maybe(15, fc.boolean()),
      profiles: own,
    })
    .chain((parts) => {
      const ids = [...existing.map(([id]) => id), ...parts.profiles.map(({ id }) => id)];
      return targetsFor(isLegacy ? ["default"] : ids).map(
        (targets) => defined({ ...parts, ...targets }) as DesiredPolicy,
      );
    });
  return weighted([8, wanted], [1, fc.constant(exportOf(current))]);
}
