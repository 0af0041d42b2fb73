import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import fc from "fast-check";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import { pass, Program } from "./program.ts";
import { UNKNOWN, World } from "./util.ts";

const PASS = "TemporaryAccessPass";

/** Targets in one order: one that was away comes back at the end. */
const byId = (targets: unknown): { id: string }[] =>
  [...(targets as { id: string }[])].sort((a, b) => (a.id < b.id ? -1 : 1));

describe("TemporaryAccessPassPolicy", () => {
  let world: World;
  const groups = ["IT administrators", "Executives", "Sales", "Break-glass"];
  const read = () => structuredClone(world.tenant.method(PASS));
  const ids = (list: "includeTargets" | "excludeTargets") => (read()[list] as { id: string }[]).map(({ id }) => id);
  const writes = () => world.requests().filter(({ method }) => method === "PATCH").length;
  const firstDay = pass("firstDay", {
    state: "enabled",
    isUsableOnce: true,
    includeTargets: ["Sales"],
    removedIncludeTargets: ["all_users"],
  });

  beforeEach(async () => {
    world = new World(await startEmulator({ seed: "contoso-profiles" }));
    world.tenant.setMethod(PASS, { excludeTargets: [{ id: "Executives" }] });
  });
  afterEach(() => world.close());

  it("sets what is declared in one PATCH, keeps the rest, and gives it back byte for byte", async () => {
    const before = read();
    const program = new Program(world);
    assert.deepEqual(await program.preview([firstDay]), ["TemporaryAccessPassPolicy firstDay"]);
    assert.deepEqual(read(), before);
    assert.match(program.lines.join("\n"), /state: disabled -> enabled/);
    await program.up([firstDay]);
    assert.equal(writes(), 1);
    const after = read();
    assert.equal(after["state"], "enabled");
    assert.equal(after["isUsableOnce"], true);
    assert.deepEqual(ids("includeTargets"), [world.group("Sales")]);
    assert.deepEqual(after["excludeTargets"], before["excludeTargets"]);
    assert.equal(after["defaultLength"], before["defaultLength"]);
    await program.destroy();
    assert.deepEqual(read(), before);
  });

  it("asks nothing while the declaration stays the same", async () => {
    const program = new Program(world);
    await program.up([firstDay]);
    const seen = world.requests().length;
    assert.deepEqual(await program.preview([firstDay]), []);
    assert.equal(world.requests().length, seen);
  });

  it("adopts what is there already without a write", async () => {
    world.tenant.setMethod(PASS, { state: "enabled" });
    const program = new Program(world);
    await program.up([pass("on", { state: "enabled" })]);
    assert.equal(writes(), 0);
    await program.destroy();
    assert.equal(read()["state"], "enabled");
  });

  it("shows drift in what it owns only, and sets it back", async () => {
    const program = new Program(world);
    await program.up([firstDay]);
    const wanted = read();
    world.tenant.setMethod(PASS, { state: "disabled", defaultLength: 12, includeTargets: [{ id: "Executives" }] });
    await program.refresh();
    assert.deepEqual(program.state("TemporaryAccessPassPolicy firstDay")["includeTargets"], []);
    assert.deepEqual(await program.preview([firstDay]), ["TemporaryAccessPassPolicy firstDay"]);
    await program.up([firstDay]);
    assert.equal(read()["state"], "enabled");
    assert.equal(read()["defaultLength"], 12);
    assert.deepEqual(new Set(ids("includeTargets")), new Set([world.group("Executives"), world.group("Sales")]));
    assert.equal(read()["isUsableOnce"], wanted["isUsableOnce"]);
    assert.deepEqual(await program.preview([firstDay]), []);
  });

  it("leaves alone on destroy what someone else changed, with a line that says so", async () => {
    const program = new Program(world);
    await program.up([pass("long", { defaultLength: 10, isUsableOnce: true })]);
    world.tenant.setMethod(PASS, { defaultLength: 20 });
    await program.destroy();
    assert.equal(read()["defaultLength"], 20);
    assert.equal(read()["isUsableOnce"], false);
    assert.match(program.lines.join("\n"), /left alone: defaultLength: someone else changed it/);
  });

  it("gives back what leaves the program", async () => {
    const program = new Program(world);
    await program.up([pass("long", { defaultLength: 10, isUsableOnce: true })]);
    await program.up([pass("long", { isUsableOnce: true })]);
    assert.equal(read()["defaultLength"], 8);
    assert.equal(read()["isUsableOnce"], true);
  });

  it("retains everything where it is told to", async () => {
    const program = new Program(world);
    await program.up([pass("kept", { state: "enabled", onDestroy: "retain" })]);
    await program.destroy();
    assert.equal(read()["state"], "enabled");
  });

  it("drops a group that is gone when it gives targets back, and names it", async () => {
    const { id } = world.tenant.groups.add({ displayName: "Interns" });
    world.tenant.setMethod(PASS, { includeTargets: [{ id: "Sales" }, { id }] });
    const program = new Program(world);
    await program.up([pass("none", { isUsableOnce: true, removedIncludeTargets: ["Sales", id] })]);
    world.tenant.groups.remove(id);
    await program.destroy();
    assert.deepEqual(ids("includeTargets"), [world.group("Sales")]);
    assert.match(program.lines.join("\n"), new RegExp(`left alone: includeTargets \\(${id}\\): the group is gone`));
  });

  it("is not undone by the deletion of what it replaces", async () => {
    const before = read();
    const program = new Program(world);
    await program.up([firstDay]);
    const after = read();
    program.replaceAll = true;
    await program.apply([firstDay]);
    assert.deepEqual(read(), after);
    await program.destroy();
    assert.deepEqual(read(), before);
  });

  describe("refuses before anything is written", () => {
    const refused = async (args: Record<string, unknown>, reason: RegExp) => {
      await assert.rejects(new Program(world).up([pass("wrong", args)]), reason);
      assert.equal(writes(), 0);
    };
    it("a lifetime out of range", () => refused({ defaultLifetimeInMinutes: 5 }, /defaultLifetimeInMinutes: 5 is not/));
    it("a length out of range", () => refused({ defaultLength: 49 }, /defaultLength: 49 is not/));
    it("a default that the tenant's bounds do not hold", () =>
      refused({ defaultLifetimeInMinutes: 500 }, /500 minutes would not lie between 60 and 480/));
    it("a group that does not exist", () => refused({ includeTargets: ["Pupils"] }, /includeTargets\[0\]: .*no group/));
    it("a group that is no security group", () => refused({ includeTargets: ["All Contoso"] }, /not a security group/));
    it("an exclude of everyone", () => refused({ excludeTargets: ["all_users"] }, /everyone cannot be excluded/));
    it("a group that is to be there and not", () =>
      refused({ includeTargets: ["Sales"], removedIncludeTargets: ["Sales"] }, /to be there by includeTargets/));
    it("a property that there is not", () => refused({ oneTime: true }, /oneTime: there is no such property/));
    it("two resources with two values", async () => {
      const [one, other] = [pass("one", { isUsableOnce: true }), pass("other", { isUsableOnce: false })];
      await assert.rejects(new Program(world).up([one, other]), /isUsableOnce: .*another value.*other.*one/s);
      assert.equal(writes(), 0);
    });
  });

  it("warns of what makes a pass weak", async () => {
    const program = new Program(world);
    await program.preview([
      pass("weak", { state: "enabled", includeTargets: ["all_users"], maximumLifetimeInMinutes: 1000 }),
    ]);
    const lines = program.lines.join("\n");
    for (const place of ["isUsableOnce", "includeTargets", "maximumLifetimeInMinutes"]) {
      assert.match(lines, new RegExp(`warning: ${place}: `));
    }
  });

  it("previews a group that the same program creates, and takes it at the update", async () => {
    const program = new Program(world);
    const unknown = pass("first", { state: "enabled", includeTargets: [UNKNOWN] });
    assert.deepEqual(await program.preview([unknown]), ["TemporaryAccessPassPolicy first"]);
    await assert.rejects(program.apply([unknown]), /still unknown/);
    await program.apply([pass("first", { state: "enabled", includeTargets: [world.group("Sales")] })]);
    assert.ok(ids("includeTargets").includes(world.group("Sales")));
  });

  it("says who may not read, and empties nothing", async () => {
    const program = new Program(world);
    await program.up([firstDay]);
    world.emulator.faults.missingPermission({ kind: "policy" });
    await assert.rejects(program.refresh(), /Policy\.Read\.AuthenticationMethod/);
    assert.ok(program.saved.has("TemporaryAccessPassPolicy firstDay"));
  });

  it("settles a lost answer by reading", async () => {
    world.emulator.faults.cutAfter();
    const program = new Program(world);
    await program.up([firstDay]);
    assert.equal(writes(), 1);
    assert.equal(read()["state"], "enabled");
  });

  describe("of several stacks", () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const order of orders) {
      it(`is given back by the last one that goes: ${order.join()}`, async () => {
        const before = read();
        const declared = ["IT administrators", "Sales", "Break-glass"].map((group) =>
          pass("firstDay", {
            state: "enabled",
            isUsableOnce: true,
            includeTargets: [group],
            removedIncludeTargets: ["all_users"],
          }),
        );
        const programs = declared.map((_one, index) => new Program(world, `stack${index}`));
        for (const [index, program] of programs.entries()) await program.up([declared[index]!]);
        for (const [place, index] of order.entries()) {
          await programs[index]!.destroy();
          const gone = place === order.length - 1;
          assert.equal(read()["state"], gone ? "disabled" : "enabled");
          assert.equal(ids("includeTargets").includes("all_users"), gone);
        }
        assert.deepEqual(read(), before);
      });
    }
  });

  it("is given back once where several of one program go at the same time", async () => {
    const before = read();
    const program = new Program(world);
    const all = ["IT administrators", "Sales", "Break-glass"].map((group) =>
      pass(group, {
        state: "enabled",
        isUsableOnce: true,
        includeTargets: [group],
        removedIncludeTargets: ["all_users"],
      }),
    );
    await program.up(all);
    await program.destroy();
    assert.deepEqual(read(), before);
    assert.doesNotMatch(program.lines.join("\n"), /someone else changed it/);
  });

  it("goes on from a run that was stopped after its write, and still gives back what was there before it", async () => {
    const before = read();
    const stopped = new Program(world);
    await stopped.up([firstDay]);
    // The engine never got the state of that run.
    const program = new Program(world);
    await program.up([firstDay]);
    await program.destroy();
    assert.deepEqual(read(), before);
  });

  it("never changes what no program declares, and gives back byte for byte", async function () {
    this.timeout(300_000);
    const list = fc.uniqueArray(fc.constantFrom("IT administrators", "Executives", "Sales", "Break-glass"), {
      maxLength: 3,
    });
    const declaration = fc
      .record(
        {
          state: fc.constantFrom("enabled", "disabled"),
          isUsableOnce: fc.boolean(),
          defaultLength: fc.integer({ min: 8, max: 48 }),
          defaultLifetimeInMinutes: fc.integer({ min: 60, max: 480 }),
          includeTargets: list,
          excludeTargets: list,
          removedIncludeTargets: fc.constant(["all_users"]),
        },
        { requiredKeys: [] },
      )
      .map((args) => ({ ...args }));
    const there = fc.record({
      state: fc.constantFrom("enabled", "disabled"),
      isUsableOnce: fc.boolean(),
      defaultLength: fc.integer({ min: 8, max: 48 }),
      includeTargets: fc
        .uniqueArray(fc.constantFrom("all_users", ...groups))
        .map((names) => names.map((id) => ({ id }))),
      excludeTargets: list.map((names) => names.map((id) => ({ id }))),
    });
    await fc.assert(
      fc.asyncProperty(there, fc.array(declaration, { minLength: 1, maxLength: 3 }), async (seed, declarations) => {
        rmSync(world.cache, { recursive: true, force: true });
        world.tenant.setMethod(PASS, { ...seed, defaultLifetimeInMinutes: 60 });
        const before = read();
        const program = new Program(world);
        for (const args of declarations) {
          await program.apply([pass("any", args)]);
          const now = read();
          const touched = { ...args } as Record<string, unknown>;
          for (const name of ["state", "isUsableOnce", "defaultLength", "maximumLifetimeInMinutes"]) {
            if (touched[name] === undefined) assert.deepEqual(now[name], before[name], name);
            else assert.equal(now[name], touched[name], name);
          }
          for (const name of ["includeTargets", "excludeTargets"] as const) {
            const declared = new Set(((touched[name] ?? []) as string[]).map((group) => world.group(group)));
            const removed = name === "includeTargets" && touched["removedIncludeTargets"] !== undefined;
            const foreign = (targets: unknown) =>
              byId(targets).filter(({ id }) => !declared.has(id) && !(removed && id === "all_users"));
            assert.deepEqual(foreign(now[name]), foreign(before[name]), name);
            for (const id of declared) assert.ok((now[name] as { id: string }[]).some((target) => target.id === id));
          }
        }
        await program.destroy();
        const sorted = (method: ReturnType<typeof read>) => ({
          ...method,
          includeTargets: byId(method["includeTargets"]),
          excludeTargets: byId(method["excludeTargets"]),
        });
        assert.deepEqual(sorted(read()), sorted(before));
      }),
      { numRuns: 100 },
    );
  });
});
