import assert from "node:assert/strict";
import { AUTHENTICATOR, inWorld, KEY, KEY_B, startWorld } from "./util.ts";
import type { World } from "./util.ts";

const args = (...models: string[]) => ({
  isSelfServiceRegistrationAllowed: false,
  profiles: { default: { keyRestrictions: { isEnforced: true, enforcementType: "allow", models } } },
  includeTargets: [{ group: "Sales" }],
  removedExcludeTargets: ["Shared mailboxes"],
});

/** What the tenant would answer had it been migrated without the resource ever being there. */
async function expected(world: World): Promise<unknown> {
  const other = await startWorld({ seed: "contoso-legacy" });
  try {
    other.tenant.migrateToProfiles();
    const policy = JSON.stringify(other.tenant.policy()).replaceAll(other.emulator.url, world.emulator.url);
    return JSON.parse(policy) as unknown;
  } finally {
    await other.close();
  }
}

describe("a tenant that is migrated to profiles", function () {
  this.timeout(20_000);

  for (const stopped of [false, true]) {
    const how = stopped ? ", its legacy fields stopped" : "";
    it(
      `between create and update goes on without replacement${how}`,
      inWorld({ seed: "contoso-legacy" }, async (world) => {
        const want = await expected(world);
        const stack = world.stack();
        await stack.up(args(KEY));
        const { managed } = stack.state!;
        assert.equal(stack.state!.mode, "legacy");
        world.tenant.migrateToProfiles();
        if (stopped) world.tenant.stopLegacyFields();
        const { inputs } = stack;
        assert.equal(await stack.preview(args(KEY)), false);
        assert.deepEqual(await stack.refresh(), inputs);
        assert.equal(stack.state!.mode, "profiles");
        await stack.up(args(KEY, KEY_B));
        const body = world.patches.at(-1)!.requestBody as Record<string, unknown>;
        assert.ok("passkeyProfiles" in body && !("keyRestrictions" in body));
        assert.deepEqual(world.tenant.policy().passkeyProfiles[0]!.keyRestrictions!.aaGuids, [KEY, KEY_B]);
        for (const [facet, { prior }] of Object.entries(managed))
          assert.deepEqual(stack.state!.managed[facet]!.prior, prior);
        await stack.destroy();
        const { isAttestationEnforced, keyRestrictions, ...rest } = want as Record<string, unknown>;
        const legacy = stopped ? {} : { isAttestationEnforced, keyRestrictions };
        assert.deepEqual(world.tenant.policy(), { ...rest, ...legacy });
      }),
    );

    it(
      `between create and delete is restored${how}`,
      inWorld({ seed: "contoso-legacy" }, async (world) => {
        const want = (await expected(world)) as Record<string, unknown>;
        const stack = world.stack();
        await stack.up(args(KEY, ...AUTHENTICATOR));
        world.tenant.migrateToProfiles();
        if (stopped) world.tenant.stopLegacyFields();
        await stack.destroy();
        const { isAttestationEnforced, keyRestrictions, ...rest } = want;
        assert.deepEqual(world.tenant.policy(), stopped ? rest : { ...rest, isAttestationEnforced, keyRestrictions });
      }),
    );
  }
});
