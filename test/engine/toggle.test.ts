import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeWithEngine, pluginOf, Stack } from "./stack.ts";

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
    const writes = () => stack.requests().filter((request) => request === "PATCH policy").length;

    afterEach(() => stack[Symbol.asyncDispose]());

    it("lists Authenticator in one step where the service takes it", async function () {
      this.timeout(60_000);
      await open({ listWhileNotEnforced: "accepted" }, program("auto", false));
      const output = await stack.up();
      assert.match(output, /step 1 of 1/);
      assert.equal(writes(), 1);
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

    const kills = ["SIGKILL of the plugin", "SIGKILL of the CLI", "SIGINT"] as const;
    for (const kill of kills) {
      it(`finishes after ${kill} between the two steps, and destroy restores what was there before`, async function () {
        this.timeout(120_000);
        await open({ listWhileNotEnforced: "refused" }, program("enforceFirst"));
        // The first read after the window's PATCH is held: the run is between its two steps then.
        const held = stack.emulator.faults.hold({ method: "GET", path: /fido2$/i }, { after: 1 });
        const run = stack.run(["up", "--yes", "--skip-preview"], (child) => {
          void held.arrived.then(() => {
            assert.equal(restrictions().isEnforced, true, "the window is open");
            if (kill === "SIGKILL of the plugin") process.kill(pluginOf(child), "SIGKILL");
            else child.kill(kill === "SIGINT" ? "SIGINT" : "SIGKILL");
            // A killed engine is gone before the run goes on; after SIGINT the call that runs may finish.
            if (kill === "SIGKILL of the CLI") child.once("exit", () => held.release());
            else held.release();
          });
        });
        const { code } = await run;
        if (kill !== "SIGINT") assert.notEqual(code, 0);
        if (kill === "SIGKILL of the CLI") {
          await settled(stack);
          assert.equal(writes(), 1, "a plugin without its engine writes nothing more");
          await stack.ok("cancel", "--yes");
        }
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

/** Waits until the plugin that outlived its CLI has come to rest: no request of it is under way. */
async function settled(stack: Stack): Promise<void> {
  // Any further write would be the fault that this looks for; a read may still come, and then nothing.
  for (let seen = -1; seen !== stack.requests().length;) {
    seen = stack.requests().length;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
