import assert from "node:assert/strict";
import fc from "fast-check";
import { keyMatrix, readAccess } from "../../../provider/dist/policy/access/index.js";
import type { MatrixCell, MatrixContext, MatrixKey, MatrixRow } from "../../../provider/dist/policy/access/index.js";
import { normalizePolicy, SignIn } from "../../../provider/dist/policy/index.js";
import type { Fido2Policy, PasskeyProfile } from "../../../provider/dist/policy/index.js";
import { GROUPS, MODELS, policies } from "../arbitraries.ts";
import {
  ADMINS,
  allow,
  AUTHENTICATOR,
  block,
  DEFAULT_ID,
  include,
  KEY_A,
  KEY_B,
  KEY_C,
  LOOSE_ID,
  NURSES,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
  unenforced,
  WINDOWS_HELLO,
} from "../util.ts";
import { asks, control, everywhere, KEYS_ONLY, MFA, registering, REPORT_ONLY, strength, STRENGTHS } from "./tenant.ts";

const RUNS = { numRuns: Math.max(1_000, Number(process.env.FAST_CHECK_RUNS ?? 0)) };

const KEYS: MatrixKey[] = [
  { name: "security key", aaguid: KEY_A, passkeyType: "deviceBound", attested: true },
  { name: "FIPS key", aaguid: KEY_B.toUpperCase(), passkeyType: "deviceBound", attested: true },
  { name: "phone", aaguid: AUTHENTICATOR[0]!, passkeyType: "deviceBound", attested: true },
  { name: "Windows Hello", aaguid: WINDOWS_HELLO[0]!, passkeyType: "deviceBound", attested: false },
  { name: "synced", aaguid: KEY_C, passkeyType: "synced", attested: false },
];
const ROWS: MatrixRow[] = [
  { name: "Students", groups: [STUDENTS], isAdmin: false },
  { name: "Nurses", groups: [NURSES.toUpperCase()], isAdmin: false },
  { name: "Admins", groups: [ADMINS], isAdmin: true },
  { name: "Others", groups: [], isAdmin: false },
];

/** Three personas, and nobody else. */
const personas = (parts: Partial<Fido2Policy> = {}) =>
  normalizePolicy(
    profilePolicy(
      [
        profile(DEFAULT_ID, { passkeyTypes: "deviceBound,synced", keyRestrictions: unenforced("allow") }),
        profile(STRICT_ID, {
          name: "Nurses",
          attestationEnforcement: "registrationOnly",
          keyRestrictions: allow(KEY_A, KEY_B, WINDOWS_HELLO[0]!),
        }),
        profile(LOOSE_ID, {
          name: "Admins",
          attestationEnforcement: "registrationOnly",
          keyRestrictions: allow(KEY_B),
        }),
      ],
      {
        includeTargets: [include(STUDENTS, DEFAULT_ID), include(NURSES, STRICT_ID), include(ADMINS, LOOSE_ID)],
        ...parts,
      },
    ),
  );

const marks = { accepted: "y", rejected: "-", unknown: "?" } as const;
/** `register/signIn` for each key, a line for each row. */
const short = (cells: readonly MatrixCell[]) =>
  ROWS.map(({ name }) =>
    cells
      .filter(({ row }) => row.name === name)
      .map(({ register, signIn }) => marks[register.answer] + marks[signIn.answer])
      .join(" "),
  );
const context = (...conditionalAccess: object[]): MatrixContext =>
  readAccess({ conditionalAccess, strengths: STRENGTHS });
const admins = { users: { includeGroups: [ADMINS] } };

describe("keyMatrix", () => {
  it("tells registration and sign-in apart", () => {
    assert.deepEqual(short(keyMatrix(personas(), ROWS, KEYS)), [
      "yy yy yy yy yy",
      "yy yy -- -y --", // Windows Hello is listed, and does not attest
      "-- yy -- -- --",
      "-- -- -- -- --",
    ]);
  });

  it("says why", () => {
    const cells = keyMatrix(personas(), ROWS, KEYS);
    const reason = (row: string, key: string, purpose: "register" | "signIn") =>
      cells.find((cell) => cell.row.name === row && cell.key.name === key)![purpose].reason;
    assert.equal(reason("Nurses", "security key", "signIn"), 'profile "Nurses" accepts it');
    assert.equal(reason("Nurses", "phone", "register"), 'profile "Nurses" does not list the model');
    assert.match(reason("Nurses", "Windows Hello", "register"), /asks for attestation.* the key does not attest/);
    assert.equal(reason("Nurses", "synced", "signIn"), 'profile "Nurses" does not accept synced passkeys');
    assert.equal(reason("Others", "phone", "signIn"), "no include target means the person");
  });

  it("knows self-service registration at registration only, and the state at both", () => {
    const closed = short(keyMatrix(personas({ isSelfServiceRegistrationAllowed: false }), ROWS, KEYS));
    assert.equal(closed[0], "-y -y -y -y -y");
    assert.equal(short(keyMatrix(personas({ state: "disabled" }), ROWS, KEYS))[0], "-- -- -- -- --");
  });

  it("takes what could not be read for unknown", () => {
    const table = short(
      keyMatrix(normalizePolicy({ state: "enabled", isSelfServiceRegistrationAllowed: true }), ROWS, KEYS),
    );
    assert.deepEqual(new Set(table), new Set(["?? ?? ?? ?? ??"]));
    const unread: MatrixKey = { name: "unread" };
    const [cell] = keyMatrix(personas(), [ROWS[1]!], [unread]);
    assert.deepEqual([cell!.register.answer, cell!.signIn.answer], ["unknown", "unknown"]);
  });

  describe("Conditional Access at sign-in", () => {
    const row = (name: string, given: MatrixContext) =>
      short(keyMatrix(personas(), ROWS, KEYS, given))[ROWS.findIndex((one) => one.name === name)];

    it("refuses models that a strength does not take", () => {
      const given = context(everywhere(asks(KEYS_ONLY), {}, { users: { includeUsers: ["All"] } }));
      assert.equal(row("Students", given), "yy y- y- y- y-");
      assert.equal(row("Nurses", given), "yy y- -- -- --");
      const cell = keyMatrix(personas(), ROWS, KEYS, given)[1]!;
      assert.match(
        cell.signIn.reason,
        /^Conditional Access policy "Sign in": the strength "strength b2" does not take/,
      );
    });

    it("refuses every key where the strength takes no passkeys", () => {
      const given = readAccess({
        conditionalAccess: [everywhere(asks(MFA))],
        strengths: [strength(MFA, ["password,sms"])],
      });
      assert.equal(row("Students", given), "y- y- y- y- y-");
    });

    it("refuses what is blocked always, and leaves blocks of devices out", () => {
      assert.equal(row("Admins", context(everywhere(control("block"), {}, admins))), "-- y- -- -- --");
      const filter = { devices: { deviceFilter: { mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' } } };
      assert.equal(
        row("Admins", context(everywhere(control("block"), {}, { ...admins, ...filter }))),
        "-- yy -- -- --",
      );
    });

    it("leaves out others, report-only policies, and those for registering", () => {
      for (const policy of [
        everywhere(asks(KEYS_ONLY), {}, admins),
        everywhere(asks(KEYS_ONLY), REPORT_ONLY),
        everywhere(asks(KEYS_ONLY), { state: "disabled" }),
        registering(asks(KEYS_ONLY)),
        everywhere(control("mfa")),
        everywhere(null),
      ]) {
        assert.equal(row("Students", context(policy)), "yy yy yy yy yy");
      }
    });

    it("does not know what is asked sometimes, instead of something else, or could not be read", () => {
      const sometimes = [
        everywhere(asks(KEYS_ONLY), {}, { platforms: { includePlatforms: ["iOS"] } }),
        everywhere(asks(KEYS_ONLY), {}, { applications: { includeApplications: ["Office365"] } }),
        everywhere(asks(KEYS_ONLY, { builtInControls: ["compliantDevice"] })),
        everywhere(asks(KEYS_ONLY), { state: "newer" }),
      ];
      for (const policy of sometimes) assert.equal(row("Students", context(policy)), "yy y? y? y? y?");
      const unread = [everywhere(asks(undefined)), everywhere({}), everywhere(undefined)];
      for (const policy of unread) assert.equal(row("Students", context(policy)), "y? y? y? y? y?");
      assert.equal(row("Students", readAccess({ conditionalAccess: [everywhere(asks(KEYS_ONLY))] })), "y? y? y? y? y?");
    });

    it("asks for the strength where another control is asked for, too", () => {
      const both = everywhere(asks(KEYS_ONLY, { operator: "AND", builtInControls: ["compliantDevice"] }));
      assert.equal(row("Students", context(both)), "yy y- y- y- y-");
    });

    it("stands for people whom nobody names one by one", () => {
      const someone = "a9000000-0000-4000-8000-0000000000cd";
      const given = context(
        everywhere(asks(KEYS_ONLY), {}, { users: { includeUsers: ["All"], excludeUsers: [someone] } }),
      );
      assert.equal(row("Students", given), "yy y- y- y- y-");
      const [cell] = keyMatrix(personas(), [{ ...ROWS[0]!, user: someone }], [KEYS[1]!], given);
      assert.equal(cell!.signIn.answer, "accepted");
    });
  });
});

/** Registration and sign-in by the definitions, of documents of which everything is known. It shares no code. */
function oracle(policy: Fido2Policy, groups: readonly string[], key: MatrixKey) {
  const holds = (id: string) => id === "all_users" || groups.includes(id);
  const mine = policy.includeTargets!.filter(({ id }) => holds(id)).flatMap((target) => target.allowedPasskeyProfiles!);
  const on = policy.state === "enabled" && !policy.excludeTargets!.some(({ id }) => holds(id));
  const accepts = ({ id, passkeyTypes, keyRestrictions: list }: PasskeyProfile) =>
    mine.includes(id) &&
    passkeyTypes!.split(",").includes(key.passkeyType!) &&
    (!list!.isEnforced || list!.aaGuids!.includes(key.aaguid!) === (list!.enforcementType === "allow"));
  const proves = (one: PasskeyProfile) =>
    one.attestationEnforcement === "disabled" || (key.attested === true && key.passkeyType === "deviceBound");
  return {
    signIn: on && policy.passkeyProfiles!.some(accepts),
    register:
      on &&
      policy.isSelfServiceRegistrationAllowed === true &&
      policy.passkeyProfiles!.some((one) => accepts(one) && proves(one)),
  };
}

const restrictions = fc
  .tuple(
    fc.constantFrom(allow, block, (...aaguids: string[]) => unenforced("allow", ...aaguids)),
    fc.subarray(MODELS),
  )
  .map(([kind, aaguids]) => kind(...aaguids));
const profileOf = (id: string) =>
  fc
    .record({
      passkeyTypes: fc.constantFrom("deviceBound", "synced", "deviceBound,synced"),
      attestationEnforcement: fc.constantFrom("disabled", "registrationOnly"),
      keyRestrictions: restrictions,
    })
    .map((parts) => profile(id, parts));
const IDS = [DEFAULT_ID, STRICT_ID, LOOSE_ID];
const knownPolicies = fc
  .record({
    profiles: fc.tuple(...IDS.map(profileOf)),
    state: fc.constantFrom("enabled", "enabled", "enabled", "disabled"),
    isSelfServiceRegistrationAllowed: fc.constantFrom(true, true, false),
    includes: fc.uniqueArray(fc.tuple(fc.constantFrom("all_users", ...GROUPS), fc.subarray(IDS, { minLength: 1 })), {
      maxLength: 4,
      selector: ([id]) => id,
    }),
    excludes: fc.subarray(GROUPS, { maxLength: 1 }),
  })
  .map(({ profiles, includes, excludes, ...parts }) =>
    profilePolicy([...profiles], {
      ...parts,
      includeTargets: includes.map(([id, ids]) => include(id, ...ids)),
      excludeTargets: excludes.map((id) => ({ id, targetType: "group" })),
    }),
  );
const knownKeys: fc.Arbitrary<MatrixKey> = fc.record({
  name: fc.constant("key"),
  aaguid: fc.constantFrom(...MODELS),
  passkeyType: fc.constantFrom("deviceBound", "synced"),
  attested: fc.boolean(),
});
const anyKeys: fc.Arbitrary<MatrixKey> = fc.record({
  name: fc.constant("key"),
  aaguid: fc.option(fc.constantFrom(...MODELS), { nil: undefined }),
  passkeyType: fc.constantFrom("deviceBound", "synced", "hybrid", undefined),
  attested: fc.constantFrom(true, false, undefined),
});
const rows: fc.Arbitrary<MatrixRow> = fc.record({ name: fc.constant("row"), groups: fc.subarray(GROUPS) });

const cell = (policy: Fido2Policy, row: MatrixRow, key: MatrixKey, given?: MatrixContext): MatrixCell =>
  keyMatrix(normalizePolicy(policy), [row], [key], given)[0]!;

describe("keyMatrix for every input", () => {
  it("agrees with a brute-force evaluator where everything is known", () => {
    fc.assert(
      fc.property(knownPolicies, rows, knownKeys, (policy, row, key) => {
        const { register, signIn } = cell(policy, row, key);
        const told = oracle(policy, row.groups, key);
        assert.equal(register.answer, told.register ? "accepted" : "rejected");
        assert.equal(signIn.answer, told.signIn ? "accepted" : "rejected");
      }),
      RUNS,
    );
  });

  it("says of sign-in what the guard says, and of registration no more", () => {
    fc.assert(
      fc.property(policies, rows, anyKeys, (policy, row, key) => {
        const { register, signIn } = cell(policy, row, key);
        const guard = new SignIn(normalizePolicy(policy));
        const nobody = "00000000-0000-0000-0000-000000000000";
        assert.equal(signIn.answer, guard.accepts(guard.standing({ user: nobody, groups: row.groups }), key));
        if (register.answer === "accepted") assert.equal(signIn.answer, "accepted");
        if (signIn.answer === "rejected") assert.equal(register.answer, "rejected");
        for (const { reason } of [register, signIn]) assert.doesNotMatch(reason, /undefined|\.$|^$/);
      }),
      RUNS,
    );
  });

  it("lets a key that may register sign in, unless an enabled policy of Conditional Access refuses it", () => {
    const documents = fc.constantFrom(asks(KEYS_ONLY), asks(MFA), control("block"), control("mfa"), null);
    fc.assert(
      fc.property(knownPolicies, rows, knownKeys, documents, fc.boolean(), (policy, row, key, grants, isOn) => {
        const given = context(everywhere(grants, isOn ? {} : REPORT_ONLY, { users: { includeUsers: ["All"] } }));
        const { register, signIn } = cell(policy, row, key, given);
        const alone = cell(policy, row, key);
        assert.deepEqual(register, alone.register);
        if (!isOn) {
          const { later = [], ...now } = signIn;
          assert.deepEqual(now, alone.signIn);
          const enabled = context(everywhere(grants, {}, { users: { includeUsers: ["All"] } }));
          if (alone.signIn.answer !== "accepted") return;
          assert.equal(later.length > 0, cell(policy, row, key, enabled).signIn.answer !== "accepted");
        }
        if (register.answer !== "accepted" || signIn.answer === "accepted") return;
        assert.match(signIn.reason, /^Conditional Access policy "Sign in"/);
      }),
      RUNS,
    );
  });
});
