import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EMERGENCY, holds, idOf, listing, proposal, seed } from "./guard-people.ts";
import { fails, inWorld, KEY, KEY_B } from "./util.ts";

describe("break-glass accounts", function () {
  this.timeout(20_000);

  it(
    "always keeps a key for break-glass accounts, whatever is acknowledged or switched off",
    inWorld(seed, async (world) => {
      holds(world, EMERGENCY, KEY);
      const user = idOf(world, EMERGENCY);
      for (const breakGlass of [{ users: [user] }, { group: "Break-glass" }]) {
        const args = { ...listing(KEY_B), breakGlass };
        const error = await fails(world.stack().preview(args));
        const account = "users" in breakGlass ? user : "p-[0-9a-f]{20}";
        assert.match(error.message, new RegExp(`breakGlass: the account ${account} would have no passkey that works`));
        const acknowledge = { ...proposal(error.message), lockedOut: 9 };
        assert.match((await fails(world.stack().preview({ ...args, acknowledge }))).message, /breakGlass/);
        for (const lockoutGuard of ["warn", "off"]) {
          assert.match((await fails(world.stack().preview({ ...args, lockoutGuard }))).message, /breakGlass/);
        }
      }
      const excluded = { excludeTargets: ["Break-glass"], breakGlass: { group: "Break-glass" } };
      assert.match((await fails(world.stack().preview(excluded))).message, /breakGlass/);
      const named = await fails(world.stack().preview({ ...listing(KEY_B), breakGlass: { users: [EMERGENCY] } }));
      assert.match(named.message, /breakGlass\.users\[0\]: it is not the object id of an account/);
      const nobody = await fails(world.stack().preview({ ...listing(KEY_B), breakGlass: { users: [] } }));
      assert.match(nobody.message, /breakGlass: it names neither a group nor an account/);
      assert.equal(world.patches.length, 0);
    }),
  );

  it(
    "refuses where break-glass accounts cannot be read, whatever the guard is set to",
    inWorld(seed, async (world) => {
      const declared = { ...listing(KEY_B), breakGlass: { group: "Break-glass" } };
      world.tenant.revokePermission("AuditLog.Read.All");
      const read = await fails(world.stack().preview({ ...declared, lockoutGuard: "warn" }));
      assert.match(
        read.message,
        /breakGlass: whether break-glass accounts keep a passkey that works could not be read/,
      );
      // Their passkeys alone need no report.
      await world.stack().preview({ ...declared, lockoutGuard: "off" });
      world.tenant.revokePermission("UserAuthMethod-Passkey.Read.All");
      world.tenant.revokePermission("UserAuthenticationMethod.Read.All");
      const off = await fails(world.stack().preview({ ...declared, lockoutGuard: "off" }));
      assert.match(off.message, /breakGlass: .*could not be read.*UserAuthMethod-Passkey\.Read\.All is missing/);
      // Without the declaration there is nobody to look after.
      await world.stack().preview({ ...listing(KEY_B), lockoutGuard: "off" });
    }),
  );

  it(
    "finds break-glass accounts in a file by object id, and takes those that it cannot find for unknown",
    inWorld(seed, async (world) => {
      const user = idOf(world, EMERGENCY);
      const inventory = join(world.cache, "people.jsonl");
      const put = (name: string, aaguid: string) => {
        const lines = [
          { tenant: world.tenant.id, created: new Date().toISOString() },
          { id: "1", user: name, groups: [], aaguid, passkeyType: "deviceBound" },
        ];
        writeFileSync(inventory, lines.map((line) => JSON.stringify(line)).join("\n"));
      };
      const preview = () => world.stack().preview({ ...listing(KEY, KEY_B), breakGlass: { users: [user] }, inventory });
      put(user, KEY_B);
      await preview();
      put("somebody", KEY_B);
      assert.match((await fails(preview())).message, /breakGlass: the account .* may have no passkey that works/);
    }),
  );

  it(
    "warns where no break-glass accounts are declared",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.preview(listing(KEY_B));
      assert.match(stack.lines.join("\n"), /warning: breakGlass: no break-glass accounts are declared/);
    }),
  );
});
