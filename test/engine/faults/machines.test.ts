import assert from "node:assert/strict";
import { join } from "node:path";
import { describeWithEngine, Stack, UNTHROTTLED } from "../stack.ts";
import { begin, inOrder, PROFILES, saved, undisturbed, WINDOWS } from "../lives.ts";
import { assertWrittenOnce } from "./disturb.ts";

const WRITE = { method: "PATCH", kind: "policy" } as const;
const READ = { method: "GET", kind: "policy" } as const;
const target = (group: string) =>
  `new PasskeyPolicy("target", { includeTargets: [{ group: "${group}", profiles: ["default"] }] });`;

/** As if another machine ran it: neither lock nor journal in common. */
const onAnotherMachine = (stack: Stack) => {
  stack.env = { ...stack.env, ENTRA_PASSKEYS_CACHE: join(stack.folder, "its-own-cache") };
};

describeWithEngine("Two writers of one tenant on the real engine", function () {
  this.timeout(240_000);

  for (const machines of ["one machine", "two machines"] as const) {
    it(`two ups at once from ${machines}: as if one came after the other, and each destroy gives back its own`, async () => {
      await using first = await Stack.create({ seed: "contoso-profiles", switches: UNTHROTTLED }, target("Sales"));
      await using second = await first.beside(target("Executives"), "second");
      if (machines === "two machines") onAnotherMachine(second);
      const tenant = first.emulator.tenant();
      const before = first.policy();
      // The first one has written, and does not know so yet, when the other one comes to read.
      const held = first.emulator.faults.hold(WRITE, { phase: "after" });
      const one = first.up();
      await held.arrived;
      const other = second.up();
      if (machines === "two machines") await other;
      held.release();
      await Promise.all([one, other]);
      const targets = tenant.policy().includeTargets.map(({ id }) => id);
      assert.deepEqual(
        targets.slice(-2),
        ["Sales", "Executives"].map((name) => tenant.groups.get(name).id),
      );
      assertWrittenOnce(first, 0, machines);
      await Promise.all([first.unchanged("--refresh"), second.unchanged("--refresh")]);
      await first.destroy();
      assert.ok(tenant.policy().includeTargets.some(({ id }) => id === tenant.groups.get("Executives").id));
      await second.destroy();
      assert.equal(first.policy(), before);
    });
  }

  it("writes of one list that cross from two machines: no ETag tells, a refresh shows it, and the next up mends it", async () => {
    await using first = await Stack.create({ seed: "contoso-profiles", switches: UNTHROTTLED }, target("Sales"));
    await using second = await first.beside(target("Executives"), "second");
    onAnotherMachine(second);
    const before = first.policy();
    const { id } = first.emulator.tenant().groups.get("Sales");
    const isThere = () =>
      first.emulator
        .tenant()
        .policy()
        .includeTargets.some((one) => one.id === id);
    const held = first.emulator.faults.hold(WRITE);
    const slow = second.up();
    await held.arrived;
    await first.up();
    assert.ok(isThere());
    held.release();
    await slow;
    assert.ok(!isThere(), "the later one had not seen it");
    assert.match(await first.refresh(), /includeTargets|changed/);
    await first.up();
    assert.ok(isThere());
    await Promise.all([first.unchanged("--refresh"), second.unchanged("--refresh")]);
    await first.destroy();
    await second.destroy();
    assert.equal(first.policy(), before);
  });

  it("someone else between the steps: what is ours is written again, what is theirs stays byte for byte", async () => {
    const ends = await undisturbed(WINDOWS);
    await using stack = await begin(WINDOWS);
    // A part of another profile, which is in the list that both steps write, and a flag that no step writes.
    const theirs = { passkeyTypes: "deviceBound" };
    const edit = (policy: { passkeyProfiles?: object[] | null; isSelfServiceRegistrationAllowed?: unknown }) => {
      Object.assign(policy.passkeyProfiles![1]!, theirs);
    };
    const writer = stack.emulator.faults.otherWriter("after", edit, WRITE);
    const output = await stack.up();
    assert.equal(writer.fired, 1);
    assert.match(output, /someone else changed profile\/.* planning again/);
    const withTheirs = (text: string) => {
      const policy = JSON.parse(text) as { passkeyProfiles: object[] };
      edit(policy);
      return JSON.stringify(policy);
    };
    assert.deepEqual(inOrder(stack.policy()), inOrder(withTheirs(ends.create)));
    assert.deepEqual(await saved(stack), ends.states.create);
    // Ours, right after the write that should have been the last one.
    stack.program(WINDOWS.second);
    const again = stack.emulator.faults.otherWriter("after", { isSelfServiceRegistrationAllowed: true }, WRITE, {
      after: 1,
    });
    await stack.up();
    assert.equal(again.fired, 1);
    assert.deepEqual(inOrder(stack.policy()), inOrder(withTheirs(ends.update)));
    // Theirs, before the read that the plan of the destroy is made on.
    stack.emulator.faults.otherWriter("before", { state: "disabled" }, READ);
    await stack.destroy();
    const end = JSON.parse(withTheirs(ends.before)) as object;
    assert.equal(stack.policy(), JSON.stringify({ ...end, state: "disabled" }));
  });

  it("a group that is deleted: before the up it is refused by name, between the steps the up ends and a destroy gives back", async () => {
    const ends = await undisturbed(PROFILES);
    await using stack = await begin(PROFILES);
    const tenant = stack.emulator.tenant();
    await stack.up();
    stack.program(PROFILES.second);
    await stack.preview();
    const executives = tenant.groups.get("Executives");
    tenant.groups.remove(executives.id);
    assert.match(
      (await stack.refused("up", "--yes", "--skip-preview")).replaceAll(/\s+/g, " "),
      /includeTargets.*Executives.*/,
    );
    assert.deepEqual(inOrder(stack.policy()), inOrder(ends.create), "nothing was written");
    stack.program(PROFILES.first);
    const sales = tenant.groups.get("Sales");
    const edit = { tenant: (their: typeof tenant) => void their.groups.remove(sales.id) };
    stack.emulator.faults.add({ match: WRITE, do: { kind: "otherWriter", phase: "after", edit } });
    await stack.destroy();
    assert.equal(stack.policy(), ends.before);
  });
});
