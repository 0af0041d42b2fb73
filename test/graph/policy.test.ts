import assert from "node:assert/strict";
import fc from "fast-check";
import { PolicyMissingError, UnreadableAnswerError } from "../../provider/dist/graph/index.js";
import { FakeGraph, policy, refusal, rig, TENANT } from "./fake-graph.ts";

const PATH = "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
const PROFILE = "00000000-0000-0000-0000-000000000001";

describe("readPasskeyPolicy", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  it("answers what Graph answered, newer enum members and unread properties included", async () => {
    const { graph } = rig(fake);
    const answer = policy({
      state: "paused",
      newer: { x: 1 },
      passkeyProfiles: [
        {
          id: PROFILE,
          name: "n",
          passkeyTypes: "deviceBound,quantum",
          attestationEnforcement: "always",
          keyRestrictions: null,
        },
      ],
    });
    fake.answer({ body: answer });
    assert.deepEqual(await graph.readPasskeyPolicy(), answer);
    assert.equal(fake.seen[0]?.path, PATH);
    assert.equal(fake.seen[0]?.headers.prefer, "include-unknown-enum-members");
  });

  for (const [what, changes] of [
    ["a tenant without profiles", { defaultPasskeyProfile: null, passkeyProfiles: [] }],
    [
      "a tenant after the deprecated properties are gone",
      { isAttestationEnforced: undefined, keyRestrictions: undefined },
    ],
    ["a cloud without profiles", { defaultPasskeyProfile: undefined, passkeyProfiles: undefined }],
    ["excludes that are null", { excludeTargets: null }],
    ["nobody included", { includeTargets: [] }],
  ] as const) {
    it(`reads ${what}`, async () => {
      const { graph } = rig(fake);
      fake.answer({ body: policy(changes) });
      assert.equal((await graph.readPasskeyPolicy()).state, "enabled");
    });
  }

  for (const [what, body] of [
    ["an empty object", {}],
    [
      "another method's configuration",
      policy({ "@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration" }),
    ],
    ["a list", { value: [policy()] }],
    ["an error in a good answer", { error: { code: "x" } }],
    ["no state", policy({ state: undefined })],
    ["a state that is null", policy({ state: null })],
    ["no include targets", policy({ includeTargets: undefined })],
    ["include targets that are null", policy({ includeTargets: null })],
    ["no exclude targets", policy({ excludeTargets: undefined })],
    ["a target without id", policy({ includeTargets: [{ targetType: "group" }] })],
    ["a target that is a string", policy({ includeTargets: ["all_users"] })],
    ["a profile without id", policy({ passkeyProfiles: [{ name: "x" }] })],
    ["a profile list that is an object", policy({ passkeyProfiles: {} })],
    ["passkey types that are a list", policy({ passkeyProfiles: [{ id: PROFILE, passkeyTypes: ["synced"] }] })],
    ["AAGUIDs that are a string", policy({ keyRestrictions: { aaGuids: "x" } })],
    ["AAGUIDs that are numbers", policy({ keyRestrictions: { aaGuids: [1] } })],
    ["a switch that is a string", policy({ isAttestationEnforced: "true" })],
    ["two profiles of one id", policy({ passkeyProfiles: [{ id: PROFILE }, { id: PROFILE.toUpperCase() }] })],
    ["only the first page of the targets", policy({ "includeTargets@odata.nextLink": "https://x/" })],
  ] as const) {
    it(`does not take ${what} for a policy`, async () => {
      const { graph } = rig(fake);
      fake.answer({ body });
      await assert.rejects(graph.readPasskeyPolicy(), UnreadableAnswerError);
    });
  }

  it("never gives anything but a whole policy, whatever JSON comes", async () => {
    const { graph } = rig(fake);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (body) => {
        fake.answer({ body });
        await assert.rejects(graph.readPasskeyPolicy(), UnreadableAnswerError);
      }),
      { numRuns: 50 },
    );
  });

  it("names tenant and cloud where there is no policy", async () => {
    const { graph } = rig(fake, {}, { ARM_ENVIRONMENT: "dod" });
    fake.answer(refusal(404, "Request_ResourceNotFound", "x"));
    await assert.rejects(graph.readPasskeyPolicy(), (error: Error) => {
      assert.ok(error instanceof PolicyMissingError);
      assert.ok(error.message.includes(TENANT) && error.message.includes("DoD"));
      return true;
    });
  });
});

describe("patchPasskeyPolicy", () => {
  let fake: FakeGraph;
  beforeEach(async () => (fake = await FakeGraph.start()));
  afterEach(() => fake.close());

  async function sent(body: Record<string, unknown>, environment = "global"): Promise<unknown> {
    const { graph } = rig(fake, {}, { ARM_ENVIRONMENT: environment });
    const before = structuredClone(body);
    fake.answer({ status: 204 });
    await graph.patchPasskeyPolicy(body);
    assert.deepEqual(body, before, "the caller's body was changed");
    assert.equal(fake.seen[0]?.method, "PATCH");
    assert.equal(fake.seen[0]?.path, PATH);
    return JSON.parse(fake.seen[0]?.body ?? "");
  }

  const type = "#microsoft.graph.fido2AuthenticationMethodConfiguration";
  const target = { id: "all_users", targetType: "group", isRegistrationRequired: false };

  it("adds the type and sends the rest as it is", async () => {
    assert.deepEqual(await sent({ state: "enabled" }), { "@odata.type": type, state: "enabled" });
  });

  it("keeps lists of one element lists", async () => {
    const keyRestrictions = { isEnforced: true, enforcementType: "allow", aaGuids: ["a"] };
    assert.deepEqual(await sent({ keyRestrictions }), { "@odata.type": type, keyRestrictions });
  });

  it("leaves out the annotations of an answer", async () => {
    const body = { "@odata.context": "c", "includeTargets@odata.context": "c", includeTargets: [target] };
    assert.deepEqual(await sent(body), { "@odata.type": type, includeTargets: [target] });
  });

  for (const [environment, typed] of [
    ["global", false],
    ["usgovernment", true],
    ["dod", true],
  ] as const) {
    it(`${typed ? "says" : "does not say"} the type of targets with profiles in ${environment}`, async () => {
      const includeTargets = [{ ...target, allowedPasskeyProfiles: [PROFILE] }, target];
      const [first, second] = ((await sent({ includeTargets }, environment)) as { includeTargets: object[] })
        .includeTargets;
      const odata = { "@odata.type": "#microsoft.graph.passkeyAuthenticationMethodTarget" };
      assert.deepEqual(first, { ...(typed && odata), ...includeTargets[0] });
      assert.deepEqual(second, target);
    });
  }

  it("is content with an answer that has content", async () => {
    const { graph } = rig(fake);
    fake.answer({ status: 200, body: policy() });
    await graph.patchPasskeyPolicy({ state: "enabled" });
  });
});
