import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import fc from "fast-check";
import { seed } from "./guard-people.ts";
import { policy, profile, Program, restrictions, target } from "./program.ts";
import type { Declaration } from "./program.ts";
import { AUTHENTICATOR, inWorld, KEY, KEY_B, KEY_C, startWorld } from "./util.ts";
import type { World } from "./util.ts";

/** The policy with its lists of texts sorted: they are sets. */
const parsed = (world: World): object =>
  JSON.parse(world.bytes(), (_key, value: unknown) =>
    Array.isArray(value) && value.every((one) => typeof one === "string") ? value.toSorted() : value,
  ) as object;

/** A profile with its restrictions and its target, under the names that a program gives them. */
const fine = (name: string): Declaration[][] => [
  [
    profile(name, {
      name: "Nurses",
      adopt: true,
      passkeyTypes: ["deviceBound"],
      attestationEnforcement: "registrationOnly",
    }),
    restrictions("default", { profile: "default", microsoftAuthenticator: false }),
  ],
  [
    restrictions(name, (outputs) => ({
      profile: outputs(`PasskeyProfile ${name}`).profileId,
      isEnforced: true,
      enforcementType: "allow",
      models: [KEY, KEY_B],
    })),
  ],
  [
    target(name, (outputs) => ({
      groups: ["Sales"],
      profiles: [outputs(`PasskeyKeyRestrictions ${name}`).profileId],
    })),
  ],
];

/** The same as one unit. */
const whole = (name: string): Declaration[][] => [
  [
    policy(name, {
      profiles: {
        nurses: {
          name: "Nurses",
          adopt: true,
          passkeyTypes: ["deviceBound"],
          attestationEnforcement: "registrationOnly",
          keyRestrictions: { isEnforced: true, enforcementType: "allow", models: [KEY, KEY_B] },
        },
        default: { keyRestrictions: { microsoftAuthenticator: false } },
      },
      includeTargets: [{ group: "Sales", profiles: ["nurses"] }],
    }),
  ],
];

describe("handing parts over", function () {
  this.timeout(60_000);

  const chains: [string, Declaration[][][]][] = [
    ["a rename without an alias", [fine("nurses"), fine("wards")]],
    ["two renames", [fine("nurses"), fine("wards"), fine("clinic")]],
    ["single resources that become a PasskeyPolicy", [fine("nurses"), whole("all")]],
    ["a PasskeyPolicy that becomes single resources", [whole("all"), fine("nurses")]],
    ["there and back", [fine("nurses"), whole("all"), fine("nurses")]],
  ];
  for (const [title, programs] of chains) {
    it(
      `undoes nothing, and at last gives back what was there before all of them: ${title}`,
      inWorld(seed, async (world) => {
        const before = parsed(world);
        const program = new Program(world);
        await program.up(...programs[0]!);
        const declared = parsed(world);
        const wrote = world.patches.length;
        for (const next of programs.slice(1)) {
          program.lines.length = 0;
          await program.up(...next);
          assert.deepEqual(parsed(world), declared);
          assert.match(program.lines.join("\n"), /left alone: .*declares it now/);
        }
        assert.equal(world.patches.length, wrote, "a hand-over writes nothing");
        assert.deepEqual(await program.preview(...programs.at(-1)!), []);
        await program.destroy();
        assert.deepEqual(parsed(world), before);
      }),
    );
  }

  it(
    "needs no journal where the process has read the old resource, as a refresh does",
    inWorld(seed, async (world) => {
      const before = parsed(world);
      const program = new Program(world);
      const flag = (name: string) => [policy(name, { isSelfServiceRegistrationAllowed: false })];
      await program.up(flag("old"));
      rmSync(world.cache, { recursive: true, force: true });
      program.refreshFirst = true;
      await program.apply(flag("new"));
      program.refreshFirst = false;
      rmSync(world.cache, { recursive: true, force: true });
      await program.destroy();
      assert.deepEqual(parsed(world), before);
    }),
  );

  it(
    "goes on after a refresh in the same process, which asks for what it shows of resources that are gone from the program",
    inWorld(seed, async (world) => {
      const before = parsed(world);
      const program = new Program(world);
      await program.up(...fine("nurses"));
      const declared = parsed(world);
      const wrote = world.patches.length;
      program.refreshFirst = true;
      await program.apply(...fine("wards"));
      assert.deepEqual(parsed(world), declared);
      assert.equal(world.patches.length, wrote);
      // A refresh plans nothing, so it cannot be refused either.
      world.tenant.setPolicy((policy) => void (policy.passkeyProfiles = policy.passkeyProfiles.slice(0, 2)));
      world.tenant.setPolicy((policy) => void (policy.includeTargets = policy.includeTargets.slice(0, 1)));
      program.lines.length = 0;
      await program.refresh();
      assert.deepEqual(program.lines, []);
      await program.destroy();
      assert.deepEqual(parsed(world), before);
    }),
  );

  it(
    "goes along however often a part is renamed and changed at once, refreshed or not",
    inWorld(seed, async (world) => {
      const before = parsed(world);
      for (const refreshed of [[0, 1, 2, 3], [], [2], [3], [1, 3]]) {
        const program = new Program(world);
        const synced = world.tenant.policy().passkeyProfiles[1]!.id;
        const turns = [["default"], ["default", synced], [synced], ["default"]];
        for (const [turn, profiles] of turns.entries()) {
          program.refreshFirst = refreshed.includes(turn);
          await program.apply([target(`turn ${turn}`, { groups: ["Sales"], profiles, lockoutGuard: "off" })]);
        }
        await program.destroy();
        assert.deepEqual(parsed(world), before);
      }
    }),
  );

  it(
    "leaves a part to the resource that declares it in the same update, in either order",
    inWorld(seed, async (world) => {
      const before = parsed(world);
      for (const order of [(list: Declaration[]) => list, (list: Declaration[]) => list.toReversed()]) {
        const program = new Program(world);
        const targets = (a: string[], b: string[]) =>
          order([target("a", { groups: a, profiles: ["default"] }), target("b", { groups: b, profiles: ["default"] })]);
        await program.up(targets(["Sales", "Executives"], ["Break-glass"]));
        const declared = parsed(world);
        const wrote = world.patches.length;
        await program.up(targets(["Executives"], ["Break-glass", "Sales"]));
        assert.deepEqual(parsed(world), declared);
        assert.equal(world.patches.length, wrote);
        await program.up(targets(["Executives"], ["Break-glass"]));
        assert.equal(world.tenant.policy().includeTargets.length, 3, "what b declares no longer is given back");
        await program.destroy();
        assert.deepEqual(parsed(world), before);
      }
    }),
  );

  it(
    "does not undo what a replacement has written, and keeps what was there before",
    inWorld(seed, async (world) => {
      const before = parsed(world);
      for (const keepJournal of [true, false]) {
        const program = new Program(world);
        await program.up(...fine("nurses"));
        const declared = parsed(world);
        if (!keepJournal) rmSync(world.cache, { recursive: true, force: true });
        program.replaceAll = true;
        await program.up(...fine("nurses"));
        program.replaceAll = false;
        assert.deepEqual(parsed(world), declared);
        assert.match(program.lines.join("\n"), /left alone: .*that replaces this one declares it now/);
        if (!keepJournal) rmSync(world.cache, { recursive: true, force: true });
        await program.destroy();
        assert.deepEqual(parsed(world), before);
      }
    }),
  );

  it(
    "keeps a profile of which another resource goes on declaring a part",
    inWorld(seed, async (world) => {
      const program = new Program(world);
      await program.up(...fine("nurses"));
      const { id } = world.tenant.policy().passkeyProfiles.at(-1)!;
      const lists = [
        restrictions("nurses", { profile: id, isEnforced: true, enforcementType: "allow", models: [KEY] }),
      ];
      await program.up(lists);
      assert.match(program.lines.join("\n"), /left alone: profile: PasskeyKeyRestrictions nurses declares a part/);
      const kept = world.tenant.policy().passkeyProfiles.at(-1)!;
      assert.deepEqual([kept.id, kept.keyRestrictions!.aaGuids], [id, [KEY]]);
    }),
  );

  it(
    "replaces key restrictions that move to another profile, and gives the old one its own back",
    inWorld(seed, async (world) => {
      const before = parsed(world);
      const synced = world.tenant.policy().passkeyProfiles[1]!.id;
      const program = new Program(world);
      const list = (of: string) => [restrictions("list", { profile: of, models: [KEY_B, KEY_C], isEnforced: true })];
      await program.up(list("default"));
      await program.up(list(synced));
      const profiles = (of: object) => (of as { passkeyProfiles: { keyRestrictions: object }[] }).passkeyProfiles;
      assert.deepEqual(profiles(parsed(world))[0], profiles(before)[0]);
      assert.equal(world.tenant.policy().passkeyProfiles[1]!.keyRestrictions!.isEnforced, true);
      assert.equal(program.saved.get("PasskeyKeyRestrictions list")!.id, `${synced}/keyRestrictions`);
      await program.destroy();
      assert.deepEqual(parsed(world), before);
    }),
  );

  it("ends where it began for two stacks that adopt one after the other, destroyed in either order", async () => {
    for (const first of ["a", "b"] as const) {
      for (const values of [
        [[KEY], [KEY]],
        [[KEY], [KEY_B]],
        [[KEY], [...AUTHENTICATOR, KEY]],
      ] as const) {
        await inWorld(seed, async (world) => {
          const before = parsed(world);
          const stacks = { a: new Program(world, "a"), b: new Program(world, "b") };
          const list = (models: readonly string[]) => [restrictions("list", { profile: "default", models })];
          await stacks.a.up(list(values[0]));
          await stacks.b.up(list(values[1]));
          const second = first === "a" ? "b" : "a";
          await stacks[first].destroy();
          await stacks[second].destroy();
          assert.deepEqual(parsed(world), before, `${first} first, ${JSON.stringify(values)}`);
        })();
      }
    }
  });

  // Two stacks that write one part again and again are in conflict, which they are warned of; see the soak.
  it("ends where it began for stacks that come, change their minds and go in any order", async () => {
    let runs = 0;
    const world = await startWorld(seed);
    const before = parsed(world);
    const step = fc.record({
      stack: fc.constantFrom("a", "b", "c"),
      to: fc.option(
        fc.record({
          models: fc.subarray([KEY, KEY_B, KEY_C], { minLength: 1 }),
          isEnforced: fc.boolean(),
          whole: fc.boolean(),
        }),
        { freq: 3 },
      ),
    });
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), fc.boolean(), async (steps, reversed) => {
          fc.pre(!foughtOver(steps));
          const stacks = new Map<string, Program>();
          for (const { stack, to } of steps) {
            const program = stacks.get(stack) ?? new Program(world, stack);
            stacks.set(stack, program);
            if (to === null) {
              await program.destroy();
              continue;
            }
            const { whole: isWhole, ...list } = to;
            await program.up([
              isWhole
                ? policy("list", { lockoutGuard: "off", profiles: { default: { keyRestrictions: list } } })
                : restrictions("list", { lockoutGuard: "off", profile: "default", ...list }),
            ]);
          }
          const left = reversed ? [...stacks.values()].toReversed() : [...stacks.values()];
          for (const program of left) await program.destroy();
          assert.deepEqual(parsed(world), before);
          runs += 1;
        }),
        { numRuns: 100, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
      );
      assert.ok(runs >= 10, `only ${runs} runs fitted`);
    } finally {
      await world.close();
    }
  });
});

/** Whether a stack wrote again what another one had written over in the meantime. */
function foughtOver(steps: readonly { readonly stack: string; readonly to: unknown }[]): boolean {
  const order: string[] = [];
  for (const { stack, to } of steps) {
    const place = order.indexOf(stack);
    if (to === null) {
      if (place >= 0) order.splice(place, 1);
    } else if (place >= 0 && place < order.length - 1) return true;
    else if (place < 0) order.push(stack);
  }
  return false;
}
