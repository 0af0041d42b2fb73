import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SchemaError, SeedError, seeds, startEmulator, SwitchError } from "../../provider/dist/emulator/index.js";
import type { SeedName } from "../../provider/dist/emulator/index.js";
import { graphClient, patchPolicy, readPolicy } from "./util.ts";

const tenant = { id: "aaaaaaaa-0000-4000-8000-000000000000", displayName: "A", mode: "legacy" };
const problems = async (seed: unknown): Promise<string> => {
  try {
    await (await startEmulator({ seed: seed as string })).close();
  } catch (error) {
    assert.ok(error instanceof SchemaError, String(error));
    return error.message;
  }
  return assert.fail("the seed was taken");
};

describe("seeds", () => {
  for (const name of Object.keys(seeds) as SeedName[]) {
    it(`${name} starts, is the same every time and takes its own policy back`, async () => {
      await using one = await startEmulator({ seed: name });
      await using two = await startEmulator({ seed: name });
      const ids = (emulator: typeof one) =>
        emulator
          .tenant()
          .groups.list()
          .map(({ id }) => id);
      assert.deepEqual(ids(one), ids(two));
      const client = graphClient(one);
      const before = await readPolicy(client);
      const { isAttestationEnforced: _, keyRestrictions: __, ...profiles } = before;
      await patchPolicy(client, one.tenant().mode === "legacy" ? before : profiles);
      assert.deepEqual(await readPolicy(client), before);
    });
  }

  it("of the school district have the demo's groups and people", async () => {
    await using emulator = await startEmulator({ seed: "school-district" });
    const { groups, users, members, mode } = emulator.tenant();
    assert.equal(mode, "legacy");
    assert.deepEqual(
      groups.list().map(({ displayName }) => displayName),
      ["Students", "Staff", "Teachers", "Break-glass"],
    );
    assert.equal(users.list().length, 29);
    assert.equal(members.users("Staff").length, 11);
  });

  it("may leave out everything but the tenant", async () => {
    await using emulator = await startEmulator({ seed: { tenants: [{ ...tenant, mode: "profiles" }] } });
    const policy = emulator.tenant().policy();
    assert.equal(policy.passkeyProfiles.length, 1);
    assert.equal(policy.isAttestationEnforced, true);
  });

  it("name groups in targets, and set switches", async () => {
    const seed = {
      switches: { profileLimit: 9 },
      tenants: [
        {
          ...tenant,
          mode: "legacy" as const,
          groups: [{ displayName: "G" }],
          users: [{ displayName: "U" }],
          policy: {
            includeTargets: [{ id: "G" }],
            excludeTargets: [{ id: "u@a.example", targetType: "user" }],
          },
          switches: { profileLimit: 8 },
        },
      ],
    };
    await using emulator = await startEmulator({ seed, switches: { emptyAllowList: "refused" } });
    const { includeTargets, excludeTargets } = emulator.tenant().policy();
    assert.equal(includeTargets[0]?.id, emulator.tenant().groups.get("G").id);
    assert.equal(excludeTargets[0]?.id, emulator.tenant().users.get("u@a.example").id);
    assert.deepEqual([emulator.switches.profileLimit, emulator.tenant().switches.profileLimit], [9, 8]);
    assert.equal(emulator.switches.emptyAllowList, "refused");
  });

  const wrong: [string, unknown, RegExp][] = [
    ["no tenants", { tenants: [] }, /tenants: expected an array of at least 1/],
    ["no object", [], /the document: expected an object, got an array of 0/],
    [
      "a misspelt member",
      { tenants: [{ ...tenant, grups: [] }] },
      /tenants\[0\]\.grups: unknown member; known are id,/,
    ],
    ["a bad id", { tenants: [{ ...tenant, id: "a" }] }, /tenants\[0\]\.id: expected a GUID, got "a"/],
    ["a bad mode", { tenants: [{ ...tenant, mode: "new" }] }, /tenants\[0\]\.mode: expected one of legacy, profiles/],
    ["a missing name", { tenants: [{ ...tenant, users: [{}] }] }, /tenants\[0\]\.users\[0\]\.displayName: missing/],
    ["the same tenant twice", { tenants: [tenant, tenant] }, /tenants\[1\]\.id: .* another tenant/],
    ["a bad switch", { tenants: [{ ...tenant, switches: { x: 1 } }] }, /tenants\[0\]\.switches\.x: unknown switch/],
    [
      "an unknown group",
      { tenants: [{ ...tenant, memberships: { G: [] } }] },
      /tenants\[0\]\.memberships\["G"\]: .* no group "G"/,
    ],
    [
      "an unknown member",
      { tenants: [{ ...tenant, groups: [{ displayName: "G" }], memberships: { G: ["u"] } }] },
      /tenants\[0\]\.memberships\["G"\]\[0\]: .* no group "u"/,
    ],
    [
      "an unknown target",
      { tenants: [{ ...tenant, policy: { includeTargets: [{ id: "G" }] } }] },
      /tenants\[0\]\.policy\.includeTargets\[0\]\.id: .* no group "G"/,
    ],
    [
      "profiles in legacy mode",
      { tenants: [{ ...tenant, policy: { defaultPasskeyProfile: "00000000-0000-0000-0000-000000000001" } }] },
      /legacy mode has no profiles/,
    ],
    [
      "no default profile",
      { tenants: [{ ...tenant, mode: "profiles", policy: { passkeyProfiles: [] } }] },
      /the default profile .* is missing/,
    ],
    [
      "a target with an unknown profile",
      {
        tenants: [
          {
            ...tenant,
            mode: "profiles",
            policy: { includeTargets: [{ id: "all_users", allowedPasskeyProfiles: [tenant.id] }] },
          },
        ],
      },
      /allowedPasskeyProfiles\[0\]: there is no profile/,
    ],
    [
      "a bad licence",
      { tenants: [{ ...tenant, licence: "p3" }] },
      /tenants\[0\]\.licence: expected one of free, p1, p2/,
    ],
    [
      "a passkey without a model",
      { tenants: [{ ...tenant, users: [{ displayName: "U", passkeys: [{ aaGuid: "yubikey" }] }] }] },
      /tenants\[0\]\.users\[0\]\.passkeys\[0\]\.aaGuid: expected a GUID, got "yubikey"/,
    ],
    [
      "an unknown word for a method",
      { tenants: [{ ...tenant, users: [{ displayName: "U", methods: ["passKeySynced"] }] }] },
      /tenants\[0\]\.users\[0\]\.methods\[0\]: expected one of alternateMobilePhone, /,
    ],
    [
      "an unknown method",
      { tenants: [{ ...tenant, methods: { Pager: { state: "enabled" } } }] },
      /tenants\[0\]\.methods\.Pager: there is no authentication method "Pager"; there are MicrosoftAuthenticator, /,
    ],
    [
      "a method's target that does not exist",
      { tenants: [{ ...tenant, methods: { Sms: { includeTargets: [{ id: "G" }] } } }] },
      /tenants\[0\]\.methods\.Sms: .* no group "G"/,
    ],
    [
      "a strength without combinations",
      { tenants: [{ ...tenant, authenticationStrengths: [{ displayName: "S", allowedCombinations: [] }] }] },
      /authenticationStrengths\[0\]\.allowedCombinations: expected an array of at least 1/,
    ],
    [
      "an unknown strength",
      { tenants: [{ ...tenant, conditionalAccess: [{ displayName: "P", authenticationStrength: "S" }] }] },
      /tenants\[0\]\.conditionalAccess\[0\]: there is no authentication strength "S"/,
    ],
    [
      "an unknown person in Conditional Access",
      {
        tenants: [
          { ...tenant, conditionalAccess: [{ displayName: "P", conditions: { users: { excludeUsers: ["u"] } } }] },
        ],
      },
      /tenants\[0\]\.conditionalAccess\[0\]: .* no user "u"/,
    ],
    [
      "the same user twice",
      { tenants: [{ ...tenant, users: [{ displayName: "U" }, { displayName: "U" }] }] },
      /tenants\[0\]\.users\[1\]: user u@a\.example exists already/,
    ],
  ];
  for (const [name, seed, message] of wrong) {
    it(`name the place of ${name}`, async () => assert.match(await problems(seed), message));
  }

  it("list every problem at once", async () => {
    const message = await problems({ tenants: [{ id: 1, displayName: "", mode: "x", cloud: "moon" }] });
    assert.equal(message.split("\n").length, 5);
  });

  it("are read from files, with errors that say which", async () => {
    const folder = await mkdtemp(join(tmpdir(), "seed-"));
    try {
      const path = join(folder, "seed.json");
      await writeFile(path, JSON.stringify({ $schema: "./seed.schema.json", tenants: [tenant] }));
      await using emulator = await startEmulator({ seed: path });
      assert.equal(emulator.tenant().displayName, "A");
      await writeFile(path, "{");
      await assert.rejects(startEmulator({ seed: path }), SeedError);
      await writeFile(path, "{}");
      await assert.rejects(startEmulator({ seed: path }), /seed\.json is not valid:\n {2}tenants: missing/);
      await assert.rejects(startEmulator({ seed: join(folder, "none.json") }), /none of contoso-legacy/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("startEmulator", () => {
  it("takes a port, and says so when it is taken", async () => {
    await using one = await startEmulator();
    await assert.rejects(startEmulator({ port: one.port }), { code: "EADDRINUSE" });
    assert.equal(one.url, `http://127.0.0.1:${one.port}`);
  });

  it("refuses bad switches", async () => {
    const switches = { bothDialects: "neither" } as unknown as Record<never, never>;
    await assert.rejects(startEmulator({ switches }), SwitchError);
  });

  it("closes twice, with connections open, and frees its port", async () => {
    const one = await startEmulator();
    const held = one.faults.hold({});
    const request = assert.rejects(fetch(one.url));
    await held.arrived;
    await one.close();
    await one.close();
    await request;
    await using two = await startEmulator({ port: one.port });
    assert.equal(two.port, one.port);
  });
});
