import { GraphError, LicenceError, PermissionError } from "../graph/index.js";
import { assessImpact, isGuid, normalizePolicy, reachesNobody } from "../policy/index.js";
import type {
  BreakGlass,
  Fido2Policy,
  Impact,
  ImpactOptions,
  Inventory,
  LockoutGuard,
  NestedMembership,
  Problem,
  Reach,
  TenantMethods,
} from "../policy/index.js";
import type { InventoryScope } from "./directory.js";
import { InventoryError, ReportNeededError } from "./errors.js";
import type { Source } from "./format.js";
import type { People } from "./people.js";
import { renameUsers, type KnownMethods } from "./tenantMethods.js";

/** A change to assess, and how. Groups and accounts by object id in lower case. */
export interface AssessmentRequest extends Pick<ImpactOptions, "exclusive" | "adminGroups"> {
  readonly before: Fido2Policy;
  readonly after: Fido2Policy;
  readonly mode: LockoutGuard;
  /** An inventory file instead of reading Graph. `maxAge` in hours. */
  readonly inventory?: { readonly path: string; readonly maxAge: number } | undefined;
  /** Absent where none are declared. */
  readonly breakGlass?: { readonly users: readonly string[]; readonly groups: readonly string[] } | undefined;
  readonly countLocalCredentials?: boolean | undefined;
  readonly nestedMembership?: NestedMembership | undefined;
  /**
   * How old what was read of other methods and of Conditional Access may be, in milliseconds; without it, what is
   * remembered serves.
   */
  readonly maxAge?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a change does to people, or what is missing to tell. */
export interface Assessment {
  readonly impact: Impact;
  /** Why people could not be assessed; these are refused unless the guard only warns. */
  readonly missing: readonly Problem[];
  /** Where the people come from, in words; absent where none were needed. */
  readonly source?: string;
  /** What could not be read and is left out for that, a line each. */
  readonly notes?: readonly string[];
  /** The people that were assessed. */
  readonly inventory?: Inventory;
}

/** Other policies name so many groups at most that their members are read, too. */
const MOST_FURTHER_GROUPS = 40;

/**
 * Assesses a change against the people of a tenant. Without anyone who could lose a key nothing is read; else the
 * inventory file, or Graph, and of Graph only the people whom the change can touch.
 */
export async function assessChange(people: People, request: AssessmentRequest): Promise<Assessment> {
  const { before, after, exclusive, adminGroups, countLocalCredentials, nestedMembership, breakGlass } = request;
  const options = { exclusive, adminGroups, countLocalCredentials, nestedMembership };
  const declared = { users: breakGlass?.users ?? [], groups: breakGlass?.groups ?? [] };
  const alone = assessImpact(before, after, undefined, { ...options, breakGlass: declared });
  const nobody = reachesNobody(alone.reach);
  // Whom a widening concerns is worth knowing where it costs nothing; an old file must not stand in its way.
  const idle = nobody && (alone.exposure.length === 0 || request.inventory === undefined);
  if (idle || (request.mode === "off" && breakGlass === undefined)) return { impact: alone, missing: [] };
  try {
    const { source, breakGlass: accounts, ...found } = findPeople(people, request, alone.reach);
    const all = { ...options, ...(breakGlass !== undefined && { breakGlass: accounts }) };
    const inventory = await found.inventory;
    const impact = assessImpact(before, after, inventory, all);
    const notes = notesOn(inventory);
    if (!losesAnything(impact)) return { impact, missing: [], source, notes, inventory };
    // What else those people can sign in with, and what Conditional Access asks of them.
    const known = await people.methods(request.maxAge);
    const tenant = found.readable ? known : withoutUsers(known);
    const whole = found.readable ? await people.withGroups(inventory, furtherGroups(tenant)) : inventory;
    return {
      impact: assessImpact(before, after, whole, { ...all, tenant }),
      missing: [],
      source,
      notes: [...notes, ...notesOnMethods(known)],
      inventory: whole,
    };
  } catch (error) {
    if (nobody && (error instanceof InventoryError || error instanceof GraphError))
      return { impact: alone, missing: [] };
    return { impact: alone, missing: [whatIsMissing(error, alone.reach)] };
  }
}

/** What an inventory was made without. */
function notesOn({ source }: Inventory & { readonly source?: Source }): string[] {
  if (source === undefined) return [];
  return [
    ...(source.report === true ? [] : [`other methods and administrators are not known: ${source.report}`]),
    ...(source.accounts === true ? [] : [`which accounts are disabled is not known: ${source.accounts}`]),
  ];
}

function notesOnMethods({ methodsUnread, strengthsUnread }: KnownMethods): string[] {
  return [
    ...(methodsUnread === undefined ? [] : [`the policies of other methods are not known: ${methodsUnread}`]),
    ...(strengthsUnread === undefined ? [] : [`Conditional Access is not looked at: ${strengthsUnread}`]),
  ];
}

/** Pseudonyms of another salt are nobody's in this inventory, which must not be taken for "somebody else". */
const withoutUsers = (tenant: TenantMethods): TenantMethods => renameUsers(tenant, () => "somebody");

interface FoundPeople {
  readonly inventory: Inventory | Promise<Inventory>;
  readonly source: string;
  readonly breakGlass: BreakGlass;
  /** Whether further groups can be read for these people: it takes the same pseudonyms. */
  readonly readable: boolean;
}

/** Whether anyone loses a key or may, so that it matters what else they have. */
function losesAnything({ loss }: Impact): boolean {
  if (loss === undefined) return false;
  const { counts, disabled } = loss;
  return (
    counts.lockedOut + counts.stranded + counts.unknown + counts.reduced + disabled.withoutKey + disabled.unknown > 0
  );
}

function findPeople(people: People, request: AssessmentRequest, reach: Reach): FoundPeople {
  const { inventory, breakGlass, now, mode } = request;
  const users = (breakGlass?.users ?? []).map((id) => id.toLowerCase());
  const groups = breakGlass?.groups ?? [];
  const renamed = users.map((id) => people.pseudonyms.user(id));
  if (inventory !== undefined) {
    const file = people.file(inventory.path, inventory.maxAge, now);
    const ours = file.salt === people.pseudonyms.fingerprint;
    return {
      inventory: file,
      source: `inventory ${inventory.path}, ${ageText(file.ageHours)} old`,
      readable: ours,
      // A file of version 1 may have object ids; whoever is not found in it may be in it by another name.
      breakGlass: { users: file.salt === undefined ? users : renamed, groups, recognisable: ours },
    };
  }
  const scope = scopeFor(request, mode === "off" ? NOBODY : reach, { users, groups });
  const live = people.live(scope);
  const whom =
    scope.people === "everyone"
      ? "everyone"
      : `the members of ${scope.people.length} ${scope.people.length === 1 ? "group" : "groups"}`;
  const source = `read from Microsoft Graph for ${whom}`;
  return { inventory: live, source, breakGlass: { users: renamed, groups }, readable: true };
}

const NOBODY: Reach = { everyone: false, groups: [], users: [] };

/** Whom to read: those whom the change can touch and the break-glass accounts, with every group of the policy. */
function scopeFor(
  { before, after, adminGroups = [] }: AssessmentRequest,
  reach: Reach,
  breakGlass: { readonly users: readonly string[]; readonly groups: readonly string[] },
): InventoryScope {
  const targets = [before, after].flatMap((policy) => {
    const { includeTargets, excludeTargets } = normalizePolicy(policy);
    return [...includeTargets, ...excludeTargets];
  });
  const everyone = reach.everyone || reach.users.length > 0;
  return {
    people: everyone ? "everyone" : [...new Set([...reach.groups, ...breakGlass.groups])],
    groups: [...new Set([...groupsAmong(targets), ...breakGlass.groups, ...adminGroups])].sort(),
    users: breakGlass.users,
  };
}

function groupsAmong(targets: readonly { readonly id: string; readonly targetType: string }[]): string[] {
  const groups = targets.filter(({ targetType }) => targetType === "group").map(({ id }) => id.toLowerCase());
  return [...new Set(groups)].filter(isGuid);
}

/** The groups that other methods' policies and Conditional Access name; none where they name too many to read. */
function furtherGroups({ methods = [], strengths = [] }: TenantMethods): string[] {
  const groups = [
    ...methods.flatMap(({ includeTargets, excludeTargets }) => groupsAmong([...includeTargets, ...excludeTargets])),
    ...strengths.flatMap(({ includeGroups, excludeGroups }) => [...includeGroups, ...excludeGroups]),
  ];
  const all = [...new Set(groups)].sort();
  return all.length > MOST_FURTHER_GROUPS ? [] : all;
}

function ageText(hours: number): string {
  if (hours < 1) return `${Math.round(hours * 60)} minutes`;
  return hours < 48 ? `${Math.floor(hours)} hour${hours < 2 ? "" : "s"}` : `${Math.floor(hours / 24)} days`;
}

/** Reading failed: which permission or licence is missing, and what would do instead. */
function whatIsMissing(error: unknown, reach: Reach): Problem {
  const file = 'give an inventory made elsewhere (entra-passkeys inventory, then inventory: "passkeys.jsonl")';
  const whom = reach.everyone ? "everyone" : `the members of ${reach.groups.join(", ")}`;
  const needed = (reason: string, wayOut: string): Problem => ({
    code: "inventoryNeeded",
    place: "lockoutGuard",
    reason: `the change can take passkeys from ${whom}, and who has which could not be read: ${reason}`,
    wayOut,
  });
  if (error instanceof InventoryError) {
    return {
      code: "inventoryUnusable",
      place: "inventory",
      reason: plain(error.message),
      wayOut: "Make it again, or leave inventory out to read Microsoft Graph",
    };
  }
  if (error instanceof ReportNeededError) {
    const missing =
      error.lacks === "licence"
        ? "the tenant lacks the licence Entra ID P1, which the registration report needs"
        : "the permission AuditLog.Read.All is missing, which the registration report needs";
    const first = error.lacks === "licence" ? "Get Entra ID P1" : "Grant AuditLog.Read.All with admin consent";
    return needed(missing, `${first}, ${file}, or target groups instead of all_users, whose members can be read`);
  }
  if (error instanceof PermissionError) {
    const missing = `the permission ${error.permissions[0]} is missing`;
    return needed(missing, `Grant ${error.permissions[0]} with admin consent, or ${file}`);
  }
  if (error instanceof LicenceError) {
    return needed(`the tenant lacks the licence ${error.licence}`, `Get ${error.licence}, or ${file}`);
  }
  if (error instanceof GraphError) return needed(plain(error.message), `Run again, or ${file}`);
  throw error;
}

const plain = (text: string) => text.replace(/\.$/, "");
