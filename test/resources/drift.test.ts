import assert from "node:assert/strict";
import type { Fido2Policy } from "../../provider/dist/emulator/index.js";
import { AUTHENTICATOR, DEFAULT_ID, inWorld, KEY, KEY_B, KEY_C, students, SYNCED_ID } from "./util.ts";
import type { World } from "./util.ts";

const args = {
  state: "enabled",
  isSelfServiceRegistrationAllowed: true,
  profiles: {
    students: { ...students, keyRestrictions: { ...students.keyRestrictions, microsoftAuthenticator: false } },
    default: { keyRestrictions: { isEnforced: true, enforcementType: "allow" } },
  },
  includeTargets: [{ group: "Sales", profiles: ["students"] }],
  excludeTargets: ["Break-glass"],
  removedIncludeTargets: ["Executives"],
  removedExcludeTargets: ["IT administrators"],
} as const;

type Inputs = Record<string, unknown>;
type Edit = (policy: Fido2Policy, world: World) => void;
const ours = (policy: Fido2Policy) => policy.passkeyProfiles[2]!;

/** What someone else does, and what of the declared inputs a refresh then shows otherwise. */
const cases: [string, Edit, (world: World) => Inputs][] = [
  ["state", (policy) => void (policy.state = "disabled"), () => ({ state: "disabled" })],
  [
    "self-service registration",
    (policy) => void (policy.isSelfServiceRegistrationAllowed = false),
    () => ({ isSelfServiceRegistrationAllowed: false }),
  ],
  [
    "a profile's name",
    (policy) => void (ours(policy).name = "Pupils"),
    () => ({ profiles: { ...args.profiles, students: { ...args.profiles.students, name: "Pupils" } } }),
  ],
  [
    "passkey types",
    (policy) =>
      void Object.assign(ours(policy), { passkeyTypes: "synced,deviceBound", attestationEnforcement: "disabled" }),
    () => ({
      profiles: {
        ...args.profiles,
        students: {
          ...args.profiles.students,
          passkeyTypes: ["deviceBound", "synced"],
          attestationEnforcement: "disabled",
        },
      },
    }),
  ],
  [
    "a list",
    (policy) => void (ours(policy).keyRestrictions!.aaGuids = [KEY_C.toUpperCase(), KEY, KEY]),
    () => ({
      profiles: {
        ...args.profiles,
        students: {
          ...args.profiles.students,
          keyRestrictions: { ...args.profiles.students.keyRestrictions, models: [KEY, KEY_C] },
        },
      },
    }),
  ],
  [
    "Microsoft Authenticator on a list that must not have it",
    (policy) => void ours(policy).keyRestrictions!.aaGuids.push(...AUTHENTICATOR),
    () => ({
      profiles: {
        ...args.profiles,
        students: {
          ...args.profiles.students,
          keyRestrictions: {
            ...args.profiles.students.keyRestrictions,
            models: [KEY, KEY_B, ...AUTHENTICATOR].sort(),
            microsoftAuthenticator: true,
          },
        },
      },
    }),
  ],
  [
    "enforcement",
    (policy) => void (ours(policy).keyRestrictions!.isEnforced = false),
    () => ({
      profiles: {
        ...args.profiles,
        students: {
          ...args.profiles.students,
          keyRestrictions: { ...args.profiles.students.keyRestrictions, isEnforced: false },
        },
      },
    }),
  ],
  [
    "the default profile's kind of list",
    (policy) => void (policy.passkeyProfiles[0]!.keyRestrictions!.enforcementType = "block"),
    () => ({
      profiles: {
        ...args.profiles,
        default: { keyRestrictions: { isEnforced: true, enforcementType: "block" } },
      },
    }),
  ],
  [
    "a target's profiles",
    (policy) => void (policy.includeTargets[1]!.allowedPasskeyProfiles = [SYNCED_ID, DEFAULT_ID]),
    () => ({ includeTargets: [{ group: "Sales", profiles: ["default", SYNCED_ID] }] }),
  ],
  ["a target that went", (policy) => void policy.includeTargets.splice(1, 1), () => ({ includeTargets: [] })],
  ["an exclude that went", (policy) => void (policy.excludeTargets = []), () => ({ excludeTargets: [] })],
  [
    "a removed target that came back",
    (policy, world) =>
      void policy.includeTargets.push({
        id: world.group("Executives"),
        targetType: "group",
        isRegistrationRequired: false,
        allowedPasskeyProfiles: [DEFAULT_ID],
      }),
    () => ({ removedIncludeTargets: [] }),
  ],
  [
    "a removed exclude that came back",
    (policy, world) => void policy.excludeTargets.push({ id: world.group("IT administrators"), targetType: "group" }),
    () => ({ removedExcludeTargets: [] }),
  ],
  [
    "a profile that went",
    (policy) => {
      policy.passkeyProfiles.splice(2, 1);
      policy.includeTargets.splice(1, 1);
    },
    () => ({ profiles: { default: args.profiles.default }, includeTargets: [] }),
  ],
];

const INTERNAL = ["owner", "tenantId", "resolved", "profileIds", "__provider"];
const declared = (inputs: Inputs) =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => !INTERNAL.includes(key)));

describe("drift", function () {
  this.timeout(20_000);

  for (const [title, edit, shown] of cases) {
    it(
      `shows ${title}, keeps what was there before, and is repaired`,
      inWorld({ seed: "contoso-profiles" }, async (world) => {
        const before = world.tenant.policy();
        const stack = world.stack();
        await stack.up(args);
        const bytes = world.bytes();
        const { managed } = stack.state!;
        world.tenant.setPolicy((policy) => edit(policy, world));
        const inputs = await stack.refresh();
        assert.deepEqual(declared({ ...inputs }), { ...args, ...shown(world) });
        assert.deepEqual(stack.state!.managed, managed);
        assert.equal(await stack.preview(args), true);
        await stack.up(args);
        if (title === "a list") {
          // What someone else put on the list in another order stays in that order.
          assert.deepEqual(world.tenant.policy().passkeyProfiles[2]!.keyRestrictions!.aaGuids, [KEY, KEY, KEY_B]);
        } else if (title === "a target's profiles" || !title.startsWith("a target")) {
          assert.equal(world.bytes(), bytes);
        }
        assert.equal(await stack.preview(args), false);
        await stack.destroy();
        assert.deepEqual(world.tenant.policy(), before);
      }),
    );
  }

  it(
    "is not what nobody declared",
    inWorld({ seed: "contoso-profiles" }, async (world) => {
      const stack = world.stack();
      const one = { profiles: { default: { attestationEnforcement: "disabled" } } };
      await stack.up(one);
      const { inputs } = stack;
      world.tenant.setPolicy((policy) => {
        policy.state = "disabled";
        policy.passkeyProfiles[0]!.keyRestrictions!.aaGuids = [];
        policy.passkeyProfiles[1]!.name = "other";
        policy.includeTargets = [];
      });
      assert.deepEqual(await stack.refresh(), inputs);
      assert.equal(await stack.preview(one), false);
    }),
  );

  it(
    "fails the refresh, and keeps the state, where the policy cannot be read",
    inWorld({ seed: "contoso-profiles" }, async (world) => {
      const stack = world.stack();
      await stack.up({ state: "enabled" });
      const { state } = stack;
      world.tenant.revokePermission("Policy.Read.AuthenticationMethod");
      world.tenant.revokePermission("Policy.ReadWrite.AuthenticationMethod");
      await assert.rejects(stack.refresh(), /Policy\.Read\.AuthenticationMethod/);
      world.tenant.grantPermission("Policy.ReadWrite.AuthenticationMethod");
      world.emulator.faults.add({ match: { kind: "policy" }, do: { kind: "policyMissing" } });
      await assert.rejects(stack.refresh(), /ARM_TENANT_ID, ARM_ENVIRONMENT/);
      world.emulator.faults.add({ match: { kind: "policy" }, do: { kind: "status", status: 200, body: {} } });
      await assert.rejects(stack.refresh(), /could not be understood/);
      assert.deepEqual(stack.state, state);
    }),
  );
});
