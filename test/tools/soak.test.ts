import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "../../provider/dist/emulator/index.js";
import { foreignEdit, interference } from "../../tools/soak/admin.ts";
import { changed } from "../../tools/soak/change.ts";
import { dutiesOf } from "../../tools/soak/conflicts.ts";
import { Ledger } from "../../tools/soak/ledger.ts";
import { readOptions } from "../../tools/soak/options.ts";
import { newPlayer } from "../../tools/soak/plan.ts";
import { mishap, told } from "../../tools/soak/pulumi.ts";
import { Random } from "../../tools/soak/random.ts";
import { emptySpec, partsDeclared, programOf } from "../../tools/soak/spec.ts";
import { soakSeed, STACKS } from "../../tools/soak/world.ts";

const FREE = {
  retired: new Set<string>(),
  fixed: new Set<string>(),
  kept: new Set<string>(),
  sameResources: false,
  sameProfiles: false,
};

describe("the soak's ledger", () => {
  let emulator: Emulator;
  let ledger: Ledger;
  const tenant = () => emulator.tenant();
  const id = (group: string) => tenant().groups.get(group).id;
  const include = (group: string, allowedPasskeyProfiles: string[]) =>
    tenant().setPolicy(({ includeTargets }) => {
      const target = { targetType: "group", id: id(group), isRegistrationRequired: false, allowedPasskeyProfiles };
      includeTargets.push(target);
    });
  const synced = () => tenant().policy().passkeyProfiles[1]!.id;

  beforeEach(async () => {
    emulator = await startEmulator({ seed: soakSeed() });
    ledger = new Ledger(tenant());
  });
  afterEach(() => emulator.close());

  it("follows the third writer, and finds what anybody else did to a part that no stack declares", () => {
    const random = new Random("edits");
    for (let index = 0; index < 200; index++) tenant().setPolicy(ledger.noted(foreignEdit(random, tenant())));
    assert.deepEqual(ledger.problems(), []);
    tenant().setPolicy(({ passkeyProfiles }) => void passkeyProfiles[1]!.keyRestrictions!.aaGuids.reverse());
    const [problem, ...rest] = ledger.problems();
    assert.match(problem ?? "", /^profile\/synced\/aaGuids should be /);
    assert.deepEqual(rest, []);
  });

  it("finds what is lost of a stack, and what is left of one", () => {
    include("Alpha 1", [synced()]);
    assert.match(ledger.problems().join(), /^include\/Alpha 1 should be absent/);
    const spec = { ...emptySpec("alpha"), include: { "Alpha 1": ["synced"] } };
    ledger.settle("alpha", partsDeclared(spec));
    assert.deepEqual(ledger.problems(), []);
    assert.equal(ledger.drift("alpha").size, 0);
    tenant().setPolicy((policy) => void policy.includeTargets.pop());
    assert.match(ledger.problems().join(), /^include\/Alpha 1 should be \["synced"\], and is absent/);
    assert.deepEqual([...ledger.drift("alpha")], [["include/Alpha 1", undefined]]);
  });

  it("knows a conflict with the third writer, and what is there once the stack gives the part up", () => {
    include("Alpha 1", [tenant().policy().passkeyProfiles[0]!.id]);
    ledger.settle("alpha", partsDeclared({ ...emptySpec("alpha"), include: { "Alpha 1": ["default"] } }));
    tenant().setPolicy(ledger.noted(interference("include/Alpha 1", new Random("change"), tenant())!));
    assert.deepEqual(ledger.problems(), []);
    assert.equal(ledger.drift("alpha").size, 1);
    ledger.settle("alpha", new Map());
    assert.deepEqual(ledger.problems(), []);
  });

  it("takes anything between before and after where a command failed", () => {
    const { stacks } = ledger;
    stacks.alpha.attempted = partsDeclared({ ...emptySpec("alpha"), include: { "Alpha 1": ["synced"] } });
    assert.deepEqual(ledger.problems(), []);
    include("Alpha 1", [synced()]);
    assert.deepEqual(ledger.problems(), []);
    include("Alpha 2", [synced()]);
    assert.match(ledger.problems().join(), /^include\/Alpha 2 should be absent/);
  });
});

describe("the soak's programs", () => {
  it("are the same for the same seed, and reach everything that a stack may declare", () => {
    const run = (seed: string) =>
      STACKS.flatMap((stack) => {
        let spec = emptySpec(stack);
        const random = new Random(seed, stack);
        return Array.from({ length: 300 }, () => {
          spec = changed(spec, random, FREE);
          return { spec, text: programOf(spec, new Map()) };
        });
      });
    assert.deepEqual(run("one"), run("one"));
    assert.notDeepEqual(run("one"), run("two"));
    const all = run("one");
    const reached = new Set(all.flatMap(({ spec }) => [...partsDeclared(spec).keys()]));
    for (const part of [
      "isSelfServiceRegistrationAllowed",
      "profile/Alpha p/aaGuids",
      "profile/Beta q/isEnforced",
      "profile/default/aaGuids",
      "profile/default/attestationEnforcement",
      "include/Alpha 1",
      "exclude/Beta out 3",
    ])
      assert.ok(reached.has(part), part);
    for (const type of ["PasskeyPolicy", "PasskeyProfile", "PasskeyKeyRestrictions", "PasskeyGroupTarget"]) {
      assert.ok(all.some(({ text }) => text.includes(`new ${type}(`)), type); // prettier-ignore
    }
  });
});

describe("what a command has to tell", () => {
  it("is what a refresh found, and not what has changed after it, where it does not look itself", async () => {
    await using emulator = await startEmulator({ seed: soakSeed() });
    const spec = { ...emptySpec("alpha"), include: { "Alpha 1": ["synced"], "Alpha 2": ["synced"] } };
    const player = { ...newPlayer("alpha"), spec, refreshed: true, found: new Set(["include/Alpha 1"]) };
    const drift = new Map([
      ["include/Alpha 1", undefined],
      ["include/Alpha 2", undefined],
    ]);
    const move = (kind: "up" | "up --refresh") => ({ kind, spec, delay: 0, player, drift });
    const duties = (kind: "up" | "up --refresh") => dutiesOf(move(kind), [move(kind)], new Ledger(emulator.tenant()));
    assert.deepEqual(duties("up"), [{ part: "include/Alpha 1", how: "said" }]);
    assert.deepEqual(
      duties("up --refresh").map(({ part }) => part),
      ["include/Alpha 1", "include/Alpha 2"],
    );
  });
});

describe("what the soak makes of a command's output", () => {
  it("is a mishap where it fails without a word, or with the stack of a mistake", () => {
    const outcome = (code: number, output: string) => mishap({ code, output, ms: 0 });
    assert.equal(outcome(0, "fine"), undefined);
    assert.equal(outcome(1, "    error: it was refused"), undefined);
    assert.match(outcome(1, "bye") ?? "", /does not say why/);
    assert.match(outcome(1, "error: x\n    at Object.run (/somewhere/run.js:12:3)\n") ?? "", /stack trace/);
    assert.match(outcome(0, "TypeError: x is not a function") ?? "", /TypeError/);
  });

  it("is a report of a conflict where a line tells that somebody else changed something", () => {
    const lines = [
      "PasskeyPolicy one: warning: breakGlass: no break-glass accounts are declared",
      "PasskeyPolicy one: warning: models: someone else changed it since it was written here",
      "PasskeyPolicy one: left alone: models: someone else changed it since",
    ];
    assert.deepEqual(told(lines.join("\n")), lines.slice(1));
  });
});

describe("npm run soak", () => {
  it("takes minutes, steps and a seed, and refuses what is none", () => {
    assert.deepEqual(readOptions(["--minutes", "0.5", "--seed", "7"], {}), {
      minutes: 0.5,
      seed: 7,
      quiet: false,
      help: false,
    });
    assert.equal(readOptions(["--steps", "3"], { CI: "true" }).steps, 3);
    assert.equal(readOptions([], { CI: "true" }).quiet, true);
    assert.notEqual(readOptions([], {}).seed, undefined);
    for (const args of [
      ["--steps", "1.5"],
      ["--seed", "x"],
      ["--minutes", ""],
      ["--hours", "1"],
    ]) {
      assert.throws(() => readOptions(args, {}));
    }
  });
});
