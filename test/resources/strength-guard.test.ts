import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import { openPseudonyms } from "../../provider/dist/impact/index.js";
import { FORMAT } from "../../provider/dist/impact/format.js";
import { policy, Program, strength } from "./program.ts";
import type { Declaration } from "./program.ts";
import { KEY, KEY_B, KEY_C, World } from "./util.ts";

const NAME = "Administrators' keys";
const PEOPLE = new Set(["registrations", "report", "user", "batch"]);

describe("the guard of a strength that Conditional Access asks for", () => {
  let world: World;
  const admins = (models: string[], more: Record<string, unknown> = {}) =>
    strength("admins", { displayName: NAME, models, adopt: true, breakGlass: { group: "Break-glass" }, ...more });
  const models = () =>
    world.tenant.authenticationStrengths
      .get(NAME)
      .combinationConfigurations.flatMap(({ allowedAAGUIDs = [] }) => allowedAAGUIDs);
  const peopleRead = () => world.requests().filter(({ kind }) => PEOPLE.has(kind)).length;

  beforeEach(async () => {
    const switches = { conditionalAccessRequestsPerSecond: 1000, reportRequestsPer10Seconds: 1000 };
    world = new World(await startEmulator({ seed: "people", switches }));
  });
  afterEach(() => world.close());

  it("refuses to narrow it where somebody's last key that satisfies it goes", async () => {
    const program = new Program(world);
    await program.up([admins([KEY, KEY_B])]);
    const before = models();
    await assert.rejects(
      program.up([admins([KEY_B])]),
      /lockoutGuard: 1 person would be locked out[^]*Administrators sign in with a key of theirs/,
    );
    assert.deepEqual(models(), before);
    assert.match(program.lines.join("\n"), /asked for by "Administrators sign in with a key of theirs"/);
  });

  it("lets it go ahead once that plan is acknowledged, and no other one", async () => {
    const program = new Program(world);
    await program.up([admins([KEY, KEY_B])]);
    const refused = await program.up([admins([KEY_B])]).catch((error: Error) => error.message);
    const [, plan] = /plan: "([0-9a-f]{16})"/.exec(String(refused)) ?? [];
    assert.ok(plan, String(refused));
    const acknowledge = {
      plan,
      lockedOut: 1,
      unknown: 5,
      until: "2099-01-01",
      reason: "their new keys are on the way",
    };
    await assert.rejects(program.up([admins([KEY_C], { acknowledge })]), /would be locked out/);
    await program.up([admins([KEY_B], { acknowledge })]);
    assert.deepEqual(models(), [KEY_B]);
  });

  it("warns only, where it is told to", async () => {
    const program = new Program(world);
    await program.up([admins([KEY, KEY_B])]);
    await program.up([admins([KEY_B], { lockoutGuard: "warn" })]);
    assert.match(program.lines.join("\n"), /warning: lockoutGuard: 1 person would be locked out/);
    assert.deepEqual(models(), [KEY_B]);
  });

  it("says what comes to satisfy it, and reads nobody for that", async () => {
    const program = new Program(world);
    await program.up([admins([KEY, KEY_B])]);
    const seen = peopleRead();
    await program.up([admins([KEY, KEY_B, KEY_C])]);
    assert.match(program.lines.join("\n"), /warning: models: 1 further model will satisfy the strength/);
    assert.equal(peopleRead(), seen);
  });

  it("reads nobody where no enabled policy asks for it", async () => {
    const program = new Program(world);
    const other = (list: string[]) => strength("wards", { displayName: "Wards", models: list });
    await program.up([other([KEY, KEY_B])]);
    world.tenant.conditionalAccessPolicies.add({
      displayName: "Wards, being tried out",
      state: "enabledForReportingButNotEnforced",
      authenticationStrength: "Wards",
    });
    await program.up([other([KEY])]);
    assert.equal(peopleRead(), 0);
  });

  it("refuses where nobody can tell whether a policy asks for it", async () => {
    const program = new Program(world);
    await program.up([admins([KEY, KEY_B])]);
    world.emulator.faults.missingPermission({ method: "GET", path: "/identity/conditionalAccess/policies" });
    await assert.rejects(program.up([admins([KEY_B])]), /Conditional Access asks for this strength could not be read/);
  });

  it("refuses always what takes the key of an emergency account that a policy does not leave out", async () => {
    world.tenant.conditionalAccessPolicies.add({
      displayName: "Everyone with those keys",
      conditions: { users: { includeUsers: ["All"] } },
      authenticationStrength: NAME,
    });
    const program = new Program(world);
    await program.up([admins([KEY, KEY_B])]);
    await assert.rejects(
      program.up([admins([KEY_B], { lockoutGuard: "warn" })]),
      /breakGlass: .*no passkey that works/,
    );
  });

  it("looks after emergency accounts even where it is off", async () => {
    world.tenant.conditionalAccessPolicies.add({
      displayName: "Everyone with those keys",
      conditions: { users: { includeUsers: ["All"] } },
      authenticationStrength: NAME,
    });
    const program = new Program(world);
    await program.up([admins([KEY, KEY_B])]);
    await assert.rejects(program.up([admins([KEY_B], { lockoutGuard: "off" })]), /breakGlass: .*no passkey that works/);
  });

  it("has administrators' strengths opened to another method only once that is acknowledged", async () => {
    const program = new Program(world);
    const guard = { adminGroups: ["IT administrators"] };
    const wider = { ...guard, allowedCombinations: ["fido2", "temporaryAccessPassOneTime"] };
    await program.up([admins([KEY, KEY_B], guard)]);
    const refused = await program.up([admins([KEY, KEY_B], wider)]).catch((error: Error) => error.message);
    assert.match(
      String(refused),
      /allowedCombinations: temporaryAccessPassOneTime will satisfy .* of administrators, too/,
    );
    const [, plan] = /plan "([0-9a-f]{16})"/.exec(String(refused)) ?? [];
    const acknowledge = { plan, exposure: true, until: "2099-01-01", reason: "for one day" };
    await program.up([admins([KEY, KEY_B], { ...wider, acknowledge })]);
    assert.ok(
      world.tenant.authenticationStrengths.get(NAME).allowedCombinations.includes("temporaryAccessPassOneTime"),
    );
  });

  it("refuses an inventory that was read for other groups", async () => {
    const program = new Program(world);
    await program.up([admins([KEY, KEY_B])]);
    const path = join(world.cache, "nurses.jsonl");
    const scope = [world.group("Nurses")];
    const head = { format: FORMAT, version: 2, tenant: world.tenant.id, created: new Date().toISOString() };
    const source = { report: true, accounts: true };
    const lines = [
      { ...head, scope, groups: scope, source, salt: "other" },
      { end: true, people: 0, passkeys: 0, unread: 0 },
    ];
    writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    await assert.rejects(program.up([admins([KEY_B], { inventory: path })]), /inventory was not read for them/);
    assert.deepEqual(models().sort(), [KEY, KEY_B].sort());
  });

  it("does not miss an emergency account in the inventory that every policy leaves out by its id", async () => {
    const [account, other] = ["Emergency One", "Emergency Two"].map(
      (name) => world.tenant.users.list().find(({ displayName }) => displayName === name)!.id,
    ) as [string, string];
    const nurses = world.group("Nurses");
    const users = { includeGroups: ["Nurses"], excludeUsers: [account] };
    world.tenant.conditionalAccessPolicies.add({
      displayName: "Wards sign in with a key",
      conditions: { users },
      authenticationStrength: NAME,
    });
    world.tenant.conditionalAccessPolicies.remove("Administrators sign in with a key of theirs");
    const path = join(world.cache, "nurses.jsonl");
    const { fingerprint: salt } = openPseudonyms(world.tenant.id, world.cache, {});
    const head = { format: FORMAT, version: 2, tenant: world.tenant.id, created: new Date().toISOString() };
    const lines = [
      { ...head, scope: [nurses], groups: [nurses], source: { report: true, accounts: true }, salt },
      { end: true, people: 0, passkeys: 0, unread: 0 },
    ];
    writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    const guard = (...accounts: string[]) => ({ inventory: path, breakGlass: { users: accounts } });
    const program = new Program(world);
    await program.up([admins([KEY, KEY_B])]);
    await assert.rejects(program.up([admins([KEY_B], guard(account, other))]), /breakGlass: .*may have no passkey/);
    await program.up([admins([KEY_B], guard(account))]);
    assert.deepEqual(models(), [KEY_B]);
  });

  describe("in a process that lives on after it read Conditional Access", () => {
    const asking = () =>
      world.requests().filter(({ path }) => path.includes("/identity/conditionalAccess/policies")).length;
    const policy = "Administrators sign in with a key of theirs";
    const set = (state: "enabled" | "disabled") => world.tenant.conditionalAccessPolicies.update(policy, { state });
    const clock = Date.now;
    const later = (ms: number) => void (Date.now = () => clock() + ms);
    afterEach(() => void (Date.now = clock));

    /** What an engine asks of one process: check and diff, then the update. */
    async function planned(more: Record<string, unknown>, models = [KEY_B]) {
      const program = new Program(world);
      await program.up([admins([KEY, KEY_B])]);
      const handler = program.process().PasskeyAuthenticationStrength;
      const { id, inputs: before, state } = program.saved.get("PasskeyAuthenticationStrength admins")!;
      const args = admins(models, more).args as Record<string, unknown>;
      const { owner, __provider } = before;
      const { inputs, failures = [] } = await handler.check(before, { ...args, owner, __provider });
      assert.deepEqual(failures, []);
      assert.equal((await handler.diff(id, state, inputs!)).changes, true);
      return { update: () => handler.update(id, state, inputs!), destroy: () => handler.delete(id, state) };
    }

    it("judges a narrower one by it as it is at the update", async () => {
      set("disabled");
      const { update } = await planned({});
      set("enabled");
      later(3000);
      await assert.rejects(update(), /1 person would be locked out/);
      assert.deepEqual(models().sort(), [KEY, KEY_B].sort());
    });

    it("judges a wider one by it as it is at the update", async () => {
      set("disabled");
      const wider = {
        adminGroups: ["IT administrators"],
        allowedCombinations: ["fido2", "temporaryAccessPassOneTime"],
      };
      const { update } = await planned(wider, [KEY, KEY_B]);
      set("enabled");
      later(3000);
      await assert.rejects(update(), /temporaryAccessPassOneTime will satisfy .* of administrators, too/);
    });

    it("judges what is given back by it as it is at the destroy", async () => {
      set("disabled");
      world.tenant.authenticationStrengths.update(NAME, { allowedAaguids: [KEY_B] });
      const { destroy } = await planned({});
      set("enabled");
      later(3000);
      await assert.rejects(destroy(), /1 person would be locked out/);
    });

    it("asks no more often where it changes nothing of what satisfies it", async () => {
      const { update } = await planned({ description: "Keys of administrators" }, [KEY, KEY_B]);
      const seen = asking();
      later(3000);
      await update();
      assert.equal(asking(), seen);
    });
  });

  describe("narrowed together with the passkey policy", () => {
    /** Administrators have a key of each of two models; the strength gives up one of them, the policy the other. */
    function both(): { before: Declaration[]; strength: Declaration; policy: Declaration } {
      for (const [name, aaGuid] of [
        ["Tove Dahl", KEY_B],
        ["Emergency Two", KEY],
      ] as const) {
        const { id } = world.tenant.users.list().find(({ displayName }) => displayName === name)!;
        world.tenant.passkeys.add(id, { aaGuid });
      }
      const nested = { nestedMembership: "notCovered" };
      const { passkeyProfiles = [] } = world.tenant.policy();
      const { keyRestrictions } = passkeyProfiles.find(({ name }) => name === "Administrators")!;
      const all = keyRestrictions!.aaGuids;
      const keys = (models: string[]) =>
        policy("keys", {
          profiles: { admins: { name: "Administrators", adopt: true, keyRestrictions: { models } } },
          breakGlass: { group: "Break-glass" },
          ...nested,
        });
      const before = [keys(all), admins([KEY, KEY_B], nested)];
      return { before, strength: admins([KEY_B], nested), policy: keys(all.filter((model) => model !== KEY_B)) };
    }

    it("is judged apart from it, each against the tenant as it is", async () => {
      const program = new Program(world);
      const { before, strength, policy } = both();
      await program.up(before);
      const changes = ["PasskeyPolicy keys", "PasskeyAuthenticationStrength admins"];
      assert.deepEqual(await program.preview([policy, strength]), changes);
    });

    it("is judged by what the policy has become, where it depends on it", async () => {
      const program = new Program(world);
      const { before, strength, policy } = both();
      await program.up(before);
      await program.preview([policy], [strength]);
      await assert.rejects(program.apply([policy], [strength]), /2 people would be locked out/);
      assert.deepEqual(models().sort(), [KEY, KEY_B].sort());
    });
  });

  it("judges what is given back, too", async () => {
    const program = new Program(world);
    world.tenant.authenticationStrengths.update(NAME, { allowedAaguids: [KEY_B] });
    await program.up([admins([KEY, KEY_B])]);
    await assert.rejects(program.destroy(), /would be locked out[^]*ENTRA_PASSKEYS_ACKNOWLEDGE/);
    assert.deepEqual(models().sort(), [KEY, KEY_B].sort());
  });
});
