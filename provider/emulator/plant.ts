import { DirectoryError } from "./directory/directory.js";
import { defaultPolicy, migrateToProfiles } from "./fido2/document.js";
import { ALL_USERS, type ExcludeTarget, type Fido2Policy, type IncludeTarget } from "./fido2/types.js";
import { isGuid, sameId } from "./guid.js";
import { SchemaError } from "./schema.js";
import type { PolicySeed, TenantSeed } from "./seed.js";
import { parseSwitches, type Switches } from "./switches.js";
import { Tenant, type EmulatorState } from "./tenant.js";

/**
 * Makes a tenant of its seed.
 *
 * @param at place of the tenant in the seed, for errors
 * @throws SchemaError when a name in the seed does not lead to anything
 */
export function plantTenant(seed: TenantSeed, at: string, shared: Switches, emulator: EmulatorState): Tenant {
  const tenant = new Tenant({ ...seed, switches: parseSwitches(seed.switches ?? {}) }, shared, emulator);
  const { directory } = tenant;
  seed.groups?.forEach((group, index) => inPlace(`${at}.groups[${index}]`, () => directory.addGroup(group)));
  seed.users?.forEach((user, index) => inPlace(`${at}.users[${index}]`, () => tenant.addPerson(user)));
  for (const [name, members] of Object.entries(seed.memberships ?? {})) {
    const place = `${at}.memberships[${JSON.stringify(name)}]`;
    const group = inPlace(place, () => directory.findGroup(name));
    members.forEach((member, index) =>
      inPlace(`${place}[${index}]`, () => directory.addMember(group.id, directory.findObject(member).id)),
    );
  }
  for (const [id, edit] of Object.entries(seed.methods ?? {})) {
    inPlace(`${at}.methods.${id}`, () => tenant.methods.set(id, edit));
  }
  seed.authenticationStrengths?.forEach((strength, index) =>
    inPlace(`${at}.authenticationStrengths[${index}]`, () => tenant.strengths.add(strength)),
  );
  seed.conditionalAccess?.forEach((policy, index) =>
    inPlace(`${at}.conditionalAccess[${index}]`, () => tenant.conditionalAccess.add(policy)),
  );
  tenant.store(plantPolicy(tenant, seed, `${at}.policy`));
  return tenant;
}

function plantPolicy(tenant: Tenant, seed: TenantSeed, at: string): Fido2Policy {
  const { includeTargets, excludeTargets, passkeyProfiles, ...rest }: PolicySeed = seed.policy ?? {};
  const legacy: Fido2Policy = { ...defaultPolicy(), ...structuredClone(rest) };
  if (seed.mode === "legacy" && (passkeyProfiles?.length || rest.defaultPasskeyProfile)) {
    fail(`${at}.passkeyProfiles: a tenant in legacy mode has no profiles`);
  }
  const policy = seed.mode === "legacy" ? legacy : migrateToProfiles({ ...legacy, defaultPasskeyProfile: null });
  if (passkeyProfiles !== undefined && seed.mode === "profiles") {
    policy.passkeyProfiles = structuredClone(passkeyProfiles);
    policy.defaultPasskeyProfile = rest.defaultPasskeyProfile ?? policy.defaultPasskeyProfile;
  }
  const standard = policy.defaultPasskeyProfile;
  if (standard !== null && !policy.passkeyProfiles.some((profile) => sameId(profile.id, standard))) {
    fail(`${at}.passkeyProfiles: the default profile ${standard} is missing`);
  }
  if (includeTargets !== undefined) {
    policy.includeTargets = includeTargets.map((target, index): IncludeTarget => {
      const place = `${at}.includeTargets[${index}]`;
      const { id: name, targetType = "group", isRegistrationRequired = false, ...more } = structuredClone(target);
      const allowedPasskeyProfiles = target.allowedPasskeyProfiles ?? (standard === null ? [] : [standard]);
      const unknown = allowedPasskeyProfiles.findIndex(
        (id) => !policy.passkeyProfiles.some((profile) => sameId(profile.id, id)),
      );
      if (unknown >= 0) {
        fail(`${place}.allowedPasskeyProfiles[${unknown}]: there is no profile ${allowedPasskeyProfiles[unknown]}`);
      }
      const id = targetId(tenant, name, targetType, `${place}.id`);
      return { targetType, id, isRegistrationRequired, allowedPasskeyProfiles, ...more };
    });
  }
  if (excludeTargets !== undefined) {
    policy.excludeTargets = excludeTargets.map(({ id, targetType = "group" }, index): ExcludeTarget => {
      return { id: targetId(tenant, id, targetType, `${at}.excludeTargets[${index}].id`), targetType };
    });
  }
  return policy;
}

function targetId(tenant: Tenant, name: string, targetType: string, at: string): string {
  if (name === ALL_USERS) {
    return name;
  }
  if (targetType !== "user" && targetType !== "group") {
    return isGuid(name) ? name : fail(`${at}: "${name}" is no id`);
  }
  return inPlace(at, () => (targetType === "user" ? tenant.directory.findUser(name) : tenant.directory.findGroup(name)))
    .id;
}

function inPlace<T>(at: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    return error instanceof DirectoryError ? fail(`${at}: ${error.message}`) : raise(error);
  }
}

function fail(problem: string): never {
  throw new SchemaError("the seed", [problem]);
}

function raise(error: unknown): never {
  throw error;
}
