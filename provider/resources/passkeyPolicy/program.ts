import type { Managed, TenantSession } from "../../apply/index.js";
import { applyFacets, normalizePolicy, parseFacet } from "../../policy/index.js";
import type { ExclusiveProfile, FacetPlan, Fido2Policy } from "../../policy/index.js";
import { breakGlassOf, exclusiveOf, groupIds } from "./guardSettings.js";
import type { CheckedInputs, ProgramGuard } from "./inputs.js";
import { resourceName } from "./owner.js";
import { UNKNOWN_VALUE } from "./unknown.js";

interface Declared {
  readonly inputs: CheckedInputs;
  /** What its plan establishes; absent where it has nothing to change. */
  readonly wanted?: FacetPlan | undefined;
}

/** What the state of a resource says that it owns. */
interface KnownState {
  readonly of: Pick<CheckedInputs, "owner" | "tenantId">;
  readonly managed: Managed;
}

/**
 * What a process has heard of the resources of its program: what they declare, and what their states know. A preview
 * plans a resource on top of those that it builds on, and what one declares for the tenant counts for all.
 */
class Program {
  readonly #declared = new Map<string, Declared>();
  readonly #states = new Map<string, KnownState>();

  /** @param wanted what the plan of the resource establishes, where it has one. */
  declare(inputs: CheckedInputs, wanted?: FacetPlan): void {
    this.#declared.set(inputs.owner, { inputs, wanted });
  }

  /** Keeps what the state of a resource says, for whoever takes a part over from it. */
  remember({ owner, tenantId }: KnownState["of"], managed: Managed): void {
    this.#states.set(owner, { of: { owner, tenantId }, managed });
  }

  /** The states that the process has seen, as they were; {@link remember}. */
  get states(): KnownState[] {
    return [...this.#states.values()];
  }

  /**
   * The policy with the profiles in it that a resource names and that others of the program are about to create, so that
   * a preview can plan on what will be there.
   */
  expected(policy: Fido2Policy, inputs: CheckedInputs): Fido2Policy {
    const { mode, profiles } = normalizePolicy(policy);
    if (mode !== "profiles") return policy;
    const missing = new Set(namedProfiles(inputs).filter((id) => profiles.every((profile) => profile.id !== id)));
    return [...this.#declared].reduce((now, [owner, { wanted }]) => {
      if (owner === inputs.owner || wanted === undefined) return now;
      const parts = [...wanted.facets].filter(([name]) => {
        const facet = parseFacet(name);
        return "profile" in facet && missing.has(facet.profile);
      });
      if (parts.length === 0) return now;
      const next = applyFacets(now, new Map(parts), { closed: wanted.closed });
      return next.problems.length === 0 ? next.policy : now;
    }, policy);
  }

  /** Profiles that others of the program declare and that are not known well enough yet to be expected. */
  pending(expected: Fido2Policy, except: string): Set<string> {
    const there = new Set(normalizePolicy(expected).profiles.map(({ id }) => id));
    const declared = this.#others(except).flatMap(({ resolved }) => Object.values(resolved.profileIds));
    return new Set(declared.filter((id) => id !== UNKNOWN_VALUE && !there.has(id)));
  }

  /** Profiles that other resources call exclusive. */
  exclusive(except: string): ExclusiveProfile[] {
    return this.#others(except).flatMap((inputs) =>
      [...exclusiveOf(inputs)].map((id) => ({ id, place: resourceName(inputs.owner), elsewhere: true })),
    );
  }

  /** What other resources declare and counts for all of them. */
  guard(except: string): ProgramGuard {
    const others = this.#others(except);
    const accounts = others.flatMap((inputs) => breakGlassOf(inputs) ?? []);
    return guardOf(
      accounts,
      others.flatMap((inputs) => groupIds(inputs, inputs.adminGroups)),
      others.flatMap((inputs) => [...exclusiveOf(inputs)]),
    );
  }

  #others(except: string): CheckedInputs[] {
    return [...this.#declared].flatMap(([owner, { inputs }]) => (owner === except ? [] : [inputs]));
  }
}

function guardOf(
  accounts: readonly { readonly users: readonly string[]; readonly groups: readonly string[] }[],
  adminGroups: readonly string[],
  exclusive: readonly string[],
): ProgramGuard {
  const unique = (list: readonly string[]) => [...new Set(list)].sort();
  const breakGlass = {
    users: unique(accounts.flatMap(({ users }) => users)),
    groups: unique(accounts.flatMap(({ groups }) => groups)),
  };
  return {
    ...(accounts.length > 0 && { breakGlass }),
    ...(adminGroups.length > 0 && { adminGroups: unique(adminGroups) }),
    ...(exclusive.length > 0 && { exclusive: unique(exclusive) }),
  };
}

/** What several resources know of their programs, as one. */
export function joinGuards(guards: readonly ProgramGuard[]): ProgramGuard {
  return guardOf(
    guards.flatMap(({ breakGlass }) => breakGlass ?? []),
    guards.flatMap(({ adminGroups }) => adminGroups ?? []),
    guards.flatMap(({ exclusive }) => exclusive ?? []),
  );
}

/** The ids of the profiles that a declaration names, known ones only. */
function namedProfiles({ includeTargets, resolved }: CheckedInputs): string[] {
  const targeted = (includeTargets ?? []).flatMap(({ profiles }) =>
    Array.isArray(profiles) ? (profiles as string[]) : [],
  );
  const ids = targeted.map((reference) => resolved.profileIds[reference] ?? reference);
  return [...Object.values(resolved.profileIds), ...ids].map((id) => id.toLowerCase());
}

const programs = new WeakMap<TenantSession, Program>();

/** The program of a process, as far as one tenant goes. */
export function programOf(session: TenantSession): Program {
  let program = programs.get(session);
  if (program === undefined) programs.set(session, (program = new Program()));
  return program;
}
