import { normalizePolicy, readFacet, facetPlace } from "../../policy/index.js";
import { driftWords, groupsOf, Naming, type DriftFact, type DriftWords } from "../../report/preview/index.js";
import { resourceName } from "../../resources/passkeyPolicy/owner.js";
import type { TenantSpec } from "../plan.js";
import type { Scan } from "../ports.js";
import { catalogueName, configHash } from "./hashes.js";
import type { LocalOptions } from "./options.js";
import { broken, readPromise, type TenantPromise } from "./promise.js";
import type { Tenants } from "./tenants.js";

/** What a scan goes by. */
export interface Scanned {
  readonly options: Pick<LocalOptions, "plan">;
  /** Folder of promises. */
  readonly promises: string;
  readonly tenants: Tenants;
  /** {@link programHash} of the plan's project. */
  readonly program: () => string;
}

/** Where a tenant is not what its last update has promised. */
export interface TenantDrift {
  /** What else than the policy is another than at the last update, a sentence each. */
  readonly changes: readonly string[];
  readonly parts: readonly DriftWords[];
}

/** Whether a tenant needs an update: one GET, and none where that is clear without it. */
export async function scan(scanned: Scanned, tenant: TenantSpec): Promise<Scan> {
  const { promises, tenants } = scanned;
  const promise = readPromise(promises, tenant);
  const [change] = changesSince(scanned, tenant, promise);
  if (promise === undefined || change !== undefined) return { needed: true, reason: change! };
  const parts = broken(promise, await tenants.policy(tenant));
  if (parts.length === 0) {
    return { needed: false, reason: `nothing has changed since the update of ${promise.time}` };
  }
  const [first] = parts;
  const more = parts.length === 1 ? "" : `, and ${parts.length - 1} more like this`;
  return { needed: true, reason: `${facetPlace(first!.facet)} is not as it was written${more}` };
}

function changesSince({ options, program }: Scanned, tenant: TenantSpec, promise: TenantPromise | undefined): string[] {
  if (promise === undefined) return ["there has been no update of it yet"];
  const catalogue = catalogueName();
  return [
    ...(promise.stack === tenant.stack ? [] : [`its stack was ${promise.stack} and is ${tenant.stack} now`]),
    ...(promise.program === program() ? [] : ["the program, its packages or this package have changed"]),
    ...(promise.config === configHash(options.plan.project, tenant) ? [] : ["its configuration has changed"]),
    ...(promise.catalogue === catalogue ? [] : [`the catalogue was ${promise.catalogue} and is ${catalogue} now`]),
  ];
}

/** What a tenant has that its last update has not left there, in words; one GET, and one for names of groups. */
export async function drift(scanned: Scanned, tenant: TenantSpec): Promise<TenantDrift> {
  const { promises, tenants } = scanned;
  const promise = readPromise(promises, tenant);
  const changes = changesSince(scanned, tenant, promise);
  if (promise === undefined) return { changes, parts: [] };
  const policy = await tenants.policy(tenant);
  const now = normalizePolicy(policy);
  const found = broken(promise, policy).map(({ owner, facet }): DriftFact => {
    const { written } = promise.resources.find((one) => one.owner === owner)!.managed[facet]!;
    const live = readFacet(now, facet) ?? null;
    return { stack: promise.stack, resource: resourceName(owner), facet, written: written!, now: live };
  });
  if (found.length === 0) return { changes, parts: [] };
  const names = await groupNames(tenants, tenant, [...groupsOf(policy), ...found.flatMap(groupsIn)]);
  const naming = new Naming({ before: policy, after: policy, groupName: (id) => names.get(id.toLowerCase()) });
  return { changes, parts: found.map((fact) => driftWords(fact, naming)) };
}

const groupsIn = ({ facet }: DriftFact): string[] => {
  const [kind, group = ""] = facet.split("/");
  return (kind === "include" || kind === "exclude") && group !== "all_users" ? [group] : [];
};

async function groupNames(tenants: Tenants, tenant: TenantSpec, ids: string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  try {
    const groups = await tenants.graph(tenant).findGroups({ ids: [...new Set(ids)], names: [] });
    return new Map(groups.map(({ id, displayName }) => [id.toLowerCase(), displayName]));
  } catch {
    // Names are for people; without them ids do.
    return new Map();
  }
}
