import assert from "node:assert/strict";
import { join } from "node:path";
import { skip } from "../../../tools/test/skip.ts";
import { Disk, NO_DISK } from "../../apply/disk.ts";
import { begin, inOrder, saved, SINGLE_STEPS, undisturbed, WINDOWS, type Ends } from "../lives.ts";
import { describeWithEngine } from "../stack.ts";
import { assertWrittenOnce } from "./disturb.ts";

const WRITE = { method: "PATCH", kind: "policy" } as const;

describeWithEngine("A disk that takes nothing more, on the real engine", function () {
  this.timeout(240_000);
  let ends: Ends;
  before(async () => void (ends = await undisturbed(WINDOWS)));

  it("refuses before the first PATCH where the journal cannot be written, by file, reason and way out: full, read-only", async function () {
    using disk = Disk.mount() ?? skip(this, NO_DISK);
    await using stack = await begin(WINDOWS);
    stack.env = { ...stack.env, ENTRA_PASSKEYS_CACHE: disk.folder };
    const refused = async (verb: "up" | "destroy", reason: RegExp) => {
      const [written, policy] = [stack.writes(), stack.policy()];
      const output = (await stack.refused(verb, "--yes", "--skip-preview")).replaceAll(/\s+/g, "");
      assert.ok(output.includes(join(disk.folder, "locks")) || output.includes(join(disk.folder, "journal")), output);
      assert.match(output, reason);
      assert.match(output, /nothingmoreissenttothetenant.*ENTRA_PASSKEYS_CACHE/);
      assert.deepEqual([stack.writes(), stack.policy()], [written, policy]);
    };
    disk.fill();
    await refused("up", /nospaceisleftthere\(ENOSPC\)/);
    disk.free();
    await stack.up();
    assert.deepEqual(inOrder(stack.policy()), inOrder(ends.create));
    stack.program(WINDOWS.second);
    disk.makeReadOnly();
    await refused("up", /read-only\(EROFS\)/);
    disk.free();
    await stack.up();
    assert.deepEqual(inOrder(stack.policy()), inOrder(ends.update));
    disk.fill();
    await refused("destroy", /nospaceisleftthere\(ENOSPC\)/);
    disk.free();
    await stack.destroy();
    assert.equal(stack.policy(), ends.before);
    assertWrittenOnce(stack, stack.emulator.audit.lastSeq, "disk");
  });

  it("ends well where the disk fills up after the first PATCH, and the next runs find what was there before", async function () {
    using disk = Disk.mount() ?? skip(this, NO_DISK);
    await using stack = await begin(WINDOWS);
    stack.env = { ...stack.env, ENTRA_PASSKEYS_CACHE: disk.folder };
    const held = stack.emulator.faults.hold(WRITE, { phase: "after", after: 1 });
    const up = stack.up();
    await held.arrived;
    disk.fill();
    held.release();
    await up;
    assert.deepEqual(inOrder(stack.policy()), inOrder(ends.create));
    assert.deepEqual(await saved(stack), ends.states.create);
    disk.free();
    await stack.unchanged("--refresh");
    await stack.destroy();
    assert.equal(stack.policy(), ends.before);
  });

  it("loses nothing where Pulumi cannot save its state after the PATCH: the next up adopts, and destroy gives back", async function () {
    const single = await undisturbed(SINGLE_STEPS);
    using disk = Disk.mount(2048) ?? skip(this, NO_DISK);
    await using stack = await begin(SINGLE_STEPS);
    stack.env = { ...stack.env, PULUMI_BACKEND_URL: `file://${disk.folder}` };
    await stack.ok("stack", "init", "full");
    const held = stack.emulator.faults.hold(WRITE, { phase: "after" });
    const up = stack.run(["up", "--yes", "--skip-preview", "--stack", "full"]);
    await held.arrived;
    disk.fill();
    held.release();
    const { code, output } = await up;
    assert.notEqual(code, 0, output);
    assert.equal(stack.policy(), single.create, "it was written");
    disk.free();
    await stack.run(["cancel", "--yes", "--stack", "full"]);
    const written = stack.writes();
    await stack.up("--stack", "full");
    assert.equal(stack.writes(), written, "nothing is applied twice");
    assert.deepEqual(inOrder(stack.policy()), inOrder(single.create));
    await stack.destroy("--stack", "full");
    assert.equal(stack.policy(), single.before, "what was there before comes from the journal");
  });
});
