import type { GroupLookup, TenantSession } from "../../apply/index.js";
import { catalogueEdition, resolveModel, selectModels } from "../../catalogue/index.js";
import { ALL_USERS, DEFAULT_PROFILE, isGuid, normalizePolicy, profileGuid } from "../../policy/index.js";
import type { Fido2Policy, Problem } from "../../policy/index.js";
import type { KeyRestrictionsInputs, PasskeyPolicyInputs, Resolved } from "./inputs.js";
import { hasUnknown, ifKnown, UNKNOWN_VALUE } from "./unknown.js";

export interface Lookup {
  readonly resolved: Resolved;
  readonly refusals: Problem[];
  readonly warnings: Problem[];
}

/** What comes of looking groups up. */
export interface GroupFindings {
  readonly resolved: { readonly groups: Record<string, string> };
  readonly refusals: Problem[];
  readonly warnings: Problem[];
}

/** What was looked up before for the same resource; ids stay as they are. */
export type Earlier = Partial<Resolved> | undefined;

/** Models and profile ids: what can be looked up without asking Graph for anything but the policy. */
export function lookUp(
  inputs: PasskeyPolicyInputs,
  owner: string,
  tenantId: string,
  policy: Fido2Policy,
  earlier: Earlier,
): Lookup {
  const { number: catalogue, additions } = catalogueEdition();
  const lookup: Lookup = {
    resolved: { catalogue, additions, profileIds: {}, groups: {}, aaGuids: {} },
    refusals: [],
    warnings: [],
  };
  for (const [key, profile] of Object.entries(inputs.profiles ?? {})) {
    lookUpProfile(lookup, key, profile, { owner, tenantId, policy, earlier });
    if (profile.keyRestrictions !== undefined) lookUpModels(lookup, key, profile.keyRestrictions);
  }
  return lookup;
}

interface ProfileContext {
  readonly owner: string;
  readonly tenantId: string;
  readonly policy: Fido2Policy;
  readonly earlier: Earlier;
}

function lookUpProfile(
  lookup: Lookup,
  key: string,
  profile: NonNullable<PasskeyPolicyInputs["profiles"]>[string],
  { owner, tenantId, policy, earlier }: ProfileContext,
): void {
  const { profileIds } = lookup.resolved;
  const explicit = ifKnown(profile.id);
  if (key === DEFAULT_PROFILE) return void (profileIds[key] = DEFAULT_PROFILE);
  if (explicit !== undefined) return void (profileIds[key] = explicit.toLowerCase());
  const before = earlier?.profileIds?.[key];
  if (before === undefined && profile.id !== undefined) return void (profileIds[key] = UNKNOWN_VALUE);
  const own = before ?? profileGuid(tenantId, owner, key);
  profileIds[key] = own;
  const name = ifKnown(profile.name);
  const { profiles } = normalizePolicy(policy);
  if (name === undefined || before !== undefined || profiles.some(({ id }) => id === own)) return;
  const sameName = profiles.filter((other) => other.name?.toLowerCase() === name.toLowerCase());
  if (sameName.length === 1 && profile.adopt === true && sameName[0]!.id !== DEFAULT_PROFILE) {
    profileIds[key] = sameName[0]!.id;
  } else if (sameName.length > 0) {
    lookup.refusals.push({
      code: "nameInUse",
      place: `profiles.${key}.name`,
      reason: `the tenant has ${sameName.length} passkey profile(s) called ${JSON.stringify(name)} already`,
      wayOut:
        sameName.length > 1 || sameName[0]!.id === DEFAULT_PROFILE
          ? "Choose another name"
          : "Set adopt: true to take it over, or choose another name",
    });
  }
}

function lookUpModels(lookup: Lookup, key: string, restrictions: KeyRestrictionsInputs): void {
  const aaguids = findModels(restrictions, `profiles.${key}.keyRestrictions.`, lookup.refusals);
  if (aaguids !== undefined) lookup.resolved.aaGuids[key] = aaguids;
}

/**
 * The AAGUIDs that `models` and `select` stand for, sorted; undefined where neither is declared, or not known yet.
 *
 * @param place what stands before the properties' names in messages.
 */
export function findModels(
  { models, select }: Pick<KeyRestrictionsInputs, "models" | "select">,
  place: string,
  refusals: Problem[],
): string[] | undefined {
  if (hasUnknown(models) || hasUnknown(select) || (models === undefined && select === undefined)) return undefined;
  const aaguids = new Set<string>();
  for (const [index, model] of (models ?? []).entries()) {
    const resolution = resolveModel(model);
    if (resolution.aaguids !== undefined) {
      for (const aaguid of resolution.aaguids) aaguids.add(aaguid);
      continue;
    }
    const near = resolution.suggestions.slice(0, 3).map((name) => JSON.stringify(name));
    const malformed = resolution.error.includes("not an AAGUID");
    refusals.push({
      code: malformed ? "malformedAaguid" : "unknownModel",
      place: `${place}models[${index}]`,
      reason: resolution.error,
      wayOut: near.length > 0 ? `Did you mean ${near.join(", ")}` : "Use a name of the FIDO metadata, or the AAGUID",
    });
  }
  if (select !== undefined) {
    try {
      const selected = selectModels(select);
      for (const model of selected) aaguids.add(model.aaguid);
      if (selected.length === 0) throw new Error("The selector matches no model.");
    } catch (error) {
      const reason = (error as Error).message.replace(/\.$/, "");
      refusals.push({ code: "unknownModel", place: `${place}select`, reason, wayOut: "Change the selector" });
    }
  }
  return [...aaguids].sort();
}

/** A group that a program names. */
export interface GroupPlace {
  readonly place: string;
  readonly group: string;
  /** It is to be taken out, and need not exist. */
  readonly removed: boolean;
  /** It is written to the policy, which takes security groups only. */
  readonly target: boolean;
}

/** The groups that a program names, with their places. */
function groupPlaces(inputs: PasskeyPolicyInputs): GroupPlace[] {
  const lists = [
    ["includeTargets", inputs.includeTargets?.map(({ group }) => group), false],
    ["excludeTargets", inputs.excludeTargets, false],
    ["removedIncludeTargets", inputs.removedIncludeTargets, true],
    ["removedExcludeTargets", inputs.removedExcludeTargets, true],
    ["adminGroups", inputs.adminGroups, false],
    ["breakGlass", inputs.breakGlass?.group === undefined ? undefined : [inputs.breakGlass.group], false],
  ] as const;
  return lists.flatMap(([list, groups, removed]) =>
    (Array.isArray(groups) ? (groups as string[]) : [])
      .map((group, index) => ({
        place:
          list === "breakGlass" ? "breakGlass.group" : `${list}[${index}]${list === "includeTargets" ? ".group" : ""}`,
        group,
        removed,
        target: list !== "adminGroups" && list !== "breakGlass",
      }))
      .filter(({ group }) => group !== ALL_USERS && group !== UNKNOWN_VALUE),
  );
}

/**
 * Groups by name or id, in as few requests as possible. An id that the policy names already is not asked for, and a name
 * that was looked up before keeps its id.
 */
export async function lookUpGroups(
  lookup: Lookup,
  inputs: PasskeyPolicyInputs,
  policy: Fido2Policy,
  session: TenantSession,
  earlier: Earlier,
): Promise<void> {
  const { includeTargets, excludeTargets } = normalizePolicy(policy);
  const there = new Set([...includeTargets, ...excludeTargets].map(({ id }) => id));
  await findNamedGroups(lookup, groupPlaces(inputs), there, session, earlier?.groups);
}

/**
 * Looks groups up and checks them.
 *
 * @param there object ids that need no check, because the tenant's document names them already.
 * @param earlier ids by the names that were looked up before.
 */
export async function findNamedGroups(
  lookup: GroupFindings,
  places: readonly GroupPlace[],
  there: ReadonlySet<string>,
  session: TenantSession,
  earlier: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  const asked = places.filter(({ group }) => {
    const before = earlier?.[group];
    if (before !== undefined) lookup.resolved.groups[group] = before;
    return before === undefined;
  });
  const ids = asked.filter(({ group, removed }) => isGuid(group) && !removed && !there.has(group.toLowerCase()));
  const names = asked.filter(({ group }) => !isGuid(group));
  for (const { group } of asked.filter(({ group }) => isGuid(group)))
    lookup.resolved.groups[group] = group.toLowerCase();
  let found: GroupLookup;
  try {
    const unique = (list: typeof asked) => [...new Set(list.map(({ group }) => group))];
    found = await session.groups(unique(ids), unique(names));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "PermissionError" || names.length > 0) throw error;
    for (const { place } of ids) lookup.warnings.push(unchecked(place));
    return;
  }
  for (const entry of ids)
    checkGroup(
      lookup,
      entry,
      [found.byId.get(entry.group.toLowerCase())].filter((g) => g != null),
    );
  for (const entry of names) checkGroup(lookup, entry, found.byName.get(entry.group.toLowerCase()) ?? []);
}

function checkGroup(
  lookup: GroupFindings,
  { place, group, target }: { place: string; group: string; target: boolean },
  records: readonly { readonly id: string; readonly securityEnabled: boolean }[],
): void {
  const shown = JSON.stringify(group);
  const refuse = (code: Problem["code"], reason: string, wayOut: string) =>
    void lookup.refusals.push({ code, place, reason, wayOut });
  const [only] = records;
  if (only === undefined) {
    const what = isGuid(group) ? "with the id" : "called";
    return refuse(
      "unknownGroup",
      `the tenant has no group ${what} ${shown}`,
      "Check it, and that it is in this tenant",
    );
  }
  if (records.length > 1) {
    const ids = records.map(({ id }) => id).join(", ");
    return refuse(
      "ambiguousGroup",
      `${records.length} groups are called ${shown}`,
      `Use the id of one of them: ${ids}`,
    );
  }
  if (target && !only.securityEnabled) {
    const reason = `the group ${shown} is not a security group, and the policy takes no other`;
    return refuse("notSecurityGroup", reason, "Use a security group");
  }
  lookup.resolved.groups[group] = only.id.toLowerCase();
}

function unchecked(place: string): Problem {
  return {
    code: "unknownGroup",
    place,
    reason: "whether the group exists and is a security group could not be checked without GroupMember.Read.All",
    wayOut: "Grant it, or check the group yourself",
  };
}
