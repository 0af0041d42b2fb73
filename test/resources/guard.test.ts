import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CheckFailed, fails, inWorld, KEY, KEY_B, KEY_C, students, SYNCED_ID, AUTHENTICATOR } from "./util.ts";
import { createGraph } from "../../provider/dist/graph/index.js";
import { openPseudonyms, People, writeInventoryFile } from "../../provider/dist/impact/index.js";
import type { World } from "./util.ts";

const seed = { seed: "contoso-profiles" };
const ADELE = "adele.vance@contoso.example";
const ALEX = "alex.wilber@contoso.example";
const EMERGENCY = "emergency1@contoso.example";
const ADMIN = "adm-isaiah@contoso.example";

/** The whole list of the default profile, which everyone has; the seed's other profile takes synced keys only. */
const listing = (...models: string[]) => ({ profiles: { default: { keyRestrictions: { models } } } });

const holds = (world: World, user: string, ...aaGuids: string[]) =>
  aaGuids.forEach((aaGuid) => world.tenant.passkeys.add(user, { aaGuid, attestationLevel: "attested" }));

/** Adele has the key that goes; she and nobody else. */
function holder(world: World, ...methods: string[]): void {
  holds(world, ADELE, KEY);
  world.tenant.users.update(ADELE, { methods });
  world.tenant.setMethod("Sms", { state: "enabled" });
}

const idOf = (world: World, user: string) => world.tenant.users.get(user).id;

/** The acknowledgement that a refusal proposes, as a program would have it. */
function proposal(message: string, variable = false): Record<string, unknown> {
  const [, text = ""] =
    (variable ? /ENTRA_PASSKEYS_ACKNOWLEDGE='(\{.*?\})'/ : /acknowledge: (\{.*?\})/).exec(message) ?? [];
  const json = variable ? text : text.replace(/(\w+): /g, '"$1": ');
  return { ...(JSON.parse(json) as object), reason: "two keys are replaced by hand" };
}

describe("the lock-out guard", function () {
  this.timeout(20_000);

  for (const [outcome, methods, words] of [
    ["lockedOut", [], /1 person would be locked out: no method to sign in with is left/],
    ["lockedOut", ["email", "temporaryAccessPass"], /1 person would be locked out/],
    ["stranded", ["mobilePhone"], /1 person would be stranded: no phishing-resistant method is left/],
  ] as const) {
    it(
      `refuses at preview and at up, and takes an acknowledgement of the plan: ${outcome}, ${methods.join() || "no other method"}`,
      inWorld(seed, async (world) => {
        holder(world, ...methods);
        const stack = world.stack();
        const args = listing(KEY_B);
        const error = await fails(stack.preview(args));
        assert.ok(error instanceof CheckFailed);
        assert.match(error.message, words);
        assert.match(
          error.message,
          /1: YubiKey 5 Series with NFC is not accepted by profile default, "synced" \(e47a833c-[0-9a-f-]+\)\)/,
        );
        assert.match(error.message, /let them register another key first, or acknowledge this plan/);
        await fails(stack.apply(args));
        assert.equal(world.patches.length, 0);
        const acknowledge = proposal(error.message);
        assert.equal(acknowledge[outcome], 1);
        await stack.up({ ...args, acknowledge });
        assert.equal(world.patches.length, 1);
        assert.equal(await stack.preview({ ...args, acknowledge }), false);
      }),
    );
  }

  it(
    "takes no acknowledgement that is for another plan, has ended, or is for fewer people",
    inWorld(seed, async (world) => {
      holder(world);
      holds(world, ALEX, KEY);
      const stack = world.stack();
      const args = listing(KEY_B);
      const proposed = proposal((await fails(stack.preview(args))).message);
      assert.equal(proposed["lockedOut"], 2);
      for (const [change, why] of [
        [{ plan: "0123456789abcdef" }, /the acknowledgement is for the plan 0123456789abcdef/],
        [{ until: "2020-01-31" }, /the acknowledgement ended on 2020-01-31/],
        [{ lockedOut: 1 }, /2 people would be locked out.*of whom 1 were acknowledged/],
        [{ until: "soon" }, /acknowledge\.until: "soon" is neither a day/],
        [{ reason: " " }, /acknowledge\.reason: it is empty/],
        [{ plan: "the plan" }, /acknowledge\.plan: "the plan" is not the digest of a plan/],
      ] as const) {
        const error = await fails(stack.preview({ ...args, acknowledge: { ...proposed, ...change } }));
        assert.match(error.message, why);
      }
      // Someone else changes the list: the plan is another one, and so is its digest.
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles[0]!.keyRestrictions!.aaGuids.push(KEY_C);
      });
      assert.match((await fails(stack.apply({ ...args, acknowledge: proposed }))).message, /is for the plan/);
      assert.equal(world.patches.length, 0);
    }),
  );

  it(
    "counts at up who registered a key since the preview",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.preview(listing(KEY_B));
      holder(world);
      await fails(stack.apply(listing(KEY_B)));
      assert.equal(world.patches.length, 0);
    }),
  );

  it(
    "judges an update with what it gives back, at preview and at up",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up({ ...listing(KEY, KEY_B, KEY_C), isSelfServiceRegistrationAllowed: false });
      holds(world, ADELE, KEY_C);
      const shown = await fails(stack.preview({ isSelfServiceRegistrationAllowed: false }));
      assert.match(shown.message, /1 person would be locked out/);
      await fails(stack.apply({ isSelfServiceRegistrationAllowed: false }));
      assert.equal(world.patches.length, 1);
    }),
  );

  it(
    "refuses a change that is harmless part by part",
    inWorld(seed, async (world) => {
      holds(world, ADELE, KEY, KEY_B);
      const parts = { models: [KEY_B, ...AUTHENTICATOR], other: [KEY, ...AUTHENTICATOR] };
      world.tenant.setPolicy((policy) => {
        policy.passkeyProfiles[0]!.keyRestrictions!.aaGuids = [KEY, KEY_B, ...AUTHENTICATOR];
      });
      for (const models of Object.values(parts)) await world.stack().preview(listing(...models));
      const both = await fails(world.stack().preview(listing(...AUTHENTICATOR)));
      assert.match(both.message, /1 person would be locked out/);
    }),
  );

  it(
    "reads nobody for a change that takes nothing, and of a group only its members",
    inWorld(seed, async (world) => {
      world.emulator.audit.clear();
      const all = [...world.tenant.policy().passkeyProfiles[0]!.keyRestrictions!.aaGuids];
      await world.stack().preview(listing(...all, KEY_C));
      assert.deepEqual(
        world.requests().map(({ kind }) => kind),
        ["policy"],
      );
      const sales = world.group("Sales");
      world.tenant.setPolicy((policy) => {
        policy.includeTargets = [{ ...policy.includeTargets[0]!, id: sales }];
      });
      holds(world, ADELE, KEY_B);
      world.emulator.audit.clear();
      await world
        .stack()
        .preview({ removedIncludeTargets: ["Sales"] })
        .catch(() => {});
      const read = world.requests("registrations").map(({ path }) => /users\/([^/]+)\//.exec(path)?.[1]);
      assert.deepEqual(read.sort(), [idOf(world, ADELE), idOf(world, ALEX)].sort());
    }),
  );

  for (const [title, deny, says] of [
    [
      "the permission for the report",
      (world: World) => world.tenant.revokePermission("AuditLog.Read.All"),
      /AuditLog\.Read\.All is missing/,
    ],
    ["the licence", (world: World) => void (world.tenant.licence = "free"), /lacks the licence Entra ID P1/],
    [
      "the permission for passkeys",
      (world: World) =>
        ["UserAuthMethod-Passkey.Read.All", "UserAuthenticationMethod.Read.All"].forEach((one) =>
          world.tenant.revokePermission(one),
        ),
      /the permission UserAuthMethod-Passkey\.Read\.All is missing/,
    ],
  ] as const) {
    it(
      `names what is missing, and takes a file instead: ${title}`,
      inWorld(seed, async (world) => {
        holder(world);
        deny(world);
        const args = listing(KEY_B);
        const error = await fails(world.stack().preview(args));
        assert.match(
          error.message,
          /lockoutGuard: the change can take passkeys from everyone, and who has which could not be read/,
        );
        assert.match(error.message, says);
        const inventory = join(world.cache, "people.jsonl");
        const lines = [
          { tenant: world.tenant.id, created: new Date().toISOString() },
          { id: "1", user: "u1", groups: [], aaguid: KEY_B, passkeyType: "deviceBound" },
        ];
        writeFileSync(inventory, lines.map((line) => JSON.stringify(line)).join("\n"));
        const stack = world.stack();
        await stack.up({ ...args, inventory });
        assert.match(stack.lines.join("\n"), /people: inventory .*people\.jsonl, 0 minutes old/);
        assert.equal(world.patches.length, 1);
      }),
    );
  }

  it(
    "reads the members of the targeted groups where the report cannot be read, and says what that leaves open",
    inWorld(seed, async (world) => {
      const sales = world.group("Sales");
      world.tenant.setPolicy((policy) => {
        policy.includeTargets = [{ ...policy.includeTargets[0]!, id: sales }];
      });
      world.tenant.licence = "free";
      await world.stack().preview(listing(KEY_B));
      holds(world, ADELE, KEY);
      const error = await fails(world.stack().preview(listing(KEY_B)));
      assert.match(error.message, /1 person would be affected in a way that could not be told/);
      assert.match(error.message, /what else they can sign in with could not be read/);
    }),
  );

  it(
    "refuses a file that is too old, of another tenant, or that was read for others",
    inWorld(seed, async (world) => {
      const inventory = join(world.cache, "people.jsonl");
      const header = { tenant: world.tenant.id, created: new Date().toISOString() };
      const write = (change: object, ...more: object[]) =>
        writeFileSync(inventory, [{ ...header, ...change }, ...more].map((line) => JSON.stringify(line)).join("\n"));
      const refused = async () => (await fails(world.stack().preview({ ...listing(KEY_B), inventory }))).message;
      write({ created: "2020-01-01T00:00:00Z" });
      assert.match(await refused(), /inventory: .*at most 24 are allowed/);
      write({ tenant: "11111111-2222-4333-8444-555555555555" });
      assert.match(await refused(), /inventory: .*is of the tenant 1111/);
      const source = { report: true, accounts: true };
      const version2 = {
        format: "entra-passkeys-inventory",
        version: 2,
        scope: [world.group("Sales")],
        groups: [],
        source,
        salt: "00000000",
      };
      write(version2, { end: true, people: 0, passkeys: 0, unread: 0 });
      assert.match(
        await refused(),
        /inventory: the change can take keys from all_users, and the inventory was not read/,
      );
    }),
  );

  it(
    "only warns with warn, and says nothing with off",
    inWorld(seed, async (world) => {
      holder(world);
      const warned = world.stack();
      await warned.preview({ ...listing(KEY_B), lockoutGuard: "warn" });
      assert.match(warned.lines.join("\n"), /warning: lockoutGuard: 1 person would be locked out/);
      const off = world.stack();
      world.emulator.audit.clear();
      await off.up({ ...listing(KEY_B), lockoutGuard: "off" });
      assert.doesNotMatch(off.lines.join("\n"), /locked out/);
      assert.deepEqual(world.requests("registrations"), []);
      assert.equal(world.patches.length, 1);
    }),
  );

  it(
    "always keeps a key for break-glass accounts, whatever is acknowledged or switched off",
    inWorld(seed, async (world) => {
      holds(world, EMERGENCY, KEY);
      const user = idOf(world, EMERGENCY);
      for (const breakGlass of [{ users: [user] }, { group: "Break-glass" }]) {
        const args = { ...listing(KEY_B), breakGlass };
        const error = await fails(world.stack().preview(args));
        const account = "users" in breakGlass ? user : "p-[0-9a-f]{20}";
        assert.match(error.message, new RegExp(`breakGlass: the account ${account} would have no passkey that works`));
        const acknowledge = { ...proposal(error.message), lockedOut: 9 };
        assert.match((await fails(world.stack().preview({ ...args, acknowledge }))).message, /breakGlass/);
        for (const lockoutGuard of ["warn", "off"]) {
          assert.match((await fails(world.stack().preview({ ...args, lockoutGuard }))).message, /breakGlass/);
        }
      }
      const excluded = { excludeTargets: ["Break-glass"], breakGlass: { group: "Break-glass" } };
      assert.match((await fails(world.stack().preview(excluded))).message, /breakGlass/);
      const named = await fails(world.stack().preview({ ...listing(KEY_B), breakGlass: { users: [EMERGENCY] } }));
      assert.match(named.message, /breakGlass\.users\[0\]: it is not the object id of an account/);
      const nobody = await fails(world.stack().preview({ ...listing(KEY_B), breakGlass: { users: [] } }));
      assert.match(nobody.message, /breakGlass: it names neither a group nor an account/);
      assert.equal(world.patches.length, 0);
    }),
  );

  it(
    "refuses where break-glass accounts cannot be read, whatever the guard is set to",
    inWorld(seed, async (world) => {
      const declared = { ...listing(KEY_B), breakGlass: { group: "Break-glass" } };
      world.tenant.revokePermission("AuditLog.Read.All");
      const read = await fails(world.stack().preview({ ...declared, lockoutGuard: "warn" }));
      assert.match(
        read.message,
        /breakGlass: whether break-glass accounts keep a passkey that works could not be read/,
      );
      // Their passkeys alone need no report.
      await world.stack().preview({ ...declared, lockoutGuard: "off" });
      world.tenant.revokePermission("UserAuthMethod-Passkey.Read.All");
      world.tenant.revokePermission("UserAuthenticationMethod.Read.All");
      const off = await fails(world.stack().preview({ ...declared, lockoutGuard: "off" }));
      assert.match(off.message, /breakGlass: .*could not be read.*UserAuthMethod-Passkey\.Read\.All is missing/);
      // Without the declaration there is nobody to look after.
      await world.stack().preview({ ...listing(KEY_B), lockoutGuard: "off" });
    }),
  );

  it(
    "finds break-glass accounts in a file by object id, and takes those that it cannot find for unknown",
    inWorld(seed, async (world) => {
      const user = idOf(world, EMERGENCY);
      const inventory = join(world.cache, "people.jsonl");
      const put = (name: string, aaguid: string) => {
        const lines = [
          { tenant: world.tenant.id, created: new Date().toISOString() },
          { id: "1", user: name, groups: [], aaguid, passkeyType: "deviceBound" },
        ];
        writeFileSync(inventory, lines.map((line) => JSON.stringify(line)).join("\n"));
      };
      const preview = () => world.stack().preview({ ...listing(KEY, KEY_B), breakGlass: { users: [user] }, inventory });
      put(user, KEY_B);
      await preview();
      put("somebody", KEY_B);
      assert.match((await fails(preview())).message, /breakGlass: the account .* may have no passkey that works/);
    }),
  );

  it(
    "takes an inventory that the command wrote, with break-glass accounts by object id",
    inWorld(seed, async (world) => {
      world.tenant.setPolicy((policy) => void policy.passkeyProfiles[0]!.keyRestrictions!.aaGuids.push(KEY_B));
      holds(world, EMERGENCY, KEY_B);
      holds(world, ADELE, KEY);
      const host = world.stack().process();
      const inventory = join(world.cache, "people.jsonl");
      const pseudonyms = openPseudonyms(world.tenant.id, world.cache, {});
      const graph = createGraph(host.settings());
      await writeInventoryFile(graph, { people: "everyone", groups: [] }, { file: inventory, pseudonyms });
      const text = readFileSync(inventory, "utf8");
      for (const { id, userPrincipalName } of world.tenant.users.list()) {
        assert.ok(!text.includes(id) && !text.includes(userPrincipalName));
      }
      world.emulator.audit.clear();
      const breakGlass = { users: [idOf(world, EMERGENCY)] };
      const error = await fails(world.stack().preview({ ...listing(KEY_B), inventory, breakGlass }));
      assert.match(error.message, /1 person would be locked out/);
      assert.doesNotMatch(error.message, /breakGlass/);
      assert.deepEqual(world.requests("registrations"), [], "nobody is read again");
      const gone = await fails(world.stack().preview({ ...listing(KEY), inventory, breakGlass }));
      assert.match(gone.message, /breakGlass: the account .* would have no passkey that works/);
    }),
  );

  it(
    "counts whoever keeps a method that Conditional Access does not take as locked out",
    inWorld(seed, async (world) => {
      holder(world, "mobilePhone");
      world.tenant.conditionalAccessPolicies.add({
        displayName: "Strong sign-in for sales",
        conditions: { users: { includeGroups: [world.group("Sales")] } },
        authenticationStrength: "Phishing resistant MFA",
      });
      const error = await fails(world.stack().preview(listing(KEY_B)));
      assert.match(error.message, /1 person would be locked out/);
      assert.match(
        error.message,
        /nothing that is left satisfies the authentication strength "Phishing resistant MFA"/,
      );
      world.tenant.revokePermission("Policy.Read.All");
      const stack = world.stack();
      assert.match((await fails(stack.preview(listing(KEY_B)))).message, /1 person would be stranded/);
      assert.match(stack.lines.join("\n"), /Conditional Access is not looked at: /);
    }),
  );

  it(
    "warns where no break-glass accounts are declared",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.preview(listing(KEY_B));
      assert.match(stack.lines.join("\n"), /warning: breakGlass: no break-glass accounts are declared/);
    }),
  );

  it(
    "asks for a word before an exclusive group gains something, also on a destroy",
    inWorld(seed, async (world) => {
      const admins = {
        profiles: { admins: { ...students, name: "Admins", exclusive: true } },
        includeTargets: [{ group: "IT administrators", profiles: ["admins"] }],
        removedIncludeTargets: ["all_users"],
      };
      const stack = world.stack();
      await stack.up(admins);
      const wider = structuredClone(admins);
      wider.profiles.admins.keyRestrictions.models.push(...AUTHENTICATOR);
      const error = await fails(stack.preview(wider));
      assert.match(
        error.message,
        /includeTargets\[0\]: Microsoft Authenticator becomes acceptable to group .*whose profile is exclusive/,
      );
      await stack.up({ ...wider, acknowledge: proposal(error.message) });
      const refused = await fails(stack.destroy());
      assert.match(refused.message, /synced passkeys become acceptable/);
      const own = world.stack({ env: { ENTRA_PASSKEYS_ACKNOWLEDGE: JSON.stringify(proposal(refused.message, true)) } });
      own.state = stack.state;
      await own.destroy();
    }),
  );

  it(
    "tells administrators apart, and asks for a word before their sign-in is weakened",
    inWorld(seed, async (world) => {
      world.tenant.users.update(ADMIN, { isAdmin: true });
      const sales = world.group("IT administrators");
      world.tenant.setPolicy((policy) => {
        const [first] = policy.includeTargets;
        policy.includeTargets = [{ ...first!, id: sales, allowedPasskeyProfiles: [policy.defaultPasskeyProfile!] }];
      });
      const both = { includeTargets: [{ group: "IT administrators", profiles: ["default", SYNCED_ID] }] };
      await world.stack().preview(both);
      const declared = await fails(world.stack().preview({ ...both, adminGroups: ["IT administrators"] }));
      assert.match(declared.message, /become acceptable to group .*which is a group of administrators/);
    }),
  );

  it(
    "refuses a destroy that strands people, until the environment acknowledges it",
    inWorld(seed, async (world) => {
      const stack = world.stack();
      await stack.up(listing(KEY, KEY_B, KEY_C, ...AUTHENTICATOR));
      holds(world, ADELE, KEY_C);
      const error = await fails(stack.destroy());
      assert.match(error.message, /1 person would be locked out/);
      assert.equal(world.patches.length, 1);
      for (const [text, why] of [
        ["yes", /ENTRA_PASSKEYS_ACKNOWLEDGE is not JSON/],
        ["{}", /ENTRA_PASSKEYS_ACKNOWLEDGE lacks plan, until or reason/],
      ] as const) {
        const wrong = world.stack({ env: { ENTRA_PASSKEYS_ACKNOWLEDGE: text } });
        wrong.state = stack.state;
        assert.match((await fails(wrong.destroy())).message, why);
      }
      const acknowledged = JSON.stringify([proposal(error.message, true)]);
      const own = world.stack({ env: { ENTRA_PASSKEYS_ACKNOWLEDGE: acknowledged } });
      own.state = stack.state;
      await own.destroy();
      assert.equal(world.patches.length, 2);
    }),
  );

  it(
    "keeps an acknowledgement where the service wants another way to the same end",
    inWorld({ ...seed, switches: { listWhileNotEnforced: "refused" } }, async (world) => {
      world.tenant.setPolicy((policy) => {
        const [profile] = policy.passkeyProfiles;
        Object.assign(profile!, {
          attestationEnforcement: "disabled",
          keyRestrictions: { isEnforced: false, enforcementType: "allow", aaGuids: [KEY] },
        });
      });
      holds(world, ADELE, KEY_B);
      const args = {
        profiles: {
          default: { keyRestrictions: { isEnforced: false, enforcementType: "allow", models: [KEY, KEY_C] } },
        },
        excludeTargets: ["Sales"],
      };
      const error = await fails(world.stack().preview(args));
      const stack = world.stack();
      await stack.up({ ...args, acknowledge: proposal(error.message) });
      assert.match(stack.lines.join("\n"), /step 1 of 2: enforce an allow list/);
      assert.equal(world.tenant.policy().excludeTargets.length, 1);
    }),
  );

  it(
    "plans and judges again where the policy changed while people were read",
    inWorld(seed, async (world) => {
      holds(world, ADELE, KEY_B);
      const sales = world.group("Sales");
      const late = {
        tenant: (tenant: World["tenant"]) =>
          tenant.setPolicy((policy) => void policy.excludeTargets.push({ id: sales, targetType: "group" })),
      };
      let clock = Date.now();
      const stack = world.stack({
        host: (host) => ({
          ...host,
          // Each call takes three seconds, and people are read anew each time.
          session: () =>
            Object.assign(host.session(), { clock: { now: () => (clock += 3000), sleep: () => Promise.resolve() } }),
          people: () =>
            new People(createGraph(host.settings()), { cacheFolder: world.cache, env: host.env, log: host.log }),
        }),
      });
      const edit = {
        match: { kind: "report" as const },
        do: { kind: "otherWriter" as const, phase: "after" as const, edit: late },
      };
      world.emulator.faults.add({ ...edit, after: 1 });
      await stack.apply(listing(KEY_B));
      assert.match(stack.lines.join("\n"), /the policy changed while people were assessed; planning again/);
      assert.equal(world.tenant.policy().excludeTargets.length, 1);
    }),
  );

  it(
    "has nobody's name in lines, errors, state or files",
    inWorld(seed, async (world) => {
      holder(world);
      holds(world, EMERGENCY, KEY_B);
      const stack = world.stack();
      const args = { ...listing(KEY_B), breakGlass: { group: "Break-glass" } };
      const error = await fails(stack.preview(args));
      await stack.up({ ...args, acknowledge: proposal(error.message) });
      const files = readdirSync(world.cache, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      const written = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
      const everything = [...stack.lines, error.message, JSON.stringify(stack.state), ...written]
        .join("\n")
        .toLowerCase();
      for (const { displayName, userPrincipalName, id } of world.tenant.users.list()) {
        for (const name of [displayName, userPrincipalName, id])
          assert.ok(!everything.includes(name.toLowerCase()), name);
      }
    }),
  );
});
