import assert from "node:assert/strict";
import fc from "fast-check";
import { systemClock } from "../../provider/dist/apply/index.js";
import type { Host } from "../../provider/dist/resources/host.js";
import { passkeyPolicyHandler } from "../../provider/dist/resources/passkeyPolicy/handler.js";
import { ADELE, ALEX, idOf, listing, proposal, seed } from "./guard-people.ts";
import { AUTHENTICATOR, fails, inWorld, KEY, KEY_B, KEY_C, startWorld, students } from "./util.ts";
import type { Partly, Stack, World } from "./util.ts";

const GROUPS = ["Sales", "Executives", "Break-glass", "IT administrators", "Ward 1", "Ward 2", "Ward 3"];

/** Resources of one program: one process, and their calls in flight at the same time. */
class Program {
  readonly stacks: Stack[];
  readonly world: World;

  constructor(world: World, count: number) {
    this.world = world;
    this.stacks = Array.from({ length: count }, (_, index) => world.stack({ name: `r${index}` }));
  }

  async up(...args: Record<string, unknown>[]): Promise<PromiseSettledResult<boolean>[]> {
    const handler = passkeyPolicyHandler(this.stacks[0]!.process());
    // All checks come first, as the engine does it; those of apply answer from memory then.
    for (const [index, each] of args.entries()) await this.stacks[index]!.check(handler, each).catch(() => {});
    return Promise.allSettled(args.map((each, index) => this.stacks[index]!.apply(each, handler)));
  }

  async ok(...args: Record<string, unknown>[]): Promise<void> {
    for (const result of await this.up(...args)) if (result.status === "rejected") throw result.reason;
  }

  async destroy(): Promise<void> {
    const handler = passkeyPolicyHandler(this.stacks[0]!.process());
    await Promise.all(this.stacks.map(({ state }) => state && handler.delete("fido2", structuredClone(state))));
  }
}

const reasons = (results: PromiseSettledResult<boolean>[]) =>
  results.map((result) => (result.status === "rejected" ? (result.reason as Error).message : ""));

/** The default profile's list, and one for Sales only: Adele has a key of each. */
async function twoWays(world: World): Promise<void> {
  const program = new Program(world, 1);
  const sales = { ...students, name: "Sales keys", keyRestrictions: { ...students.keyRestrictions, models: [KEY_B] } };
  await program.ok({
    ...listing(KEY, KEY_C),
    profiles: { default: { keyRestrictions: { models: [KEY, KEY_C] } }, sales },
    includeTargets: [{ group: "Sales", profiles: ["sales"] }],
    onDestroy: "retain",
  });
  await program.destroy();
  world.tenant.passkeys.add(ADELE, { aaGuid: KEY });
  world.tenant.passkeys.add(ADELE, { aaGuid: KEY_B });
  world.emulator.audit.clear();
}

const harmlessAlone = [listing(KEY_C), { removedIncludeTargets: ["Sales"] }];

describe("changes that are in flight together", function () {
  this.timeout(30_000);

  it(
    "are one plan: eight resources, one PATCH, and one PATCH to give all back",
    inWorld(seed, async (world) => {
      for (const name of GROUPS.slice(4)) world.tenant.groups.add({ displayName: name });
      const bytes = world.bytes();
      const program = new Program(world, 8);
      const targets = GROUPS.map((group) => ({ includeTargets: [{ group, profiles: ["default"] }] }));
      await program.ok({ isSelfServiceRegistrationAllowed: false }, ...targets);
      assert.equal(world.patches.length, 1);
      assert.equal(world.reads, 2, "one before the write, one after it");
      assert.equal(world.tenant.policy().includeTargets.length, 8);
      assert.match(program.stacks[0]!.lines.join("\n"), /step 1 of 1: .*\(together with PasskeyPolicy r1, .*r7\)/);
      for (const stack of program.stacks) assert.equal(Object.keys(stack.state!.managed).length, 1);
      await program.destroy();
      assert.equal(world.patches.length, 2);
      assert.deepEqual(JSON.parse(world.bytes()), JSON.parse(bytes));
    }),
  );

  it(
    "are judged as a whole: what is harmless part by part is refused, by the names of all, and nothing is written",
    inWorld(seed, async (world) => {
      await twoWays(world);
      for (const args of harmlessAlone) await world.stack().preview(args);
      const results = await new Program(world, 2).up(...harmlessAlone);
      const [first, second] = reasons(results) as [string, string];
      assert.match(first, /1 person would be locked out.*planned together with PasskeyPolicy r1\./);
      assert.match(second, /1 person would be locked out.*planned together with PasskeyPolicy r0\./);
      assert.equal(world.patches.length, 0);
      const proposed = proposal(first);
      await new Program(world, 2).ok(harmlessAlone[0]!, { ...harmlessAlone[1], acknowledge: proposed });
      assert.equal(world.patches.length, 1);
    }),
  );

  it(
    "take what was acknowledged of each by itself, and no more than that",
    inWorld(seed, async (world) => {
      world.tenant.passkeys.add(ADELE, { aaGuid: KEY });
      const shown = await fails(world.stack().preview(listing(KEY_B)));
      const acknowledge = proposal(shown.message);
      const acknowledged = { ...listing(KEY_B), acknowledge };
      const alex = idOf(world, ALEX);
      world.tenant.passkeys.add(alex, { aaGuid: AUTHENTICATOR[0]! });
      const more = await new Program(world, 2).up(acknowledged, { isSelfServiceRegistrationAllowed: false });
      assert.match(reasons(more)[0]!, /2 people would be locked out.*of whom 1 were acknowledged/);
      assert.deepEqual([reasons(more)[1], world.patches.length], ["", 1], "check refuses it, and the other goes on");
      world.tenant.passkeys.remove(alex, world.tenant.passkeys.list(alex)[0]!.id);
      await new Program(world, 2).ok(acknowledged, { isSelfServiceRegistrationAllowed: true });
      assert.equal(world.patches.length, 2);
    }),
  );

  it(
    "let one that is refused by itself fail alone",
    inWorld(seed, async (world) => {
      let late = 0;
      const session = (host: Host) =>
        Object.assign(host.session(), { clock: { ...systemClock, now: () => Date.now() + late } });
      const first = world.stack({ name: "r0", host: (host) => ({ ...host, session: () => session(host) }) });
      const second = world.stack({ name: "r1" });
      const handler = passkeyPolicyHandler(first.process());
      const id = "e47a833c-5b0e-4f3d-8a54-1f0c2f7d9b36";
      const target = { includeTargets: [{ group: "Sales", profiles: [id] }] };
      const inputs = [
        await first.check(handler, target),
        await second.check(handler, { isSelfServiceRegistrationAllowed: false }),
      ];
      // The profile that the first one names goes away after the checks.
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles.splice(1, 1);
        policy.includeTargets[0]!.allowedPasskeyProfiles.splice(1, 1);
      });
      late = 5000;
      const [refused, done] = await Promise.allSettled(inputs.map((each) => handler.create(each)));
      assert.equal(refused!.status, "rejected");
      assert.doesNotMatch(String((refused as PromiseRejectedResult).reason), /together/);
      assert.equal(done!.status, "fulfilled");
      assert.equal(world.patches.length, 1);
      assert.equal(world.tenant.policy().isSelfServiceRegistrationAllowed, false);
    }),
  );

  it(
    "keep what is theirs where a step fails half-way, and finish and give back each its own",
    inWorld({ ...seed, switches: { listWhileNotEnforced: "refused" } }, async (world) => {
      world.tenant.setPolicy((policy) => {
        Object.assign(policy.passkeyProfiles[0]!, {
          attestationEnforcement: "disabled",
          keyRestrictions: { isEnforced: false, enforcementType: "allow", aaGuids: [KEY] },
        });
      });
      const bytes = world.bytes();
      const lists = {
        toggle: "enforceFirst",
        profiles: { default: { keyRestrictions: { isEnforced: false, models: [KEY, KEY_B] } } },
      };
      const other = { toggle: "enforceFirst", isSelfServiceRegistrationAllowed: false };
      world.emulator.faults.add({ match: { method: "PATCH" }, do: { kind: "status", status: 400 }, after: 1 });
      const program = new Program(world, 2);
      const results = await program.up(lists, other);
      for (const [index, result] of results.entries()) {
        const { id, properties, reasons: told } = (result as PromiseRejectedResult).reason as Partly;
        assert.equal(id, "fido2");
        assert.equal(told.length, 1);
        const facets = Object.keys(properties.managed);
        assert.deepEqual(facets.includes("isSelfServiceRegistrationAllowed"), index === 1, facets.join());
        assert.equal(
          facets.some((facet) => facet.startsWith("profile/")),
          index === 0,
        );
      }
      await program.ok(lists, other);
      await program.destroy();
      assert.deepEqual(JSON.parse(world.bytes()), JSON.parse(bytes));
    }),
  );

  it("end where they would have ended one by one, for random changes, and give back the same", async function () {
    const world = await startWorld({ seed: "contoso-profiles" });
    const bytes = JSON.parse(world.bytes()) as object;
    const part = fc.record({
      flag: fc.boolean(),
      list: fc.subarray([KEY, KEY_B, KEY_C, ...AUTHENTICATOR], { minLength: 1 }),
      included: fc.subarray(GROUPS.slice(0, 2)),
      excluded: fc.subarray(GROUPS.slice(2, 4), { maxLength: 1 }),
    });
    let runs = 0;
    try {
      await fc.assert(
        fc.asyncProperty(part, part, async (now, next) => {
          const changes = ({ flag, list, included, excluded }: typeof now) => [
            { isSelfServiceRegistrationAllowed: flag },
            listing(...list),
            { includeTargets: included.map((group) => ({ group, profiles: ["default"] })) },
            { excludeTargets: excluded },
          ];
          const ends: string[] = [];
          for (const together of [true, false]) {
            const program = new Program(world, 4);
            for (const each of [now, next]) {
              if (together) await program.ok(...changes(each));
              else for (const [index, args] of changes(each).entries()) await program.stacks[index]!.apply(args);
            }
            ends.push(world.bytes());
            if (together) await program.destroy();
            else for (const stack of program.stacks.toReversed()) await stack.destroy();
            assert.deepEqual(JSON.parse(world.bytes()), bytes);
          }
          assert.deepEqual(JSON.parse(ends[0]!), JSON.parse(ends[1]!));
          runs += 1;
        }),
        { numRuns: 200, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
      );
      assert.ok(runs >= 3, `only ${runs} runs fitted`);
    } finally {
      await world.close();
    }
  });
});
