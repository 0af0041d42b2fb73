import assert from "node:assert/strict";
import { azureadOfTests, describeWithEngine, Stack, UNTHROTTLED } from "./stack.ts";

const groupWith = (args: string) => `
const azuread = require("@pulumi/azuread");
const group = new azuread.Group("group", { displayName: "Ward 7", securityEnabled: true, ${args} });
exports.id = group.id;`;

const policyWith = (args: string) => `
const azuread = require("@pulumi/azuread");
const policy = new azuread.ConditionalAccessPolicy("policy", {
  displayName: "Security info", state: "disabled",
  conditions: {
    applications: { includedUserActions: ["urn:user:registersecurityinfo"] },
    clientAppTypes: ["all"], users: { includedUsers: ["All"] }, ${args}
  },
  grantControls: { operator: "OR", builtInControls: ["mfa"] },
  sessionControls: { signInFrequency: 4, signInFrequencyPeriod: "hours" },
});
exports.id = policy.id;`;

describeWithEngine(`The azuread plugin of the engine's tests, ${azureadOfTests}`, function () {
  // See azuread.test.ts.
  this.timeout(600_000);
  let stack: Stack;

  beforeEach(async () => {
    stack = await Stack.create({ seed: "contoso-profiles", tls: "self-signed", switches: UNTHROTTLED }, "");
  });

  afterEach(() => stack[Symbol.asyncDispose]());

  const tenant = () => stack.emulator.tenant();
  const uuid = (id: string) => id.split("/").at(-1)!;

  it("looks groups up, and keeps secrets secret", async () => {
    const [known] = tenant().groups.list();
    stack.program(`
const azuread = require("@pulumi/azuread");
const byName = azuread.getGroupOutput({ displayName: "${known!.displayName}", securityEnabled: true });
exports.byName = byName.objectId;
exports.id = byName.id;
exports.byId = azuread.getGroupOutput({ objectId: byName.objectId }).displayName;
const group = new azuread.Group("group", {
  displayName: "Nested", securityEnabled: true, description: pulumi.secret("s3cret words"), members: [byName.objectId],
});
exports.members = group.members.apply((members) => members.join());`);
    await stack.up();
    assert.equal(await stack.output("byName"), known!.id);
    assert.equal(await stack.output("id"), `/groups/${known!.id}`);
    assert.equal(await stack.output("byId"), known!.displayName);
    assert.equal(await stack.output("members"), known!.id);
    assert.doesNotMatch(JSON.stringify(await stack.state()), /s3cret/);
    await stack.unchanged("--refresh");

    const missing = (args: string) => `require("@pulumi/azuread").getGroupOutput(${args});`;
    stack.program(missing('{ displayName: "Nobody" }'));
    assert.match(
      await stack.refused("preview"),
      /No group found matching specified filter \(displayName eq 'Nobody'\)/,
    );
    tenant().groups.add({ displayName: "Twins", id: "11111111-0000-4000-8000-000000000001" });
    tenant().groups.add({ displayName: "Twins", id: "11111111-0000-4000-8000-000000000002" });
    stack.program(missing('{ displayName: "Twins" }'));
    assert.match(await stack.refused("preview"), /More than one group found/);
  });

  it("changes members, keeps what is not declared, and makes a group anew for another mail nickname", async () => {
    const [one, two] = tenant().users.list() as unknown as [{ id: string }, { id: string }];
    stack.program(groupWith(`members: ["${one.id}"]`));
    await stack.up();
    const id = await stack.output("id");
    const members = () =>
      tenant()
        .members.list(uuid(id))
        .map((member) => member.id)
        .sort();
    assert.deepEqual(members(), [one.id]);
    stack.program(groupWith(`members: ["${two.id}"]`));
    await stack.up();
    assert.deepEqual(members(), [two.id]);

    stack.program(groupWith(""));
    tenant().members.add(uuid(id), one.id);
    await stack.unchanged("--refresh");
    assert.equal(members().length, 2);

    stack.program(groupWith('mailNickname: "ward7"'));
    assert.match(await stack.preview("--diff"), /\+-|replace/);
    await stack.up();
    assert.notEqual(await stack.output("id"), id);
    assert.equal(tenant().groups.get("Ward 7").mailNickname, "ward7");
  });

  it("replaces a policy that loses its device filter, and says what a policy may not say", async () => {
    const filter = `devices: { filter: { mode: "include", rule: 'device.isCompliant -eq True' } },`;
    stack.program(policyWith(filter));
    await stack.up();
    const id = await stack.output("id");
    await stack.unchanged("--refresh");
    stack.program(policyWith(""));
    await stack.up();
    assert.notEqual(await stack.output("id"), id);
    assert.equal(
      tenant()
        .conditionalAccessPolicies.list()
        .some((policy) => policy.id === uuid(id)),
      false,
    );

    const both = `const azuread = require("@pulumi/azuread");
new azuread.ConditionalAccessPolicy("policy", {
  displayName: "Wrong", state: "on",
  conditions: {
    applications: { includedApplications: ["All"], includedUserActions: ["urn:user:registersecurityinfo"] },
    clientAppTypes: ["all"], users: {},
  },
  grantControls: { operator: "OR", authenticationStrengthPolicyId: "00000000-0000-0000-0000-000000000004" },
});`;
    stack.program(both);
    const refused = await stack.refused("preview");
    assert.match(refused, /state/);
    assert.match(refused, /authenticationStrengthPolicyId|authentication_strength_policy_id/);
  });

  it("fails at the start without a metadata host that answers", async () => {
    stack.program(groupWith(""));
    stack.env = { ...stack.env, ARM_METADATA_HOSTNAME: "127.0.0.1:1" };
    assert.match(await stack.refused("preview"), /127\.0\.0\.1:1/);
  });

  it("keeps a group whose members could not be added, and adds them by the next up", async () => {
    const user = tenant().users.list()[0]!.id;
    stack.program(groupWith(`members: ["${user}", "11111111-0000-4000-8000-00000000dead"]`));
    const refused = await stack.refused("up", "--yes", "--skip-preview");
    assert.match(refused, /dead/);
    const made = tenant().groups.get("Ward 7");
    stack.program(groupWith(`members: ["${user}"]`));
    await stack.up();
    assert.equal(uuid(await stack.output("id")), made.id);
    await stack.unchanged("--refresh");
  });

  if (azureadOfTests.includes("stand-in")) {
    it("says that it is no real plugin, and which type or property only the real one has", async () => {
      stack.program(groupWith(`visibility: "Private"`));
      const property = await stack.refused("preview");
      assert.match(property, /azuread:index\/group:Group has no property "visibility" in the stand-in/);
      const diagnostics = property.slice(property.indexOf("Diagnostics:"));
      assert.equal(diagnostics.match(/this is the stand-in/g)?.length, 1, property);
      stack.program(`const azuread = require("@pulumi/azuread");
new azuread.User("user", { displayName: "A", userPrincipalName: "a@contoso.example", password: "p" });`);
      assert.match(await stack.refused("preview"), /azuread:index\/user:User is not in the stand-in/);
    });
  }
});
