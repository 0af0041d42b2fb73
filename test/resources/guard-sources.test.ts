import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGraph } from "../../provider/dist/graph/index.js";
import { openPseudonyms, writeInventoryFile } from "../../provider/dist/impact/index.js";
import { passkeyPolicyHandler } from "../../provider/dist/resources/passkeyPolicy/handler.js";
import { ADELE, ALEX, EMERGENCY, holder, holds, idOf, listing, seed } from "./guard-people.ts";
import { fails, inWorld, KEY, KEY_B, KEY_C } from "./util.ts";
import type { World } from "./util.ts";

describe("where the lock-out guard has people from", function () {
  this.timeout(20_000);

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

  describe("in a process that lives on after it read Conditional Access", () => {
    const clock = Date.now;
    afterEach(() => void (Date.now = clock));

    it(
      "judges by it as it is right before the write",
      inWorld(seed, async (world) => {
        holds(world, ADELE, KEY, KEY_B);
        const stack = world.stack();
        const handler = passkeyPolicyHandler(stack.process());
        const inputs = await stack.check(handler, listing(KEY_B));
        const { tenant } = world;
        tenant.authenticationStrengths.add({
          displayName: "The old keys",
          allowedCombinations: ["fido2"],
          allowedAaguids: [KEY],
        });
        tenant.conditionalAccessPolicies.add({
          displayName: "Sign-in with an old key",
          conditions: { users: { includeUsers: ["All"] } },
          authenticationStrength: "The old keys",
        });
        Date.now = () => clock() + 3000;
        const error = await fails(handler.create(inputs));
        assert.match(error.message, /1 person would be locked out: .*"The old keys"/);
        assert.equal(world.patches.length, 0);
      }),
    );
  });
});
