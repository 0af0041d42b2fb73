import assert from "node:assert/strict";

import { normalizePolicy, planChange, resolveFacets, UNKNOWN } from "../../provider/dist/policy/index.js";
import type {
  DesiredKeyRestrictions,
  FacetValue,
  KeyRestrictions,
  ProblemCode,
} from "../../provider/dist/policy/index.js";
import {
  allow,
  assertRefused,
  AUTHENTICATOR,
  block,
  bodyOf,
  codes,
  DEFAULT_ID,
  KEY_A,
  KEY_B,
  legacyPolicy,
  profile,
  profilePolicy,
  STRICT_ID,
  STUDENTS,
  unenforced,
  WINDOWS_HELLO,
} from "./util.ts";

/** What the restrictions of the default profile become, or the code of the refusal, and the warnings. */
function outcome(
  current: KeyRestrictions,
  wanted: DesiredKeyRestrictions,
): [KeyRestrictions | ProblemCode, ProblemCode[]] {
  const legacy = planChange(legacyPolicy({ keyRestrictions: current }), {
    profiles: [{ id: "default", keyRestrictions: wanted }],
  });
  const migrated = planChange(profilePolicy([profile(DEFAULT_ID, { keyRestrictions: current })]), {
    profiles: [{ id: "default", keyRestrictions: wanted }],
  });
  assert.deepEqual(migrated.refusals, legacy.refusals);
  assert.deepEqual(migrated.after.passkeyProfiles?.[0]?.keyRestrictions, legacy.after.keyRestrictions);
  return [legacy.refusals[0]?.code ?? legacy.after.keyRestrictions!, codes(legacy.warnings)];
}

for (const [flag, models] of [
  ["microsoftAuthenticator", AUTHENTICATOR],
  ["windowsHello", WINDOWS_HELLO],
] as const) {
  const set = (value: boolean, rest: DesiredKeyRestrictions = {}): DesiredKeyRestrictions => ({
    ...rest,
    [flag]: value,
  });

  describe(`${flag} with a list of someone else`, () => {
    const offers: ProblemCode[] = ["listedNotAccepted"];
    const half = [models[1]!.toUpperCase(), KEY_A];
    const table: [string, KeyRestrictions, boolean, KeyRestrictions | ProblemCode, ProblemCode[]][] = [
      ["is listed by an enforced allow list", allow(KEY_A), true, allow(KEY_A, ...models), []],
      [
        "is completed on an enforced allow list",
        allow(...half),
        true,
        allow(...half, ...models.filter((m) => m !== models[1])),
        [],
      ],
      ["is left on an enforced allow list", allow(KEY_A, ...models), true, allow(KEY_A, ...models), []],
      ["is taken off an enforced allow list", allow(...half, ...models), false, allow(KEY_A), []],
      ["is left off an enforced allow list", allow(KEY_A), false, allow(KEY_A), []],
      ["may not leave an enforced allow list empty", allow(...models), false, "emptyAllowList", []],
      ["is taken off an enforced block list", block(...half), true, block(KEY_A), []],
      ["is left off an enforced block list", block(KEY_A), true, block(KEY_A), []],
      ["is listed by an enforced block list", block(KEY_A), false, block(KEY_A, ...models), []],
      ["is left on an enforced block list", block(...models), false, block(...models), []],
      [
        "is offered by an unenforced allow list",
        unenforced("allow", KEY_A),
        true,
        unenforced("allow", KEY_A, ...models),
        offers,
      ],
      [
        "is left on an unenforced allow list",
        unenforced("allow", ...models),
        true,
        unenforced("allow", ...models),
        offers,
      ],
      ["cannot be kept out by an unenforced allow list", unenforced("allow"), false, "unenforcedList", []],
      [
        "makes an empty unenforced block list an allow list",
        unenforced("block"),
        true,
        unenforced("allow", ...models),
        offers,
      ],
      ["does not turn an unenforced block list round", unenforced("block", KEY_A), true, "inertBlockList", []],
      ["cannot be kept out by an unenforced block list", unenforced("block", ...models), false, "unenforcedList", []],
      ["needs a known enforcement", { ...allow(KEY_A), isEnforced: null }, true, "unenforcedList", []],
      ["needs a known kind of list", { ...allow(KEY_A), enforcementType: "prompt" }, true, "unenforcedList", []],
      ["needs a kind of list", { ...allow(KEY_A), enforcementType: null }, false, "unenforcedList", []],
      ["needs a list that could be read", { ...allow(), aaGuids: null }, true, "unreadablePart", []],
      ["needs a list that could be read to stay off it", { ...block(), aaGuids: null }, true, "unreadablePart", []],
    ];
    for (const [criteria, current, wanted, after, warnings] of table) {
      it(criteria, () => assert.deepEqual(outcome(current, set(wanted)), [after, warnings]));
    }
  });

  describe(`${flag} with a list of its own`, () => {
    const all = { isEnforced: true, enforcementType: "allow", aaGuids: [KEY_B] } as const;
    const blocks = { ...all, enforcementType: "block" } as const;
    const table: [string, KeyRestrictions, DesiredKeyRestrictions, KeyRestrictions | ProblemCode, ProblemCode[]][] = [
      ["is added to an enforced allow list", allow(KEY_A), set(true, all), allow(KEY_B, ...models), []],
      ["is not added to an enforced allow list", allow(...models), set(false, all), allow(KEY_B), []],
      ["is added to an enforced block list", block(KEY_A), set(false, blocks), block(KEY_B, ...models), []],
      ["is not added to an enforced block list", block(...models), set(true, blocks), block(KEY_B), []],
      ["is the only model of an allow list", block(KEY_A), set(true, { ...all, aaGuids: [] }), allow(...models), []],
      [
        "is added to the kind of list that the tenant has",
        block(KEY_A),
        set(false, { aaGuids: [KEY_B] }),
        block(KEY_B, ...models),
        [],
      ],
      [
        "contradicts the kind of list that the tenant has",
        allow(KEY_A),
        set(false, { aaGuids: [...models] }),
        "conflict",
        [],
      ],
      [
        "turns an unenforced block list into an allow list",
        unenforced("block", KEY_A),
        set(true, { aaGuids: [KEY_B] }),
        unenforced("allow", KEY_B, ...models),
        ["listedNotAccepted"],
      ],
      [
        "never leaves a block list behind at a release",
        block(KEY_A),
        set(true, { isEnforced: false, aaGuids: [KEY_B] }),
        unenforced("allow", KEY_B, ...models),
        ["listedNotAccepted"],
      ],
      [
        "is refused for a declared block list without enforcement",
        block(KEY_A),
        set(true, { ...blocks, isEnforced: false }),
        "conflict",
        [],
      ],
      [
        "is refused for a declared block list that the tenant does not enforce",
        unenforced("allow"),
        set(true, { enforcementType: "block" }),
        "conflict",
        [],
      ],
      [
        "is refused for a declared block list with models that the tenant does not enforce",
        unenforced("allow"),
        set(true, { enforcementType: "block", aaGuids: [KEY_B] }),
        "conflict",
        [],
      ],
      [
        "is refused where it cannot be kept out",
        allow(KEY_A),
        set(false, { isEnforced: false, aaGuids: [KEY_B] }),
        "unenforcedList",
        [],
      ],
      [
        "takes the list by its declared kind",
        unenforced("block", KEY_A),
        set(true, { enforcementType: "allow" }),
        unenforced("allow", KEY_A, ...models),
        ["listedNotAccepted"],
      ],
      [
        "fills a list that could not be read",
        { ...allow(), aaGuids: null },
        set(true, { aaGuids: [KEY_B] }),
        allow(KEY_B, ...models),
        [],
      ],
    ];
    for (const [criteria, current, wanted, after, warnings] of table) {
      it(criteria, () => assert.deepEqual(outcome(current, wanted), [after, warnings]));
    }
  });
}

describe("windowsHello with attestation", () => {
  const attested = profilePolicy([
    profile(STRICT_ID, { attestationEnforcement: "registrationOnly", keyRestrictions: allow(KEY_A) }),
  ]);
  const wanted = { profiles: [{ id: STRICT_ID, key: "students", keyRestrictions: { windowsHello: true } }] };

  it("is refused where the tenant enforces attestation", () => {
    const plan = planChange(attested, wanted);
    assertRefused(plan, "windowsHelloAttestation");
    assert.equal(plan.refusals[0]?.place, "profiles.students.keyRestrictions.windowsHello");
  });
  it("is refused where a legacy tenant enforces attestation", () =>
    assertRefused(
      planChange(legacyPolicy({ isAttestationEnforced: true, keyRestrictions: allow(KEY_A) }), {
        profiles: [{ ...wanted.profiles[0]!, id: "default" }],
      }),
      "windowsHelloAttestation",
    ));
  it("is taken once Windows Hello attests", () =>
    void bodyOf(planChange(attested, wanted, { windowsHelloAttests: true })));
  it("is taken together with attestation off", () =>
    void bodyOf(planChange(attested, { profiles: [{ ...wanted.profiles[0]!, attestationEnforcement: "disabled" }] })));
});

describe("resolveFacets", () => {
  const current = normalizePolicy(profilePolicy([profile(STRICT_ID, { keyRestrictions: allow(KEY_A) })]));
  const resolved = (desired: Parameters<typeof resolveFacets>[0]) => {
    const { facets, warnings, refusals } = resolveFacets(desired, current);
    assert.deepEqual(refusals, []);
    return [Object.fromEntries(facets), codes(warnings)] as [Record<string, FacetValue>, ProblemCode[]];
  };

  it("means nothing by nothing", () => assert.deepEqual(resolved({}), [{}, []]));

  it("means by each part its facet, in lower case", () =>
    assert.deepEqual(
      resolved({
        state: "disabled",
        isSelfServiceRegistrationAllowed: false,
        profiles: [
          {
            id: STRICT_ID.toUpperCase(),
            name: "A",
            passkeyTypes: ["synced", "deviceBound"],
            attestationEnforcement: "disabled",
            keyRestrictions: { isEnforced: false, enforcementType: "block", aaGuids: [KEY_A.toUpperCase(), KEY_A] },
          },
        ],
        includeTargets: [{ id: STUDENTS.toUpperCase() }, { id: "all_users", profiles: [STRICT_ID.toUpperCase()] }],
        excludeTargets: [{ id: KEY_A.toUpperCase() }],
        removedIncludeTargets: [KEY_B.toUpperCase()],
        removedExcludeTargets: ["all_users"],
      })[0],
      {
        state: "disabled",
        isSelfServiceRegistrationAllowed: false,
        [`profile/${STRICT_ID}`]: { name: "A" },
        [`profile/${STRICT_ID}/passkeyTypes`]: "deviceBound,synced",
        [`profile/${STRICT_ID}/attestationEnforcement`]: "disabled",
        [`profile/${STRICT_ID}/isEnforced`]: false,
        [`profile/${STRICT_ID}/enforcementType`]: "block",
        [`profile/${STRICT_ID}/aaGuids`]: [KEY_A],
        [`include/${STUDENTS}`]: { profiles: ["default"] },
        "include/all_users": { profiles: [STRICT_ID] },
        [`exclude/${KEY_A}`]: true,
        [`include/${KEY_B}`]: null,
        "exclude/all_users": null,
      },
    ));

  it("calls the default profile default in targets, too", () =>
    assert.deepEqual(
      planChange(profilePolicy([]), { includeTargets: [{ id: "all_users", profiles: [DEFAULT_ID] }] }).facets,
      new Map([["include/all_users", { profiles: ["default"] }]]),
    ));

  it("leaves out what is not known yet, and says so once for each place", () =>
    assert.deepEqual(
      resolved({
        includeTargets: [{ id: UNKNOWN }, { id: STUDENTS, profiles: [STRICT_ID, UNKNOWN] }],
        excludeTargets: [{ id: UNKNOWN }],
        removedIncludeTargets: [UNKNOWN],
        removedExcludeTargets: [UNKNOWN],
      }),
      [{}, Array(5).fill("unknownValue")],
    ));
});
