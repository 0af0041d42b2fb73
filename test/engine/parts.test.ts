import assert from "node:assert/strict";
import { describeWithEngine, Stack } from "./stack.ts";

const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "a25342c0-3cdc-4414-8e46-f4807fca511c";

const nurses = (name = "nurses", options = "") => `
const profile = new PasskeyProfile("${name}", {
  name: "Nurses", adopt: true, passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly",
}, { ${options} });
const keys = new PasskeyKeyRestrictions("${name}", {
  profile: profile.profileId, isEnforced: true, enforcementType: "allow", models: ["${KEY}"],
}, { ${options} });
exports.profileId = keys.profileId;
const groups = typeof created === "undefined" ? ["Sales"] : ["Sales", created.id];
const target = new PasskeyGroupTarget("${name}", { groups, profiles: [keys.profileId] }, { ${options} });`;

/** A group that the same up creates: its id is not known at preview. */
const newGroup = `
const created = new pulumi.dynamic.Resource({
  async create() {
    const tenant = process.env.ENTRA_PASSKEYS_ENDPOINT + "/" + process.env.ARM_TENANT_ID;
    const body = new URLSearchParams({
      grant_type: "client_credentials", scope: "https://graph.microsoft.com/.default",
      client_id: process.env.ARM_CLIENT_ID, client_secret: process.env.ARM_CLIENT_SECRET,
    });
    const { access_token } = await (await fetch(tenant + "/oauth2/v2.0/token", { method: "POST", body })).json();
    const answer = await fetch(process.env.ENTRA_PASSKEYS_ENDPOINT + "/v1.0/groups", {
      method: "POST", headers: { authorization: "Bearer " + access_token, "content-type": "application/json" },
      body: JSON.stringify({ displayName: "New ward", mailEnabled: false, mailNickname: "w", securityEnabled: true }),
    });
    return { id: (await answer.json()).id };
  },
}, "ward", {});`;

describeWithEngine("The single resources on the real engine", function () {
  this.timeout(180_000);
  let stack: Stack;
  let before: object;

  const now = () => JSON.parse(JSON.stringify(stack.emulator.tenant().policy())) as object;
  const writes = () => stack.requests().filter((request) => request === "PATCH policy").length;
  const open = async (program: string) => {
    // Several commands in a row; the documented limits of reports and Conditional Access are tested elsewhere.
    const switches = { reportRequestsPer10Seconds: 1000, conditionalAccessRequestsPerSecond: 1000 };
    stack = await Stack.create({ seed: "contoso-profiles", switches }, program);
    before = now();
  };

  afterEach(() => stack[Symbol.asyncDispose]());

  it("preview, apply, stay without changes, refresh with one GET, survive a rename and a replacement, and give back", async () => {
    await open(nurses());
    const preview = await stack.preview();
    assert.match(preview, /PasskeyProfile nurses: +1\. set what is declared, the new profile closed/);
    assert.match(preview, /PasskeyKeyRestrictions nurses: +1\. set what is declared/);
    assert.match(preview, /PasskeyGroupTarget nurses: +1\. set what is declared/);
    assert.equal(writes(), 0);
    await stack.up();
    assert.equal(writes(), 3);
    const declared = now();
    let mark = stack.requests().length;
    await stack.unchanged();
    assert.deepEqual(stack.requests(mark), []);
    mark = stack.requests().length;
    await stack.unchanged("--refresh");
    assert.deepEqual(stack.requests(mark), ["POST token", "GET policy"], "refresh of the whole stack is one GET");

    const { resources } = await stack.state();
    const ids = resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/entra")).map(({ id }) => id);
    const profileId = stack.emulator.tenant().policy().passkeyProfiles!.at(-1)!.id;
    const sales = stack.emulator.tenant().groups.get("Sales").id;
    assert.deepEqual(ids.sort(), [profileId, `${profileId}/keyRestrictions`, `include/${sales}`].sort());

    stack.program(nurses("wards"));
    const renamed = await stack.up("--refresh");
    assert.match(renamed, /left alone: .*PasskeyGroupTarget wards declares it now/);
    assert.deepEqual(now(), declared);
    const replaced = await stack.up("--target-replace", "**wards");
    assert.match(replaced, /that replaces this one declares it now/);
    assert.deepEqual(now(), declared);
    assert.equal(writes(), 3, "neither costs a write");
    await stack.unchanged("--refresh");
    await stack.destroy();
    assert.deepEqual(now(), before);
  });

  it("preview groups that the same up creates as not known, are right at up, and can be run again after a refusal", async () => {
    await open(newGroup + nurses());
    const preview = await stack.preview("--diff");
    assert.match(preview, /groups\[1\]: the value is not known before the update, so the group counts as nobody/);
    assert.match(preview, /groups +: \[\s+\[0\]: "Sales"\s+\[1\]: \[unknown\]/);
    // At up the check comes again with the group's id, and cannot read it: refused, with the rest of the program done.
    stack.emulator.faults.add({
      match: { method: "GET", path: /groups/i },
      do: { kind: "status", status: 403 },
      times: 50,
    });
    await stack.refused("up", "--yes", "--skip-preview");
    stack.emulator.faults.clear();
    await stack.up();
    const { includeTargets, passkeyProfiles } = stack.emulator.tenant().policy();
    const ward = stack.emulator.tenant().groups.get("New ward").id;
    assert.ok(includeTargets.some(({ id }) => id === ward));
    assert.deepEqual(passkeyProfiles!.at(-1)!.keyRestrictions!.aaGuids, [KEY]);
    await stack.unchanged("--refresh");
    await stack.destroy();
    assert.deepEqual(now(), before);
  });

  it("become a PasskeyPolicy and single resources again without a write", async () => {
    const whole = `
new PasskeyPolicy("all", {
  profiles: { nurses: {
    name: "Nurses", adopt: true, passkeyTypes: ["deviceBound"], attestationEnforcement: "registrationOnly",
    keyRestrictions: { isEnforced: true, enforcementType: "allow", models: ["${KEY}"] },
  } },
  includeTargets: [{ group: "Sales", profiles: ["nurses"] }],
});`;
    await open(nurses());
    await stack.up();
    const declared = now();
    for (const program of [whole, nurses()]) {
      stack.program(program);
      await stack.up();
      assert.deepEqual(now(), declared);
    }
    assert.equal(writes(), 3);
    await stack.destroy();
    assert.deepEqual(now(), before);
  });

  it("are at most one plan for each round of the engine, and one target with many groups is one plan", async () => {
    const names = Array.from({ length: 24 }, (_, index) => `Ward ${index}`);
    const single = names.map((name) => `new PasskeyGroupTarget("${name}", { groups: ["${name}"] });`).join("\n");
    await open(single);
    for (const displayName of names) stack.emulator.tenant().groups.add({ displayName });
    await stack.up("--parallel", "8");
    assert.ok(writes() <= 3, `${writes()} plans for 24 targets, 8 at a time`);
    let mark = writes();
    await stack.destroy("--parallel", "8");
    assert.ok(writes() - mark <= 3, `${writes() - mark} plans to give 24 targets back, 8 at a time`);
    assert.deepEqual(now(), before);
    stack.program(`new PasskeyGroupTarget("wards", { groups: ${JSON.stringify(names)} });`);
    mark = writes();
    await stack.up();
    assert.equal(writes() - mark, 1);
    assert.equal(stack.emulator.tenant().policy().includeTargets.length, 25);
  });

  for (const order of ["first", "second"] as const) {
    it(`of two stacks end where they began where the ${order} one goes first, and hear of each other's changes`, async () => {
      const list = (...models: string[]) => `
new PasskeyKeyRestrictions("list", { profile: "default", models: ${JSON.stringify(models)} });`;
      await open(list(KEY));
      await stack.up();
      const other = await stack.beside(list(KEY, OTHER), "other");
      try {
        await other.up();
        stack.program(list(OTHER));
        const warned = await stack.preview();
        assert.match(
          warned,
          /PasskeyKeyRestrictions list: warning: models: someone else changed it since it was written here/,
        );
        const [one, two] = order === "first" ? [stack, other] : [other, stack];
        const output = await one.destroy();
        if (order === "first") assert.match(output, /left alone: models: someone else changed it since/);
        await two.destroy();
        assert.deepEqual(now(), before);
      } finally {
        await other[Symbol.asyncDispose]();
      }
    });
  }
});
