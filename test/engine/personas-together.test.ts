import assert from "node:assert/strict";
import { register, SCENES, seedOf } from "../../tools/demo/scenes.ts";
import { configure, equip, leave, persona, tenantOf } from "./personas.ts";
import { azureadOfTests, describeWithEngine, Stack, UNTHROTTLED } from "./stack.ts";

const { student, healthcare, "admin-paw": adminPaw, all } = SCENES as Record<string, NonNullable<typeof SCENES.all>>;

describeWithEngine(`Three examples as three stacks on one tenant, ${azureadOfTests}`, function () {
  this.timeout(240_000);

  it("each have their part, two of them applied at once, and give back all of it in another order", async () => {
    await using school = await persona(student!);
    await using it = await school.exampleBeside("admin-paw");
    await using hospital = await school.exampleBeside("healthcare");
    await configure(it, adminPaw!.config);
    // Of three profiles, the default one is left for nurses and everyone else.
    await configure(hospital, { ...healthcare!.config, ownProfile: "false" });
    equip(school, student!);
    const before = tenantOf(school);

    await Promise.all([school.up(), it.up()]);
    const two = tenantOf(school);
    await hospital.up();
    const tenant = school.emulator.tenant();
    const profiles = tenant.policy().passkeyProfiles.map(({ name }) => name);
    assert.deepEqual(profiles.sort(), ["Administrators", "Default passkey profile", "Students"]);
    assert.equal(tenant.conditionalAccessPolicies.list().length, 7);
    assert.equal(tenant.authenticationStrengths.list().filter(({ policyType }) => policyType === "custom").length, 6);
    for (const stack of [school, it, hospital]) await stack.unchanged("--refresh");

    await leave(hospital);
    assert.deepEqual(tenantOf(school), two, "the others' parts are as they were");
    await leave(school);
    const { state, includeTargets } = tenant.method("TemporaryAccessPass");
    const { id } = tenant.groups.get("Administrators");
    assert.equal(state, "enabled", "administrators still may get a pass");
    assert.deepEqual(
      (includeTargets as { id: string }[]).map((target) => target.id),
      [id],
    );
    await it.unchanged("--refresh");
    await leave(it);
    assert.deepEqual(tenantOf(school), before, "as it began");
  });
});

describeWithEngine(`The examples where the tenant is not ready, ${azureadOfTests}`, function () {
  this.timeout(240_000);

  const untouched = async (stack: Stack, says: RegExp) => {
    const before = tenantOf(stack);
    assert.match(await stack.refused("preview"), says);
    assert.deepEqual(tenantOf(stack), before);
  };

  it("are refused while all_users covers exclusive profiles, with the way out that the root project takes", async () => {
    await using stack = await persona(all!);
    await configure(stack, { replaceAllUsers: "false" });
    await untouched(stack, /also covered through all_users[^]*name all_users in removedIncludeTargets/);
  });

  it("are refused in a tenant without profiles, which is told what it can do", async () => {
    const seed = seedOf(all!, "legacy");
    await using stack = await Stack.ofExample({ seed, tls: "self-signed", switches: UNTHROTTLED }, all!.example);
    await configure(stack, all!.config);
    await untouched(stack, /one rule for everyone[^]*cannot be undone[^]*PasskeyAuthenticationStrength/);
  });

  for (const enforceList of ["true", "false"]) {
    it(`let the default profile carry nurses there, with a list that is ${enforceList === "true" ? "" : "not "}enforced`, async () => {
      const seed = seedOf(healthcare!, "legacy");
      await using stack = await Stack.ofExample({ seed, tls: "self-signed", switches: UNTHROTTLED }, "healthcare");
      await configure(stack, { ...healthcare!.config, ownProfile: "false", enforceList });
      const tenant = stack.emulator.tenant();
      equip(stack, healthcare!);
      // One rule for everyone: a pupil's school key is not on it.
      register(tenant, "Ada Lund", healthcare!.stranded!.model);
      const before = tenantOf(stack);
      await stack.up();
      const { keyRestrictions, isAttestationEnforced } = tenant.policy();
      assert.equal(isAttestationEnforced, true);
      assert.equal(String(keyRestrictions!.isEnforced), enforceList);
      assert.ok(keyRestrictions!.aaGuids.includes("90a3ccdf-635c-4729-a248-9b709135078f"));
      await stack.unchanged("--refresh");
      await leave(stack);
      assert.deepEqual(tenantOf(stack), before);
    });
  }
});
