import assert from "node:assert/strict";
import { nurseKeys } from "../../examples/shared-tenant/models.ts";
import { resolveModel } from "../../provider/dist/catalogue/index.js";
import { handOutKeys, schoolSeed } from "../../tools/demo/seed.ts";
import { describeWithEngine, Stack } from "./stack.ts";

const DEFAULT = "00000000-0000-0000-0000-000000000001";

describeWithEngine("The example of a shared tenant on the real engine", function () {
  this.timeout(120_000);

  it("gives nurses a profile in three plans, leaves the school's part as it is, and gives back what it took", async () => {
    await using stack = await Stack.ofExample({ seed: schoolSeed() }, "shared-tenant");
    const tenant = stack.emulator.tenant();
    handOutKeys(tenant);
    const nurses = tenant.groups.add({ displayName: "Nurses" }).id;
    const agnes = tenant.users.add({ displayName: "Agnes Moreau" }).id;
    tenant.members.add(nurses, agnes);
    tenant.passkeys.add(agnes, { aaGuid: resolveModel(nurseKeys[0]!).aaguids![0]!, attestationLevel: "attested" });
    tenant.setPolicy(({ includeTargets }) => {
      includeTargets.push({ ...includeTargets[0]!, id: nurses, allowedPasskeyProfiles: [DEFAULT] });
    });
    const read = () => structuredClone(tenant.policy());
    const before = read();
    await stack.ok("config", "set", "nursesGroup", "Nurses");
    await stack.ok("config", "set", "breakGlassGroup", "Break-glass");

    const preview = await stack.preview();
    assert.match(preview, /PasskeyProfile nurses: +1\. set what is declared, the new profile closed/);
    assert.doesNotMatch(preview, /accepts no passkey until/);
    assert.deepEqual(read(), before);
    await stack.up();
    assert.equal(stack.requests().filter((request) => request === "PATCH policy").length, 3);
    const { passkeyProfiles, includeTargets } = read();
    const { id, name } = passkeyProfiles!.at(-1)!;
    assert.deepEqual([id, name], [await stack.output("profileId"), "Nurses"]);
    assert.equal(await stack.output("groupId"), nurses);
    assert.deepEqual(includeTargets.at(-1)!.allowedPasskeyProfiles, [id]);
    assert.deepEqual(
      [passkeyProfiles!.slice(0, -1), includeTargets.slice(0, -1)],
      [before.passkeyProfiles, before.includeTargets.slice(0, -1)],
    );
    await stack.unchanged();

    // What nurses get back is weaker than an exclusive profile.
    const refused = await stack.refused("destroy", "--yes", "--skip-preview");
    const [, acknowledgement = ""] = /ENTRA_PASSKEYS_ACKNOWLEDGE='(\{.*?\})'/.exec(refused) ?? [];
    assert.ok(acknowledgement, refused);
    stack.env = { ...stack.env, ENTRA_PASSKEYS_ACKNOWLEDGE: acknowledgement.replace("...", "the ward closes") };
    await stack.destroy();
    assert.deepEqual(read(), before);
  });
});
