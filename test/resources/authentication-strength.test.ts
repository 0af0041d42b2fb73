import assert from "node:assert/strict";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import { Program, strength } from "./program.ts";
import { KEY, KEY_B, KEY_C, UNKNOWN, World } from "./util.ts";

const KEYS = "Administrators' keys";
const RESOURCE = "PasskeyAuthenticationStrength admins";

describe("PasskeyAuthenticationStrength", () => {
  let world: World;
  const list = () => structuredClone(world.tenant.authenticationStrengths.list());
  const find = (name = KEYS) => list().find(({ displayName }) => displayName === name);
  const models = (name = KEYS) =>
    find(name)?.combinationConfigurations.flatMap(({ allowedAAGUIDs = [] }) => allowedAAGUIDs);
  const writes = () => world.requests().filter(({ method, kind }) => method !== "GET" && kind === "conditionalAccess");
  const admins = (more: Record<string, unknown> = {}) =>
    strength("admins", { displayName: KEYS, models: [KEY, KEY_B], ...more });

  beforeEach(async () => {
    const switches = { conditionalAccessRequestsPerSecond: 1000 };
    world = new World(await startEmulator({ seed: "contoso-profiles", switches }));
  });
  afterEach(() => world.close());

  it("creates a strength that passkeys of the models satisfy, and deletes it", async () => {
    const before = list();
    const program = new Program(world);
    assert.deepEqual(await program.preview([admins()]), [RESOURCE]);
    assert.match(program.lines.join("\n"), /is created[^]*\+ YubiKey 5 Series with NFC \(2fc0579f/);
    assert.deepEqual(list(), before);
    await program.up([admins()]);
    const { id, allowedCombinations, description } = find()!;
    assert.deepEqual([allowedCombinations, description], [["fido2"], ""]);
    assert.deepEqual(models(), [KEY, KEY_B]);
    assert.equal(program.saved.get(RESOURCE)!.id, id);
    assert.deepEqual(program.state(RESOURCE)["allowedAAGUIDs"], [KEY, KEY_B]);
    await program.destroy();
    assert.deepEqual(list(), before);
  });

  it("asks nothing while the declaration stays the same", async () => {
    const program = new Program(world);
    await program.up([admins()]);
    const seen = world.requests().length;
    assert.deepEqual(await program.preview([admins()]), []);
    assert.equal(world.requests().length, seen);
  });

  it("changes models, combinations and name in place", async () => {
    const program = new Program(world);
    await program.up([admins()]);
    const { id } = find()!;
    const next = { models: [KEY_B, KEY_C], allowedCombinations: ["fido2", "temporaryAccessPassOneTime"] };
    await program.up([admins({ ...next, displayName: "Keys", description: "Named keys" })]);
    const after = find("Keys")!;
    assert.equal(after.id, id);
    assert.equal(after.description, "Named keys");
    assert.deepEqual([...after.allowedCombinations].sort(), ["fido2", "temporaryAccessPassOneTime"]);
    assert.deepEqual(models("Keys")!.sort(), [KEY_B, KEY_C].sort());
    await program.destroy();
    assert.equal(find("Keys"), undefined);
  });

  it("is never wider in between than both before and after", async () => {
    const program = new Program(world);
    await program.up([admins()]);
    const seen = writes().length;
    await program.up([admins({ models: [KEY], allowedCombinations: ["fido2", "temporaryAccessPassOneTime"] })]);
    await program.up([admins({ models: [KEY, KEY_B] })]);
    const paths = writes()
      .slice(seen)
      .map(({ path }) => path.split("/").at(-1));
    // The models go before a combination comes, and come after one has gone.
    assert.match(paths[0]!, /^[0-9a-f-]{36}$/);
    assert.deepEqual([paths[1], paths[2]], ["updateAllowedCombinations", "updateAllowedCombinations"]);
    assert.match(paths[3]!, /^[0-9a-f-]{36}$/);
  });

  it("adopts one of the same name where it may, and gives back what it had", async () => {
    const allowedAaguids = [KEY_C];
    world.tenant.authenticationStrengths.add({ displayName: KEYS, allowedCombinations: ["fido2"], allowedAaguids });
    const before = find()!;
    const program = new Program(world);
    await assert.rejects(program.up([admins()]), /displayName: .*already\. Set adopt: true/);
    await program.up([admins({ adopt: true })]);
    assert.deepEqual(models()!.sort(), [KEY, KEY_B].sort());
    await program.destroy();
    const comparable = ({ modifiedDateTime: _time, ...rest }: typeof before) => rest;
    assert.deepEqual(comparable(find()!), comparable(before));
  });

  it("adopts one that is as it is declared already, without a write", async () => {
    const allowedAaguids = [KEY, KEY_B];
    world.tenant.authenticationStrengths.add({ displayName: KEYS, allowedCombinations: ["fido2"], allowedAaguids });
    const before = find()!;
    const program = new Program(world);
    await program.up([admins({ adopt: true })]);
    assert.equal(program.saved.get(RESOURCE)!.id, before.id);
    assert.equal(writes().length, 0);
    assert.deepEqual(await program.preview([admins({ adopt: true })]), []);
    await program.destroy();
    assert.deepEqual(find(), before);
  });

  it("shows drift and sets it back, and makes anew what is gone", async () => {
    const program = new Program(world);
    await program.up([admins()]);
    world.tenant.authenticationStrengths.update(KEYS, { allowedAaguids: [KEY], description: "mine" });
    await program.refresh();
    assert.deepEqual(program.state(RESOURCE)["models"], [KEY]);
    assert.deepEqual(await program.preview([admins()]), [RESOURCE]);
    await program.up([admins()]);
    assert.deepEqual(models()!.sort(), [KEY, KEY_B].sort());
    assert.equal(find()!.description, "mine");
    world.tenant.authenticationStrengths.remove(KEYS);
    await program.refresh();
    assert.ok(!program.saved.has(RESOURCE));
    await program.up([admins()]);
    assert.deepEqual(models()!.sort(), [KEY, KEY_B].sort());
  });

  it("stays where someone else changed it, with a line that says so", async () => {
    const program = new Program(world);
    await program.up([admins()]);
    world.tenant.authenticationStrengths.update(KEYS, { allowedAaguids: [KEY_C] });
    await program.destroy();
    assert.deepEqual(models(), [KEY_C]);
    assert.match(program.lines.join("\n"), /left alone: strength: someone else changed allowedAAGUIDs/);
  });

  it("is not deleted while a Conditional Access policy asks for it", async () => {
    const program = new Program(world);
    await program.up([admins()]);
    world.tenant.conditionalAccessPolicies.add({
      displayName: "Administrators",
      state: "enabledForReportingButNotEnforced",
      authenticationStrength: KEYS,
    });
    await assert.rejects(program.destroy(), /deleting an authentication strength/);
    world.tenant.conditionalAccessPolicies.remove("Administrators");
    await program.destroy();
    assert.equal(find(), undefined);
  });

  it("is not undone by the deletion of what it replaces", async () => {
    const program = new Program(world);
    await program.up([admins()]);
    const after = find();
    program.replaceAll = true;
    await program.apply([admins()]);
    assert.deepEqual(find(), after);
    await program.destroy();
    assert.equal(find(), undefined);
  });

  describe("goes on from a run", () => {
    it("that was stopped after it had created the strength", async () => {
      const before = list();
      world.emulator.faults.status({ method: "POST", kind: "conditionalAccess" }, 400, { after: 1 });
      const stopped = new Program(world);
      await assert.rejects(stopped.up([admins()]));
      // The engine never got the state of that run.
      const program = new Program(world);
      await program.up([admins()]);
      assert.deepEqual(models(), [KEY, KEY_B]);
      assert.equal(list().length, before.length + 1);
      await program.destroy();
      assert.deepEqual(list(), before);
    });

    it("that was stopped when all of it was written, and nobody knew", async () => {
      world.emulator.faults.status({ method: "POST", kind: "conditionalAccess" }, 400, { after: 1 });
      await assert.rejects(new Program(world).up([admins()]));
      world.tenant.authenticationStrengths.update(KEYS, { allowedAaguids: [KEY, KEY_B] });
      const program = new Program(world);
      await program.up([admins()]);
      assert.equal(program.saved.get(RESOURCE)!.id, find()!.id);
      await program.destroy();
      assert.equal(find(), undefined);
    });

    it("that failed half-way, with the state that it left", async () => {
      world.emulator.faults.status({ method: "POST", kind: "conditionalAccess" }, 400, { after: 1 });
      const program = new Program(world);
      await assert.rejects(program.up([admins()]), /the next pulumi up finishes it/);
      assert.equal(program.saved.get(RESOURCE)!.id, find()!.id);
      assert.equal(program.state(RESOURCE)["__provider"], "PasskeyAuthenticationStrength");
      await program.up([admins()]);
      assert.deepEqual(models(), [KEY, KEY_B]);
      await program.destroy();
      assert.equal(find(), undefined);
    });

    for (const [what, action] of [
      ["was lost", { kind: "cut", phase: "after" }],
      ["broke off", { kind: "cut", phase: "during" }],
      ["was a proxy's page", { kind: "status", status: 200, phase: "after", text: "<html>" }],
      ["was 502 all the same", { kind: "status", status: 502, phase: "after" }],
    ] as const) {
      it(`whose answer to the creation ${what}, without a second one`, async () => {
        world.emulator.faults.add({ match: { method: "POST", kind: "conditionalAccess" }, do: action });
        const program = new Program(world);
        await program.up([admins()]);
        assert.equal(list().filter(({ displayName }) => displayName === KEYS).length, 1);
        assert.deepEqual(models(), [KEY, KEY_B]);
        await program.destroy();
        assert.equal(find(), undefined);
      });
    }
  });

  describe("refuses before anything is written", () => {
    const refused = async (args: Record<string, unknown>, reason: RegExp) => {
      await assert.rejects(new Program(world).up([strength("wrong", args)]), reason);
      assert.equal(writes().length, 0);
    };
    it("a name of Microsoft's own strengths", () =>
      refused({ displayName: "Passwordless MFA", models: [KEY], adopt: true }, /already\. Choose another name/));
    it("no models", () => refused({ displayName: KEYS }, /neither models nor select/));
    it("an empty list", () => refused({ displayName: KEYS, models: [] }, /no passkey would satisfy it/));
    it("a model that there is not", () => refused({ displayName: KEYS, models: ["YubiKey 99"] }, /models\[0\]: /));
    it("a malformed AAGUID", () => refused({ displayName: KEYS, models: ["2fc0579f-8113"] }, /models\[0\]: /));
    it("other methods", () =>
      refused({ displayName: KEYS, models: [KEY], allowedCombinations: ["fido2", "password,sms"] }, /is no passkey/));
    it("a strength without passkeys", () =>
      refused(
        { displayName: KEYS, models: [KEY], allowedCombinations: ["temporaryAccessPassOneTime"] },
        /fido2 is not/,
      ));
    it("a missing name", () => refused({ models: [KEY] }, /displayName: it is missing/));
    it("a sixteenth strength", async () => {
      for (let index = 0; index < 15; index++) {
        world.tenant.authenticationStrengths.add({ displayName: `S${index}`, allowedCombinations: ["fido2"] });
      }
      await refused({ displayName: KEYS, models: [KEY] }, /15 custom authentication strengths, and may have 15/);
    });
    it("two resources of one name with other models", async () => {
      const [one, other] = [admins(), strength("other", { displayName: KEYS, models: [KEY_C] })];
      await assert.rejects(new Program(world).up([one, other]), /models: .*another value.*other.*admins/s);
      assert.equal(writes().length, 0);
    });
  });

  it("previews models that are not known yet", async () => {
    const program = new Program(world);
    assert.deepEqual(await program.preview([admins({ models: UNKNOWN })]), [RESOURCE]);
    await assert.rejects(program.apply([admins({ models: UNKNOWN })]), /still unknown/);
  });
});
