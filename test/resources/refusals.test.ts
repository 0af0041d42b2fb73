import assert from "node:assert/strict";
import type { EmulatorOptions } from "../../provider/dist/emulator/index.js";
import { fails, inWorld, KEY, students, UNKNOWN } from "./util.ts";
import type { StackOptions, World } from "./util.ts";

interface Case {
  title: string;
  args: (world: World) => Record<string, unknown>;
  /** Property, reason and way out. */
  says: RegExp[];
  legacy?: true;
  before?: (world: World) => void;
  options?: StackOptions;
  emulator?: EmulatorOptions;
}

const withModels = (...models: string[]) => ({
  profiles: { default: { keyRestrictions: { isEnforced: true, enforcementType: "allow", models } } },
});
const grouped = (group: string) => ({ includeTargets: [{ group }] });
const revoked =
  (...permissions: string[]) =>
  (world: World) =>
    permissions.forEach((permission) => world.tenant.revokePermission(permission));
const POLICY = ["Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod"];
const GROUPS = ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Group.ReadWrite.All"];
/** A pair of profiles of which the exclusive one is stricter. */
const exclusive = (group: string) => ({
  profiles: { students: { ...students, exclusive: true } },
  includeTargets: [{ group, profiles: ["students"] }],
});
const allUsersGone = { removedIncludeTargets: ["all_users"] };

const cases: Case[] = [
  {
    title: "a malformed AAGUID",
    args: () => withModels("2fc0579f-8113-47ea-b116-bb5a8db9202"),
    says: [/profiles\.default\.keyRestrictions\.models\[0\]/, /not an AAGUID/, new RegExp(`Did you mean "${KEY}"`)],
  },
  {
    title: "an unknown model, with near matches",
    args: () => withModels(KEY, "YubiKey 5 Serie with NFC"),
    says: [
      /profiles\.default\.keyRestrictions\.models\[1\]/,
      /YubiKey 5 Serie with NFC/,
      /Did you mean .*"YubiKey 5 Series with NFC/,
    ],
  },
  {
    title: "an enforced empty allow list",
    args: () => withModels(),
    says: [
      /profiles\.default\.keyRestrictions/,
      /no passkey works for anyone|allow list/,
      /List at least one model|isEnforced/,
    ],
  },
  {
    title: "attestation together with synced passkeys",
    args: () => ({ profiles: { students: { ...students, passkeyTypes: ["deviceBound", "synced"] } } }),
    says: [/profiles\.students\.attestationEnforcement/, /synced passkeys never attest/, /Take synced out/],
  },
  {
    title: "a profile in a tenant without profiles",
    legacy: true,
    args: () => ({ profiles: { students } }),
    says: [/profiles\.students/, /has not opted in to passkey profiles/, /Opt in .*profiles\.default/],
  },
  {
    title: "an unknown group",
    args: () => grouped("Salse"),
    says: [/includeTargets\[0\]\.group/, /no group called "Salse"/, /Check it/],
  },
  {
    title: "an unknown group id",
    args: () => ({ excludeTargets: ["aaaaaaaa-0000-4000-8000-00000000000a"] }),
    says: [/excludeTargets\[0\]/, /no group with the id/, /in this tenant/],
  },
  {
    title: "an ambiguous group name",
    before: (world) => void world.tenant.groups.add({ displayName: "Sales" }),
    args: () => grouped("Sales"),
    says: [
      /includeTargets\[0\]\.group/,
      /2 groups are called "Sales"/,
      /Use the id of one of them: [0-9a-f-]{36}, [0-9a-f-]{36}/,
    ],
  },
  {
    title: "a group that is not a security group",
    args: () => ({ excludeTargets: ["All Contoso"] }),
    says: [/excludeTargets\[0\]/, /not a security group/, /Use a security group/],
  },
  {
    title: "a policy that is too large",
    args: () => ({
      profiles: {
        default: {
          keyRestrictions: {
            models: Array.from({ length: 600 }, (_, n) => `${String(n).padStart(8, "0")}-0000-4000-8000-000000000001`),
          },
        },
      },
    }),
    says: [/keyRestrictions: the policy would be/, /over Microsoft's limit of 20480/, /List fewer models/],
  },
  {
    title: "an exclude of everyone",
    args: () => ({ excludeTargets: ["all_users"] }),
    says: [/excludeTargets\[0\]/, /all_users|everyone/, /state|removedIncludeTargets|group/],
  },
  {
    title: "an exclusive profile whose users everyone's profile covers, too",
    args: () => exclusive("Sales"),
    says: [/profiles\.students/, /all_users/, /everyone but|removedIncludeTargets|disjoint/],
  },
  {
    title: "an exclusive profile that shares a member with a weaker one",
    before: (world) => world.tenant.members.add("Executives", "adele.vance@contoso.example"),
    args: () => ({
      ...exclusive("Sales"),
      includeTargets: [
        { group: "Sales", profiles: ["students"] },
        { group: "Executives", profiles: ["default"] },
      ],
      ...allUsersGone,
    }),
    says: [/profiles\.students/, /Executives/, /disjoint|everyone but|group/],
  },
  {
    title: "a missing permission to read the policy",
    before: revoked(...POLICY),
    args: () => ({ state: "disabled" }),
    says: [
      /reading the Passkey \(FIDO2\) policy/,
      /403/,
      /Grant the application permission Policy\.Read\.AuthenticationMethod/,
    ],
  },
  {
    title: "a missing permission to look names up",
    before: revoked(...GROUPS),
    args: () => grouped("Sales"),
    says: [/group/, /403/, /Grant the application permission GroupMember\.Read\.All/],
  },
  {
    title: "a tenant without the policy",
    before: (world) =>
      void world.emulator.faults.add({ match: { kind: "policy" }, do: { kind: "policyMissing" }, times: "always" }),
    args: () => ({ state: "disabled" }),
    says: [/without a Passkey \(FIDO2\) policy/, /404/, /ARM_TENANT_ID, ARM_ENVIRONMENT/],
  },
  {
    title: "the cloud in China",
    options: { env: { ARM_ENVIRONMENT: "china" } },
    args: () => ({ state: "disabled" }),
    says: [/china/i, /Passkey|FIDO2/, /ARM_ENVIRONMENT|cloud/],
  },
  {
    title: "a misspelt property",
    args: () => ({ profiles: { default: { keyRestriction: { isEnforced: true } } } }),
    says: [/profiles\.default\.keyRestriction:/, /no such property/, /Check its name/],
  },
  {
    title: "a property of the resource that does not exist",
    args: () => ({ state: "enabled", exlcudeTargets: ["Sales"] }),
    says: [/exlcudeTargets:/, /no such property/, /Check its name/],
  },
  {
    title: "values of the wrong type",
    args: () => ({
      isSelfServiceRegistrationAllowed: "yes",
      state: "on",
      profiles: { default: { passkeyTypes: "synced" } },
    }),
    says: [
      /isSelfServiceRegistrationAllowed: "yes" is not true or false/,
      /state: "on" is not "enabled" or "disabled"/,
      /profiles\.default\.passkeyTypes: "synced" is not a list of texts/,
    ],
  },
  {
    title: "a new profile that is not whole",
    args: () => ({ profiles: { students: { name: "Students" } } }),
    says: [/profiles\.students/, /needs all of its parts/, /Declare them/],
  },
  {
    title: "the name of someone else's profile",
    args: () => ({ profiles: { students: { ...students, name: "Synced" } } }),
    says: [/profiles\.students\.name/, /called "Synced" already/, /adopt: true/],
  },
];

describe("what is refused", function () {
  this.timeout(20_000);

  for (const { title, legacy, before, args, says, options, emulator } of cases) {
    it(
      title,
      inWorld({ seed: legacy ? "contoso-legacy" : "contoso-profiles", ...emulator }, async (world) => {
        before?.(world);
        const bytes = world.bytes();
        const error = await fails(world.stack(options).preview(args(world)));
        for (const part of says) assert.match(error.message, part);
        assert.doesNotMatch(error.message, /undefined|\[object|NaN/);
        const update = await fails(world.stack(options).apply(args(world)));
        assert.equal(update.message.split("(request-id")[0], error.message.split("(request-id")[0]);
        assert.equal(world.patches.length, 0);
        assert.equal(world.bytes(), bytes);
      }),
    );
  }

  it(
    "another tenant than the stack's",
    inWorld({ seed: "contoso-profiles" }, async (world) => {
      const stack = world.stack();
      await stack.up({ state: "enabled" });
      stack.options.env = { ARM_TENANT_ID: "11111111-2222-4333-8444-555555555555" };
      const error = await fails(stack.preview({ state: "enabled" }));
      assert.match(
        error.message,
        /belongs to the tenant 3d6e2b7c.*but the settings name 1111.*one stack for each tenant/,
      );
    }),
  );

  it(
    "exclusive groups whose members cannot be read are a warning",
    inWorld({ seed: "contoso-profiles" }, async (world) => {
      const [sales, executives] = [world.group("Sales"), world.group("Executives")];
      revoked(...GROUPS)(world);
      const stack = world.stack();
      await stack.apply({
        profiles: { students: { ...students, exclusive: true } },
        includeTargets: [
          { group: sales, profiles: ["students"] },
          { group: executives, profiles: ["default"] },
        ],
        ...allUsersGone,
        lockoutGuard: "warn",
      });
      assert.match(stack.lines.join("\n"), /warning: .*profiles\.students.*could not be read|warning: .*unknown/);
      assert.match(stack.lines.join("\n"), /warning: includeTargets\[0\].*without GroupMember\.Read\.All/);
    }),
  );

  it(
    "values that are not known yet are never guessed",
    inWorld({ seed: "contoso-profiles" }, async (world) => {
      const stack = world.stack();
      const known = { state: "disabled", includeTargets: [{ group: "Sales" }] };
      const unknown = {
        ...known,
        profiles: {
          students: { ...students, keyRestrictions: { ...students.keyRestrictions, models: [KEY, UNKNOWN] } },
          default: { keyRestrictions: { models: UNKNOWN } },
        },
        includeTargets: [
          { group: UNKNOWN, profiles: ["students"] },
          { group: "Sales", profiles: UNKNOWN },
        ],
        excludeTargets: [UNKNOWN, "Break-glass"],
        removedExcludeTargets: UNKNOWN,
      };
      assert.equal(await stack.preview(unknown), true);
      assert.match(stack.lines.join("\n"), /not known/);
      assert.doesNotMatch(stack.lines.join("\n"), new RegExp(UNKNOWN));
      await stack.up(known);
      assert.equal(await stack.preview({ ...unknown, profiles: {} }), true);
      assert.equal(await stack.preview({ ...known, profiles: { students: { ...students, name: UNKNOWN } } }), true);
      assert.equal(await stack.preview({ ...known, excludeTargets: UNKNOWN }), true);
      assert.match(
        stack.lines.join("\n"),
        /profiles\.students\.name: the value is not known before the update, so the profile/,
      );
      assert.match(stack.lines.join("\n"), /excludeTargets: the value is not known before the update, so it is not in/);
      const other = world.stack({ name: "second" });
      await assert.rejects(
        other.preview({ ...unknown, includeTargets: [{ group: "Salse", profiles: UNKNOWN }] }),
        /Salse/,
      );
      await assert.rejects(other.apply({ excludeTargets: [UNKNOWN] }), /unknown at the update; nothing was written/);
      assert.equal(world.patches.length, 1);
    }),
  );
});
