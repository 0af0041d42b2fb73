import assert from "node:assert/strict";
import { register, SCENES, seedOf } from "../../tools/demo/scenes.ts";
import { describeWithEngine, Stack } from "./stack.ts";

describeWithEngine("The example of a shared tenant on the real engine", function () {
  this.timeout(120_000);

  it("gives nurses a profile in three plans, leaves the school's part as it is, and gives back what it took", async () => {
    const scene = SCENES.healthcare!;
    await using stack = await Stack.ofExample({ seed: seedOf(scene) }, "shared-tenant");
    const tenant = stack.emulator.tenant();
    register(tenant, scene.stranded!.person, scene.stranded!.model);
    const nurses = tenant.groups.list().find(({ displayName }) => displayName === "Nurses")!.id;
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
    assert.deepEqual(includeTargets.find((target) => target.id === nurses)!.allowedPasskeyProfiles, [id]);
    const others = (targets: typeof includeTargets) => targets.filter((target) => target.id !== nurses);
    assert.deepEqual(
      [passkeyProfiles!.slice(0, -1), others(includeTargets)],
      [before.passkeyProfiles, others(before.includeTargets)],
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
