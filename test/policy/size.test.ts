import assert from "node:assert/strict";

import {
  nearSizeLimit,
  OTHER_METHODS_SIZE,
  planChange,
  POLICY_SIZE_LIMIT,
  policySize,
  PROFILE_LIMIT,
  sizeText,
} from "../../provider/dist/policy/index.js";
import {
  allow,
  assertRefused,
  bodyOf,
  codes,
  DEFAULT_ID,
  legacyPolicy,
  profile,
  profilePolicy,
  STRICT_ID,
} from "./util.ts";

const models = (count: number) =>
  Array.from({ length: count }, (_, index) => `0000${index.toString(16).padStart(4, "0")}-0000-4000-8000-000000000000`);

describe("limits", () => {
  it("are Microsoft's", () => {
    assert.equal(POLICY_SIZE_LIMIT, 20 * 1024);
    assert.equal(OTHER_METHODS_SIZE, Math.round(1.44 * 1024));
    assert.equal(PROFILE_LIMIT, 3);
  });
});

describe("policySize", () => {
  it("counts the bytes of the policy as compact JSON", () => {
    const policy = profilePolicy([profile(STRICT_ID, { name: "Schülerinnen 学生" })]);
    assert.equal(policySize(policy).bytes, Buffer.byteLength(JSON.stringify(policy)));
  });

  it("counts each AAGUID with 39 bytes", () => {
    const size = (count: number) => policySize(legacyPolicy({ keyRestrictions: allow(...models(count)) })).bytes;
    assert.equal(size(11) - size(1), 390);
  });

  it("names the parts, largest first, none larger than the whole", () => {
    const policy = profilePolicy([profile(STRICT_ID, { name: "Students", keyRestrictions: allow(...models(40)) })]);
    const { bytes, parts } = policySize(policy);
    assert.equal(parts[0]?.part, "passkeyProfiles[Students].keyRestrictions");
    assert.deepEqual(
      parts.map((part) => part.bytes),
      parts.map((part) => part.bytes).sort((a, b) => b - a),
    );
    const sum = parts.reduce((total, part) => total + part.bytes, 0);
    assert.ok(sum <= bytes && sum > bytes / 2);
  });

  it("names a profile without a name by its id", () => {
    const policy = profilePolicy([profile(STRICT_ID, { name: null, keyRestrictions: null })]);
    assert.ok(policySize(policy).parts.some(({ part }) => part === `passkeyProfiles[${STRICT_ID}]`));
  });

  it("takes a policy without any part", () => assert.deepEqual(policySize({}), { bytes: 2, parts: [] }));
});

describe("sizeText", () => {
  it("says the largest parts in KB", () => {
    const policy = legacyPolicy({ keyRestrictions: allow(...models(300)) });
    assert.match(sizeText(policySize(policy), 1), /^keyRestrictions 11\.5 KB$/);
  });
});

describe("nearSizeLimit", () => {
  const policy = legacyPolicy();
  const { bytes } = policySize(policy);
  const table: [string, number, boolean][] = [
    ["passes over a policy with room for the other methods", bytes + OTHER_METHODS_SIZE, false],
    ["warns where the other methods would not fit", bytes + OTHER_METHODS_SIZE - 1, true],
    ["warns where the policy fits exactly", bytes, true],
    ["leaves to the refusal what does not fit", bytes - 1, false],
  ];
  for (const [criteria, policyBytes, warns] of table) {
    it(criteria, () => assert.deepEqual(nearSizeLimit(policy, { policyBytes })?.code, warns ? "nearSize" : undefined));
  }
});

describe("planChange near the size limit", () => {
  const desired = (count: number) => ({ profiles: [{ id: "default", keyRestrictions: { aaGuids: models(count) } }] });
  const current = legacyPolicy({ keyRestrictions: allow(...models(1)) });

  it("refuses a policy over 20 KB and says which part is how large", () => {
    const plan = planChange(current, desired(520));
    assertRefused(plan, "overSize");
    assert.equal(plan.refusals[0]?.place, "keyRestrictions");
    assert.match(plan.refusals[0]?.reason ?? "", /over Microsoft's limit of 20480 \(largest parts: keyRestrictions 19/);
  });

  it("takes a policy under 20 KB and warns where the whole authentication methods policy would be over", () => {
    const plan = planChange(current, desired(490));
    bodyOf(plan);
    assert.deepEqual(codes(plan.warnings), ["nearSize"]);
    assert.deepEqual(codes(planChange(current, desired(400)).warnings), []);
  });

  it("lets a policy that is over the limit shrink, and not grow", () => {
    const large = legacyPolicy({ keyRestrictions: allow(...models(560)) });
    const smaller = planChange(large, desired(550));
    bodyOf(smaller);
    assert.deepEqual(codes(smaller.warnings), ["overSize"]);
    assert.match(smaller.warnings[0]?.reason ?? "", /has it so already/);
    assertRefused(planChange(large, desired(561)), "overSize");
  });

  it("adopts a policy that is over the limit", () => {
    const large = legacyPolicy({ keyRestrictions: allow(...models(560)) });
    const plan = planChange(large, desired(560));
    assert.deepEqual([plan.steps, codes(plan.refusals), codes(plan.warnings)], [[], [], ["overSize"]]);
  });

  it("counts the mirror that Graph answers in a tenant with profiles", () => {
    const tenant = profilePolicy([profile(DEFAULT_ID)]);
    assertRefused(planChange(tenant, desired(300)), "overSize");
    const retired = { ...tenant };
    delete retired.keyRestrictions;
    delete retired.isAttestationEnforced;
    bodyOf(planChange(retired, desired(300)));
  });

  it("takes a limit of its own", () =>
    assertRefused(planChange(current, desired(30), { limits: { policyBytes: 1_500 } }), "overSize"));
});
