import assert from "node:assert/strict";
import { passkeyPolicyHandler } from "../../provider/dist/resources/passkeyPolicy/handler.js";
import { fails, inWorld, KEY, KEY_B } from "./util.ts";

describe("two resources of one process", function () {
  this.timeout(20_000);

  it(
    "may not declare the same part, and may declare different ones",
    inWorld({ seed: "contoso-profiles" }, async (world) => {
      const first = world.stack({ name: "first" });
      const host = first.process();
      const handler = passkeyPolicyHandler(host);
      const second = world.stack({ name: "second" });
      await first.check(handler, { state: "disabled", profiles: { default: { keyRestrictions: { models: [KEY] } } } });
      const error = await fails(second.check(handler, { state: "enabled" }));
      assert.match(error.message, /state: the resource .*first declares this part.*Declare it in one of the two/);
      const within = { profiles: { default: { keyRestrictions: { microsoftAuthenticator: false } } } };
      await assert.rejects(second.check(handler, within), /first/);
      const bytes = world.bytes();
      await Promise.all([
        first.apply(
          { state: "disabled", profiles: { default: { keyRestrictions: { models: [KEY, KEY_B] } } } },
          handler,
        ),
        second.apply({ isSelfServiceRegistrationAllowed: false, includeTargets: [{ group: "Sales" }] }, handler),
      ]);
      const policy = world.tenant.policy();
      assert.deepEqual([policy.state, policy.isSelfServiceRegistrationAllowed], ["disabled", false]);
      assert.equal(world.patches.length, 1, "changes in flight at the same time are one plan");
      await first.destroy();
      await second.destroy();
      assert.deepEqual(JSON.parse(world.bytes()), JSON.parse(bytes));
    }),
  );
});
