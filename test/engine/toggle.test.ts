import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeWithEngine, Stack } from "./stack.ts";
import { stopAfter, STOPS } from "./stop.ts";

const IOS = "90a3ccdf-635c-4729-a248-9b709135078f";
const USED = "2fc0579f-8113-47ea-b116-bb5a8db9202a";

const program = (toggle: string, inventory = true) => `
new PasskeyPolicy("authenticator", {
  profiles: { default: { keyRestrictions: { isEnforced: false, microsoftAuthenticator: true } } },
  toggle: "${toggle}",
  ${inventory ? 'inventory: "passkeys.jsonl",' : ""}
});`;

for (const seed of ["contoso-legacy", "contoso-profiles"] as const) {
  describeWithEngine(`The Authenticator toggle in ${seed}`, function () {
    let stack: Stack;
    let before: string;

    const restrictions = () => {
      const policy = stack.emulator.tenant().policy();
      const own = policy.passkeyProfiles!.find(({ id }) => id === policy.defaultPasskeyProfile);
      return (own ?? policy).keyRestrictions!;
    };
    const open = async (switches: object, text: string) => {
      stack = await Stack.create({ seed, switches }, text);
      stack.emulator.tenant().setPolicy((policy) => {
        const closed = { isEnforced: false, enforcementType: "block" as const, aaGuids: [] };
        for (const profile of policy.passkeyProfiles ?? []) {
          if (profile.id === policy.defaultPasskeyProfile) profile.keyRestrictions = structuredClone(closed);
        }
        policy.keyRestrictions = closed;
        return policy;
      });
      before = JSON.stringify(stack.emulator.tenant().policy());
      const lines = [
        { tenant: stack.emulator.tenant().id, created: new Date().toISOString() },
        { id: "1", user: "u1", groups: [], aaguid: USED, passkeyType: "deviceBound" },
      ];
      writeFileSync(join(stack.project, "passkeys.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
    };

    afterEach(() => stack[Symbol.asyncDispose]());

    it("lists Authenticator in one step where the service takes it", async function () {
      this.timeout(60_000);
      await open({ listWhileNotEnforced: "accepted" }, program("auto", false));
      const output = await stack.up();
      assert.match(output, /step 1 of 1/);
      assert.equal(stack.writes(), 1);
      assert.equal(restrictions().isEnforced, false);
      assert.ok(restrictions().aaGuids!.includes(IOS));
      await stack.unchanged("--refresh");
      await stack.destroy();
      assert.equal(JSON.stringify(stack.emulator.tenant().policy()), before);
    });

    for (const answer of ["refused", "dropped"] as const) {
      it(`takes the enforced window where a list without enforcement is ${answer}`, async function () {
        this.timeout(90_000);
        await open({ listWhileNotEnforced: answer }, program("auto"));
        const output = await stack.up();
        assert.match(output, /step 1 of 2: enforce an allow list/);
        assert.match(output, /step 2 of 2: stop enforcing/);
        assert.equal(restrictions().isEnforced, false);
        assert.ok(restrictions().aaGuids!.includes(IOS));
        assert.ok(!restrictions().aaGuids!.includes(USED), "what was listed for the window only goes again");
        await stack.unchanged("--refresh");
        await stack.destroy();
        assert.equal(JSON.stringify(stack.emulator.tenant().policy()), before);
      });

      it(`refuses without an inventory where a list without enforcement is ${answer}, and leaves the tenant as it was`, async function () {
        this.timeout(90_000);
        await open({ listWhileNotEnforced: answer }, program("auto", false));
        // Without a file the keys in use are read from Graph, which this application may not.
        stack.emulator.tenant().revokePermission("AuditLog.Read.All");
        assert.match(await stack.refused("up", "--yes", "--skip-preview"), /Give an inventory/);
        assert.equal(JSON.stringify(stack.emulator.tenant().policy()), before);
      });
    }

    // In a tenant with profiles stopped.test.ts does this, and more.
    if (seed === "contoso-profiles") return;
    for (const stop of STOPS) {
      it(`finishes after ${stop} between the two steps, and destroy restores what was there before`, async function () {
        this.timeout(120_000);
        await open({ listWhileNotEnforced: "refused" }, program("enforceFirst"));
        await stopAfter(stack, "up", 1, stop, () =>
          assert.equal(restrictions().isEnforced, true, "the window is open"),
        );
        await stack.up();
        assert.equal(restrictions().isEnforced, false);
        assert.ok(restrictions().aaGuids!.includes(IOS));
        assert.ok(!restrictions().aaGuids!.includes(USED));
        await stack.unchanged("--refresh");
        await stack.destroy();
        assert.equal(JSON.stringify(stack.emulator.tenant().policy()), before);
      });
    }
  });
}
