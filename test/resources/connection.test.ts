import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PasskeyPersona } from "../../provider/dist/index.js";
import { handlersOf, pass, policy, Program, profile, restrictions, strength, target } from "./program.ts";
import type { Declaration } from "./program.ts";
import { fails, inWorld, KEY, students, UNKNOWN } from "./util.ts";
import type { World } from "./util.ts";

const { name, passkeyTypes, attestationEnforcement } = students;
const OTHER = "99999999-2222-4333-8444-555555555555";

/** What a program asks the engine to make for a persona. */
async function personaInputs(extra: object): Promise<Record<string, unknown>> {
  const found: Record<string, unknown>[] = [];
  await pulumi.runtime.setMocks({
    newResource({ type, name, inputs }) {
      if (type.endsWith(":PasskeyPolicy")) found.push(inputs as Record<string, unknown>);
      return { id: name, state: { ...inputs, profileIds: {} } };
    },
    call: () => ({}),
  });
  const args = { groups: ["Sales"], keyRestrictions: { models: [KEY] }, ...extra };
  const persona = new PasskeyPersona("nurses", args);
  await new Promise<void>((resolve) => void persona.profileId.apply(() => resolve()));
  const { owner: _, __provider: __, ...inputs } = found[0]!;
  return inputs;
}

/** A good declaration of every class. */
const GOOD: Record<string, () => Promise<Declaration> | Declaration> = {
  PasskeyPolicy: () => policy("p", { isSelfServiceRegistrationAllowed: false }),
  PasskeyPersona: async () => policy("nurses", await personaInputs({ exclusive: false })),
  PasskeyProfile: () => profile("p", { name, passkeyTypes, attestationEnforcement }),
  PasskeyKeyRestrictions: () => restrictions("r", { profile: "default", isEnforced: false }),
  PasskeyGroupTarget: () => target("t", { groups: ["Sales"] }),
  PasskeyAuthenticationStrength: () => strength("s", { displayName: "Keys", models: [KEY] }),
  TemporaryAccessPassPolicy: () => pass("t", { isUsableOnce: true }),
};

const SENTENCE = /one stack is for one tenant.*configuration of a stack for that tenant/;

describe("a connection in the arguments of a resource", () => {
  for (const [title, make] of Object.entries(GOOD)) {
    it(
      `is refused by ${title}, also later and while it is not known yet`,
      inWorld({ seed: "contoso-profiles" }, async (world: World) => {
        const good = await make();
        const program = new Program(world);
        const values = {
          tenantId: OTHER,
          environment: "usgovernment",
          clientId: "app",
          clientSecret: "hush-hush-hush",
        };
        const given = Object.entries({ ...values, provider: {}, endpoint: "http://127.0.0.1:1" });
        for (const [property, value] of [...given, ["tenantId", UNKNOWN], ["tenantId", world.tenant.id]] as const) {
          const args = { ...(good.args as object), [property]: value };
          const error = await fails(program.preview([{ ...good, args }]));
          assert.match(error.message, SENTENCE);
          assert.ok(error.message.includes(`${property}: a resource does not say`), error.message);
          assert.ok(!error.message.includes("hush"));
        }
        assert.equal(world.requests().length, 0);
        await program.up([good]);
        const args = { ...(good.args as object), tenantId: OTHER };
        assert.match((await fails(program.preview([{ ...good, args }]))).message, SENTENCE);
        assert.equal(program.state(`${good.type} ${good.name}`)["tenantId"], world.tenant.id, "the output");
      }),
    );
  }

  it("is told by a persona, which passes it on", async () => {
    assert.equal((await personaInputs({ tenantId: OTHER }))["tenantId"], OTHER);
  });

  it(
    "leaves other names that there are not as they were",
    inWorld({ seed: "contoso-profiles" }, async (world: World) => {
      const handler = handlersOf(world.stack().process()).PasskeyPolicy;
      const { failures } = await handler.check({}, { tennantId: OTHER, owner: "test/dev/p" });
      assert.match(failures![0]!.reason, /there is no such property.*documentation of PasskeyPolicy/);
    }),
  );
});

describe("targets in the government clouds", () => {
  const TYPE = "#microsoft.graph.passkeyAuthenticationMethodTarget";
  const declared = (models: string[], groups: string[]) => ({
    profiles: { students: { ...students, keyRestrictions: { ...students.keyRestrictions, models } } },
    includeTargets: groups.map((group) => ({ group, profiles: ["students"] })),
  });
  // What a cloud whose metadata has the base type needs; the global one must do without.
  const seed = { seed: "contoso-profiles", switches: { targetTypeAnnotation: "required" } } as const;

  for (const environment of ["usgovernmentl4", "usgovernmentl5"]) {
    it(
      `say their type in every PATCH of a create, an update and a restore in ${environment}`,
      inWorld(seed, async (world: World) => {
        const stack = world.stack({ env: { ARM_ENVIRONMENT: environment } });
        const before = world.bytes();
        const patched = () =>
          world.patches.map(({ requestBody }) => requestBody as { includeTargets?: Record<string, unknown>[] });
        const check = (from: number) => {
          const targets = patched()
            .slice(from)
            .flatMap(({ includeTargets = [] }) => includeTargets)
            .filter(({ allowedPasskeyProfiles }) => allowedPasskeyProfiles !== undefined);
          assert.ok(targets.length > 0);
          for (const one of targets) assert.equal(one["@odata.type"], TYPE, JSON.stringify(one));
          return patched().length;
        };
        await stack.up(declared([KEY], ["Sales"]));
        let mark = check(0);
        await stack.up(declared([KEY], ["Executives"]));
        mark = check(mark);
        await stack.destroy();
        check(mark);
        assert.equal(world.bytes(), before);
      }),
    );
  }
});
