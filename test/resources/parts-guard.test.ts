import assert from "node:assert/strict";
import { ADELE, EMERGENCY, holds, idOf, proposal, seed } from "./guard-people.ts";
import { policy, profile, Program, restrictions, target } from "./program.ts";
import type { Declaration } from "./program.ts";
import { DEFAULT_ID, fails, inWorld, KEY, KEY_B, KEY_C, SYNCED_ID } from "./util.ts";

const ADMINS = "IT administrators";

/** An exclusive profile in three resources; its group is in no other target. */
const admins = (group = ADMINS): Declaration[][] => [
  [
    profile("admins", {
      name: "Administrators",
      passkeyTypes: ["deviceBound"],
      attestationEnforcement: "registrationOnly",
      exclusive: true,
    }),
  ],
  [
    restrictions("admins", (outputs) => ({
      profile: outputs("PasskeyProfile admins").profileId,
      isEnforced: true,
      enforcementType: "allow",
      models: [KEY],
    })),
  ],
  [
    target("admins", (outputs) => ({
      groups: [group],
      profiles: [outputs("PasskeyKeyRestrictions admins").profileId],
    })),
  ],
];

describe("the guard over several resources", function () {
  this.timeout(30_000);

  it(
    "holds an exclusive profile against the targets of other resources, and says whose it is",
    inWorld(seed, async (world) => {
      const program = new Program(world);
      const overlap = await fails(program.preview(...admins()));
      assert.match(overlap.message, /PasskeyProfile admins\.exclusive: everyone in .* covered through all_users/);
      world.tenant.setPolicy((now) => void now.includeTargets.splice(0));
      await program.up(...admins());
      const looser = target("everyone", { groups: ["all_users"], profiles: ["default"] });
      const refused = await fails(program.preview([...admins()[0]!, looser], ...admins().slice(1)));
      assert.match(refused.message, /PasskeyProfile admins\.exclusive: /);
      const wrote = world.patches.length;
      await assert.rejects(program.apply([...admins()[0]!, looser], ...admins().slice(1)), /covered through all_users/);
      assert.equal(world.patches.length, wrote);
      await program.up([...admins()[0]!, target("sales", { groups: ["Sales"] })], ...admins().slice(1));
      assert.equal(world.patches.length, wrote + 1, "what does not overlap is nobody's business");
    }),
  );

  it(
    "lets a refresh show drift whose repair it would refuse, and refuses the repair",
    inWorld(seed, async (world) => {
      const list = restrictions("list", { profile: "default", models: [KEY] });
      const program = new Program(world);
      await program.up([list]);
      world.tenant.setPolicy((now) => void now.passkeyProfiles[0]!.keyRestrictions!.aaGuids.push(KEY_C));
      holds(world, ADELE, KEY_C);
      await program.refresh();
      assert.deepEqual(program.saved.get("PasskeyKeyRestrictions list")!.inputs["models"], [KEY, KEY_C].sort());
      await assert.rejects(program.preview([list]), /1 person would be locked out/);
    }),
  );

  it(
    "counts a profile that is closed again as nothing that anybody gains",
    inWorld(seed, async (world) => {
      world.tenant.setPolicy((now) => void now.includeTargets.splice(0));
      const program = new Program(world);
      await program.up(...admins());
      const { id, keyRestrictions } = world.tenant.policy().passkeyProfiles.at(-1)!;
      assert.deepEqual(keyRestrictions!.aaGuids, [KEY]);
      await program.up(admins()[0]!, [target("admins", { groups: [ADMINS], profiles: [id] })]);
      assert.notDeepEqual(world.tenant.policy().passkeyProfiles.at(-1)!.keyRestrictions!.aaGuids, [KEY]);
      assert.match(program.lines.join("\n"), /\+ no model, which keeps the profile closed/);
    }),
  );

  it(
    "is not stopped by an overlap that was there before",
    inWorld(seed, async (world) => {
      const everyone = world.tenant.policy().includeTargets;
      world.tenant.setPolicy((now) => void now.includeTargets.splice(0));
      const program = new Program(world);
      await program.up(...admins());
      world.tenant.setPolicy((now) => void now.includeTargets.push(...everyone));
      await program.up([...admins()[0]!, target("sales", { groups: ["Sales"] })], ...admins().slice(1));
    }),
  );

  it(
    "asks before it opens an exclusive group through a resource that is not exclusive itself, at a destroy too",
    inWorld(seed, async (world) => {
      world.tenant.setPolicy((now) => void (now.includeTargets[0]!.id = world.group(ADMINS)));
      const program = new Program(world);
      const acknowledge = { lockoutGuard: "warn" };
      const [first, second, third] = admins();
      const guarded = [
        first!,
        second!,
        [{ ...third![0]!, args: (o: never) => ({ ...call(third![0]!, o), ...acknowledge }) }],
      ];
      await program.up(...(guarded as Declaration[][]));
      const saved = program.state("PasskeyGroupTarget admins") as { resolved: { program: { exclusive: string[] } } };
      assert.deepEqual(saved.resolved.program.exclusive, [program.state("PasskeyProfile admins")["profileId"]]);
      program.lines.length = 0;
      await program.destroy();
      assert.match(program.lines.join("\n"), /exposure|become acceptable/i);
    }),
  );

  it(
    "looks after the break-glass accounts that one resource declares, whichever resource takes their key",
    inWorld(seed, async (world) => {
      holds(world, EMERGENCY, KEY);
      const tenant = policy("tenant", { state: "enabled", breakGlass: { users: [idOf(world, EMERGENCY)] } });
      const list = (models: string[], extra = {}) => restrictions("list", { profile: "default", models, ...extra });
      const refused = await fails(new Program(world).preview([tenant, list([KEY_B])]));
      assert.match(refused.message, new RegExp(`breakGlass: .*${idOf(world, EMERGENCY)}`));
      const program = new Program(world);
      await program.up([tenant, list([KEY, KEY_B])]);
      // What a destroy would bring back no longer has the key that the account has now.
      world.tenant.passkeys.remove(idOf(world, EMERGENCY), world.tenant.passkeys.list(idOf(world, EMERGENCY))[0]!.id);
      holds(world, EMERGENCY, KEY_B);
      program.saved.delete("PasskeyPolicy tenant");
      const error = await fails(program.destroy());
      assert.match(error.message, /breakGlass/);
    }),
  );

  it(
    "asks for a word where administrators of one resource are exposed by another one",
    inWorld(seed, async (world) => {
      world.tenant.setPolicy((now) => {
        const [first] = now.includeTargets;
        now.includeTargets = [{ ...first!, id: world.group(ADMINS), allowedPasskeyProfiles: [DEFAULT_ID] }];
      });
      const tenant = policy("tenant", { state: "enabled", adminGroups: [ADMINS] });
      const opened = target("opened", { groups: [ADMINS], profiles: ["default", SYNCED_ID] });
      await new Program(world).preview([opened]);
      const refused = await fails(new Program(world).preview([tenant, opened]));
      assert.match(refused.message, /become acceptable to group .*which is a group of administrators/);
    }),
  );

  it(
    "takes at up the acknowledgement that the preview proposed, though the profile is made only then",
    inWorld(seed, async (world) => {
      world.tenant.setPolicy((now) => void (now.includeTargets[0]!.id = world.group("Sales")));
      holds(world, ADELE, KEY_C);
      world.tenant.setPolicy((now) => void now.passkeyProfiles[0]!.keyRestrictions!.aaGuids.push(KEY_C));
      const acknowledged = (acknowledge?: object) => {
        const [made, list, [last]] = admins("Sales") as [Declaration[], Declaration[], [Declaration]];
        const args = (outputs: never) => ({ ...call(last, outputs), ...(acknowledge && { acknowledge }) });
        return [made, list, [{ ...last, args }]] as Declaration[][];
      };
      const refused = await fails(new Program(world).preview(...acknowledged()));
      assert.match(refused.message, /1 person would be locked out/);
      const program = new Program(world);
      await program.up(...acknowledged(proposal(refused.message)));
      assert.equal(world.patches.length, 3);
      assert.deepEqual(await program.preview(...acknowledged(proposal(refused.message))), []);
    }),
  );

  it(
    "judges what arrives together as one, refuses all of it by name, and writes nothing",
    inWorld(seed, async (world) => {
      const sales: Declaration[][] = [
        [
          profile("sales", {
            name: "Sales keys",
            passkeyTypes: ["deviceBound"],
            attestationEnforcement: "registrationOnly",
          }),
        ],
        [
          restrictions("sales", (outputs) => ({
            profile: outputs("PasskeyProfile sales").profileId,
            isEnforced: true,
            enforcementType: "allow",
            models: [KEY_B],
          })),
        ],
      ];
      const list = (models: string[]) => restrictions("list", { profile: "default", models });
      const of = (group: string) =>
        target("sales", (outputs) => ({ groups: [group], profiles: [outputs("PasskeyProfile sales").profileId] }));
      const at = (models: string[], group: string) => [...sales, [list(models), of(group)]];
      const program = new Program(world);
      await program.up(...at([KEY, KEY_C], "Sales"));
      for (const aaGuid of [KEY, KEY_B]) world.tenant.passkeys.add(ADELE, { aaGuid });
      const wrote = world.patches.length;
      const error = await fails(program.apply(...at([KEY_C], "Executives")));
      assert.match(error.message, /1 person would be locked out.*planned together with PasskeyGroupTarget sales/);
      assert.equal(world.patches.length, wrote);
    }),
  );
});

const call = ({ args }: Declaration, outputs: never) => (typeof args === "function" ? args(outputs) : args);
