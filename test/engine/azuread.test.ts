import assert from "node:assert/strict";
import type { ConditionalAccessUsers } from "../../provider/dist/emulator/index.js";
import { azureadOfTests, describeWithEngine, Stack, UNTHROTTLED } from "./stack.ts";

interface Wanted {
  name: string;
  state: string;
  members: string;
  more: string;
}

/** A group, a strength and a Conditional Access policy that names both; what is made knows each other by outputs only. */
const program = ({
  name = "Privileged admins",
  state = "enabledForReportingButNotEnforced",
  members = "[]",
  more = "",
}: Partial<Wanted> = {}) => `
const azuread = require("@pulumi/azuread");
const admins = new azuread.Group("admins", {
  displayName: "${name}", securityEnabled: true, members: ${members},
});
const strength = new azuread.AuthenticationStrengthPolicy("keys", {
  displayName: "Keys of admins", description: "Hardware only", allowedCombinations: ["fido2"],
});
const policy = new azuread.ConditionalAccessPolicy("admins", {
  displayName: "Admins sign in with keys",
  state: "${state}",
  conditions: {
    applications: { includedApplications: ["All"] },
    clientAppTypes: ["all"],
    users: { includedGroups: [admins.objectId] },
    devices: { filter: { mode: "exclude", rule: 'device.extensionAttribute1 -eq "PAW"' } },
  },
  grantControls: { operator: "OR", authenticationStrengthPolicyId: strength.id },
});
exports.group = admins.id;
exports.objectId = admins.objectId;
exports.nickname = admins.mailNickname;
exports.strength = strength.id;
exports.policy = policy.id;
${more}`;

describeWithEngine(`@pulumi/azuread on the real engine, with ${azureadOfTests}`, function () {
  // The real plugin waits about 20 seconds after each create, delete and change of a Conditional Access policy.
  this.timeout(600_000);
  let stack: Stack;

  const start = async (text: string) => {
    stack = await Stack.create({ seed: "contoso-profiles", tls: "self-signed", switches: UNTHROTTLED }, text);
  };

  afterEach(() => stack[Symbol.asyncDispose]());

  const tenant = () => stack.emulator.tenant();
  const uuid = (id: string) => id.split("/").at(-1)!;
  /** Writes since a mark, as `POST /beta/groups`, ids left out. */
  const writes = (from = 0) =>
    stack.emulator.audit.entries
      .slice(from)
      .filter(({ method, kind }) => method !== "GET" && kind !== "token")
      .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/g, "ID")}`);
  const mark = () => stack.emulator.audit.entries.length;
  const named = (name: string) =>
    tenant()
      .groups.list()
      .filter(({ displayName }) => displayName === name);

  it("previews, creates, stays, updates, sees drift, repairs it and destroys", async () => {
    await start(program());
    const preview = await stack.preview();
    assert.match(preview, /\+ 4 to create/);
    assert.deepEqual(writes(), [], "a preview writes nothing");

    const seeded = {
      policies: tenant().conditionalAccessPolicies.list().length,
      strengths: tenant().authenticationStrengths.list().length,
    };
    await stack.up();
    const [group] = named("Privileged admins");
    assert.ok(group);
    const [groupId, strengthId, policyId] = [
      await stack.output("group"),
      await stack.output("strength"),
      await stack.output("policy"),
    ];
    assert.equal(groupId, `/groups/${group.id}`);
    assert.equal(await stack.output("objectId"), group.id);
    assert.match(await stack.output("nickname"), /^[0-9a-f]{8}-[0-9a-f]$/);
    assert.match(strengthId, /^\/policies\/authenticationStrengthPolicies\/[0-9a-f-]{36}$/);
    assert.match(policyId, /^\/identity\/conditionalAccess\/policies\/[0-9a-f-]{36}$/);
    const made = tenant().conditionalAccessPolicies.get(uuid(policyId));
    assert.equal(made.state, "enabledForReportingButNotEnforced");
    assert.deepEqual((made.conditions.users as ConditionalAccessUsers).includeGroups, [group.id]);
    assert.equal(made.strength, uuid(strengthId));
    assert.equal(tenant().conditionalAccessPolicies.list().length, seeded.policies + 1);
    const order = writes().filter((write) => /POST \S+\/(policies|authenticationStrengthPolicies)$/.test(write));
    assert.deepEqual(order, [
      "POST /v1.0/policies/authenticationStrengthPolicies",
      "POST /v1.0/identity/conditionalAccess/policies",
    ]);

    let from = mark();
    await stack.unchanged();
    await stack.unchanged("--refresh");
    assert.deepEqual(writes(from), []);

    stack.program(program({ name: "Tier 0 admins", state: "enabled" }));
    const planned = await stack.preview("--diff");
    assert.match(planned, /~ displayName: "Privileged admins" => "Tier 0 admins"/);
    assert.match(planned, /~ state\s*: "enabledForReportingButNotEnforced" => "enabled"/);
    from = mark();
    await stack.up();
    assert.equal(await stack.output("group"), groupId, "a rename makes no new group");
    assert.equal(tenant().groups.get(group.id).displayName, "Tier 0 admins");
    assert.equal(tenant().conditionalAccessPolicies.get(uuid(policyId)).state, "enabled");
    assert.deepEqual(writes(from).sort(), [
      "PATCH /beta/groups/ID",
      "PATCH /v1.0/identity/conditionalAccess/policies/ID",
    ]);

    tenant().conditionalAccessPolicies.update(uuid(policyId), { state: "disabled" });
    tenant().groups.update(group.id, { description: "by hand" });
    await stack.unchanged();
    const drift = await stack.preview("--refresh", "--diff");
    assert.match(drift, /"disabled" => "enabled"/);
    assert.match(drift, /by hand/);
    await stack.up("--refresh");
    assert.equal(tenant().conditionalAccessPolicies.get(uuid(policyId)).state, "enabled");
    assert.equal(tenant().groups.get(group.id).description ?? "", "");
    await stack.unchanged("--refresh");

    from = mark();
    await stack.destroy();
    const deletes = writes(from);
    assert.deepEqual([...deletes].sort(), [
      "DELETE /beta/groups/ID",
      "DELETE /v1.0/identity/conditionalAccess/policies/ID",
      "DELETE /v1.0/policies/authenticationStrengthPolicies/ID",
    ]);
    assert.ok(
      deletes.findIndex((write) => write.includes("conditionalAccess")) <
        deletes.findIndex((write) => write.includes("Strength")),
      "the policy goes before the strength that it names",
    );
    assert.deepEqual(named("Tier 0 admins"), []);
    assert.equal(tenant().conditionalAccessPolicies.list().length, seeded.policies);
    assert.equal(tenant().authenticationStrengths.list().length, seeded.strengths);
  });

  it("makes a group before the passkey policy names it, and removes it after", async () => {
    await start(`
const azuread = require("@pulumi/azuread");
const nurses = new azuread.Group("nurses", { displayName: "Nurses", securityEnabled: true });
new PasskeyPolicy("nurses", {
  profiles: {
    nurses: {
      name: "Nurses", passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly",
      keyRestrictions: { isEnforced: true, enforcementType: "allow", models: ["YubiKey 5 Series with NFC"] },
    },
  },
  includeTargets: [{ group: nurses.objectId, profiles: ["nurses"] }],
});`);
    const before = stack.policy();
    await stack.preview();
    await stack.up();
    const [group] = named("Nurses");
    assert.ok(
      tenant()
        .policy()
        .includeTargets.some(({ id }) => id === group?.id),
    );
    await stack.unchanged("--refresh");
    const from = mark();
    await stack.destroy();
    const removed = writes(from).map((write) => write.split("/").at(-2));
    assert.deepEqual(removed, ["authenticationMethodConfigurations", "authenticationMethodConfigurations", "groups"]);
    assert.equal(stack.policy(), before);
    assert.deepEqual(named("Nurses"), []);
  });
});
