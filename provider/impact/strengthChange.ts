import { isDeepStrictEqual } from "node:util";
import { GraphError } from "../graph/index.js";
import type {
  BreakGlass,
  Fido2Policy,
  Impact,
  NestedMembership,
  Problem,
  StrengthLimits,
  StrengthRequirement,
} from "../policy/index.js";
import { isGuid, normalizePolicy } from "../policy/index.js";
import { assessStrengthChange } from "../policy/impact/strengthChange.js";
import { InventoryError } from "./errors.js";
import type { People } from "./people.js";
import type { KnownMethods } from "./tenantMethods.js";

/** A change of a strength to assess, and how. Groups and accounts by object id in lower case. */
export interface StrengthRequest {
  /** Id of the strength in lower case, and its name in the tenant. */
  readonly strength: { readonly id: string; readonly name: string };
  readonly before: StrengthLimits;
  readonly after: StrengthLimits;
  /** Whether it can lock anybody out; else only the policies are read that ask for it. */
  readonly narrower: boolean;
  readonly policy: () => Promise<Fido2Policy>;
  /** How old what was read of Conditional Access may be, in milliseconds; without it, what is remembered serves. */
  readonly maxAge?: number | undefined;
  readonly inventory?: { readonly path: string; readonly maxAge: number } | undefined;
  readonly breakGlass?: { readonly users: readonly string[]; readonly groups: readonly string[] } | undefined;
  readonly countLocalCredentials?: boolean | undefined;
  readonly nestedMembership?: NestedMembership | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface StrengthAssessment {
  /** The enabled Conditional Access policies that ask for the strength. */
  readonly policies: readonly string[];
  readonly requirements: readonly StrengthRequirement[];
  /** Absent where nobody is asked for it, or people could not be read. */
  readonly impact?: Impact;
  readonly missing: readonly Problem[];
  /** Where the people come from, in words. */
  readonly source?: string;
}

/** How often a strength is assessed anew because Conditional Access changed while people were read. */
const MOST_ROUNDS = 4;

/**
 * Assesses a narrower strength against the people whom Conditional Access asks for it. Where no enabled policy does,
 * nobody is read.
 */
export async function assessNarrowerStrength(people: People, request: StrengthRequest): Promise<StrengthAssessment> {
  try {
    let tenant = await people.methods(request.maxAge);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const found = await assessWith(tenant, people, request);
      // Reading people may take minutes, in which what they are asked for may have become something else.
      const now = await people.methods(request.maxAge);
      if (isDeepStrictEqual(now, tenant)) return found;
      tenant = now;
    }
    const reason = "Conditional Access, or the policies of other methods, changed again and again meanwhile";
    return { policies: [], requirements: [], missing: [needed(reason, "Run it again when nobody else changes them")] };
  } catch (error) {
    if (!(error instanceof GraphError || error instanceof InventoryError)) throw error;
    const reason = `whom the narrower strength locks out could not be read: ${error.message.replace(/\.$/, "")}`;
    return {
      policies: [],
      requirements: [],
      missing: [needed(reason, "Grant what is missing, or give an inventory made elsewhere")],
    };
  }
}

async function assessWith(tenant: KnownMethods, people: People, request: StrengthRequest): Promise<StrengthAssessment> {
  const { strength, before, after, countLocalCredentials, nestedMembership } = request;
  if (tenant.strengths === undefined) {
    const reason = "whether Conditional Access asks for this strength could not be read";
    return { policies: [], requirements: [], missing: [needed(reason, "Grant Policy.Read.All with admin consent")] };
  }
  const requirements = tenant.strengths.filter((one) =>
    one.strengthId === undefined ? one.strength === strength.name : one.strengthId === strength.id,
  );
  const policies = requirements.map(({ policy }) => policy);
  if (requirements.length === 0 || !request.narrower) return { policies, requirements, missing: [] };
  const policy = await request.policy();
  const breakGlass = request.breakGlass ?? { users: [], groups: [] };
  const named = requirements.flatMap(({ includeGroups, excludeGroups }) => [...includeGroups, ...excludeGroups]);
  const { includeTargets, excludeTargets } = normalizePolicy(policy);
  const targets = [...includeTargets, ...excludeTargets].map(({ id }) => id).filter(isGuid);
  const byUser = requirements.some(({ includeUsers, includesRoles }) => includeUsers.length > 0 || includesRoles);
  const concerned = [...new Set(requirements.flatMap(({ includeGroups }) => includeGroups))].sort();
  const groups = [...new Set([...named, ...targets, ...breakGlass.groups])].sort();
  const { inventory: given } = request;
  const file = given && people.file(given.path, given.maxAge, request.now);
  const namesUsers = requirements.some(({ includeUsers, excludeUsers }) =>
    [...includeUsers, ...excludeUsers].some((user) => user !== "all" && user !== "guestsorexternalusers"),
  );
  // Who is who in it cannot be told with other pseudonyms.
  if (
    file !== undefined &&
    file.salt !== people.pseudonyms.fingerprint &&
    (namesUsers || breakGlass.users.length > 0)
  ) {
    const reason = "single accounts are named, and the inventory calls people by other pseudonyms";
    return { policies, requirements, missing: [unusable(reason)] };
  }
  const inventory =
    file !== undefined
      ? file
      : await people.live({ people: byUser ? "everyone" : concerned, groups, users: breakGlass.users });
  const whole = file !== undefined ? inventory : await people.withGroups(inventory, groups);
  const accounts: BreakGlass = {
    users: breakGlass.users.map((id) => people.pseudonyms.user(id)),
    groups: breakGlass.groups,
  };
  const impact = assessStrengthChange(policy, { requirements, before, after }, whole, {
    tenant,
    countLocalCredentials,
    nestedMembership,
    breakGlass: accounts,
  });
  const whom = byUser ? "everyone" : `the members of ${concerned.length} group${concerned.length === 1 ? "" : "s"}`;
  const source = given !== undefined ? `inventory ${given.path}` : `read from Microsoft Graph for ${whom}`;
  return { policies, requirements, impact, missing: [], source };
}

const unusable = (reason: string): Problem => ({
  code: "inventoryUnusable",
  place: "inventory",
  reason,
  wayOut: "Make it with the same salt (ENTRA_PASSKEYS_SALT), or leave inventory out to read Microsoft Graph",
});

const needed = (reason: string, wayOut: string): Problem => ({
  code: "inventoryNeeded",
  place: "lockoutGuard",
  reason,
  wayOut,
});
