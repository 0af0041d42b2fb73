import fc from "fast-check";

import type {
  Fido2Policy,
  IncludeTarget,
  KeyRestrictions,
  PasskeyProfile,
  Registration,
} from "../../provider/dist/policy/index.js";
import {
  ADMINS,
  AUTHENTICATOR,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  KEY_C,
  legacyPolicy,
  NURSES,
  STUDENTS,
} from "./util.ts";
import { WINDOWS_HELLO } from "./util.ts";

export const GROUPS = [STUDENTS, NURSES, ADMINS, "54000000-0000-4000-8000-0000000000ab"];
export const USERS = ["a1", "a2", "a3", "a4", "a5"].map((start) => `${start}000000-0000-4000-8000-0000000000cd`);
export const MODELS = [KEY_A, KEY_B, KEY_C, ...AUTHENTICATOR, ...WINDOWS_HELLO];
export const PROFILES = ["e1", "e2", "e3", "e4"].map((start) => `${start}000000-0000-4000-8000-0000000000ef`);

/** One of several arbitraries, each with its weight. */
export function weighted<T>(...choices: [number, fc.Arbitrary<T> | T][]): fc.Arbitrary<T> {
  const isArbitrary = (choice: fc.Arbitrary<T> | T): choice is fc.Arbitrary<T> => choice instanceof fc.Arbitrary;
  return fc.oneof(
    ...choices.map(([weight, choice]) => ({
      weight: weight * 10,
      arbitrary: isArbitrary(choice) ? choice : fc.constant(choice),
    })),
  );
}
export const chance = (percent: number) => weighted<boolean>([100 - percent, false], [percent, true]);
export const maybe = <T>(percent: number, arbitrary: fc.Arbitrary<T>) =>
  weighted<T | undefined>([100 - percent, undefined], [percent, arbitrary]);
export const cased = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(text, chance(10))
    .map(([word, upper]) => (upper && word !== "all_users" && word !== "default" ? word.toUpperCase() : word));
/** Without the members that are `undefined`: Graph and programs leave out, they do not write undefined. */
export const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;

const list = fc.array(cased(fc.constantFrom(...MODELS)), { maxLength: 6 });

const restrictions: fc.Arbitrary<KeyRestrictions | null> = weighted<KeyRestrictions | null>(
  [
    30,
    fc
      .record({
        isEnforced: weighted<boolean | null>([14, true], [14, false], [1, null]),
        enforcementType: weighted<string | null>([17, "allow"], [11, "block"], [1, "unknownFutureValue"], [1, null]),
        aaGuids: weighted<string[] | null>(
          [25, list],
          [4, fc.constant([])],
          [1, null],
          [1, fc.constant(["YubiKey 5", KEY_A])],
        ),
        note: maybe(5, fc.constant("unread")),
      })
      .map(defined),
  ],
  [1, null],
);

const types = weighted<string | null>(
  [8, "deviceBound"],
  [8, "deviceBound,synced"],
  [4, "synced"],
  [1, "synced, deviceBound"],
  [1, "DeviceBound"],
  [1, "deviceBound,hybrid"],
  [1, ""],
  [1, null],
);
const attestation = weighted<string | null>([12, "disabled"], [8, "registrationOnly"], [1, "always"], [1, null]);

const profileWith = (id: string): fc.Arbitrary<PasskeyProfile> =>
  fc
    .record({
      id: cased(fc.constant(id)),
      name: fc.constant(id === DEFAULT_ID ? "Default passkey profile" : `Profile ${id.slice(0, 2)}`),
      passkeyTypes: types,
      attestationEnforcement: attestation,
      keyRestrictions: restrictions,
      order: maybe(5, fc.constant(7)),
    })
    .map(defined);

const targetsOf = (profiles: readonly string[]): fc.Arbitrary<IncludeTarget[]> => {
  const allowed =
    profiles.length === 0
      ? fc.constant<string[]>([])
      : weighted(
          [20, fc.array(cased(fc.constantFrom(...profiles)), { minLength: 1, maxLength: 3 })],
          [1, fc.constant<string[]>([])],
          [1, fc.constant<string[]>([profiles[0]!, PROFILES.at(-1)!])],
        );
  const target = fc
    .record({
      "@odata.type": maybe(5, fc.constant("#microsoft.graph.passkeyAuthenticationMethodTarget")),
      targetType: weighted([40, "group"], [1, "device"]),
      id: cased(weighted([2, "all_users"], [5, fc.constantFrom(...GROUPS)])),
      isRegistrationRequired: chance(5),
      allowedPasskeyProfiles: allowed,
      "allowedPasskeyProfiles@odata.type": maybe(5, fc.constant("#Collection(Guid)")),
    })
    .map(defined);
  const group = (targets: IncludeTarget[]) => new Map(targets.map((one) => [one.id.toLowerCase(), one]));
  return fc
    .tuple(fc.array(target, { maxLength: 4 }), chance(8), maybe(5, fc.constantFrom(...USERS)))
    .map(([targets, twice, user]): IncludeTarget[] => [
      ...(twice ? targets : group(targets).values()),
      ...(user === undefined ? [] : [{ ...include(user, ...profiles.slice(0, 1)), targetType: "user" }]),
    ]);
};

const shared = fc.record({
  state: weighted<string | null>([30, "enabled"], [4, "disabled"], [1, "reportOnly"], [1, null]),
  isSelfServiceRegistrationAllowed: weighted<boolean | null>([10, true], [5, false], [1, null]),
  excludeTargets: fc.uniqueArray(
    fc.record({
      id: cased(weighted([20, fc.constantFrom(...GROUPS, ...USERS.slice(0, 1))], [1, "all_users"])),
      targetType: weighted([20, "group"], [1, "user"], [1, "device"]),
    }),
    { maxLength: 2, selector: ({ id }) => id.toLowerCase() },
  ),
});

export const legacyPolicies: fc.Arbitrary<Fido2Policy> = fc
  .tuple(shared, weighted<boolean | null>([12, false], [10, true], [1, null]), restrictions, targetsOf([]))
  .map(([parts, isAttestationEnforced, keyRestrictions, includeTargets]) =>
    legacyPolicy({
      ...parts,
      isAttestationEnforced: isAttestationEnforced ?? (keyRestrictions === null ? false : null),
      keyRestrictions,
      includeTargets,
    }),
  );

export const profilePolicies: fc.Arbitrary<Fido2Policy> = fc
  .tuple(
    shared,
    weighted([2, 0], [4, 1], [5, 2], [1, 3]),
    weighted([14, "exact"], [4, "absent"], [2, "stale"]),
    chance(50),
  )
  .chain(([parts, extra, mirror, defaultFirst]) => {
    const ids = [DEFAULT_ID, ...PROFILES.slice(0, extra)];
    return fc
      .tuple(fc.tuple(...ids.map(profileWith)), targetsOf(ids))
      .map(([profiles, includeTargets]): Fido2Policy => {
        const baseline = profiles[0]!;
        const legacy =
          mirror === "absent"
            ? { isAttestationEnforced: undefined, keyRestrictions: undefined }
            : mirror === "stale"
              ? {}
              : {
                  isAttestationEnforced: baseline.attestationEnforcement === "registrationOnly",
                  keyRestrictions: structuredClone(baseline.keyRestrictions ?? null),
                };
        const passkeyProfiles = defaultFirst ? profiles : [...profiles.slice(1), baseline];
        return defined(
          legacyPolicy({ ...parts, ...legacy, defaultPasskeyProfile: DEFAULT_ID, passkeyProfiles, includeTargets }),
        );
      });
  });

// Graph answers plain objects; records of fast-check have no prototype.
export const policies: fc.Arbitrary<Fido2Policy> = weighted([2, legacyPolicies], [3, profilePolicies]).map(
  structuredClone,
);

/** Every registered passkey: users keep their groups, and some parts could not be read. */
export const inventories: fc.Arbitrary<Registration[]> = fc
  .tuple(...USERS.map(() => fc.subarray(GROUPS)))
  .chain((groups) =>
    fc
      .array(
        fc.record({
          user: fc.nat(USERS.length - 1),
          aaguid: weighted<string | undefined>([30, cased(fc.constantFrom(...MODELS))], [1, undefined]),
          passkeyType: weighted<string | undefined>([20, "deviceBound"], [12, "synced"], [1, "hybrid"], [1, undefined]),
        }),
        { maxLength: 10 },
      )
      .map((keys) =>
        keys.map(({ user, ...key }, index) =>
          defined({ id: `passkey-${index}`, user: USERS[user]!, groups: groups[user]!, ...key } as Registration),
        ),
      ),
  );
