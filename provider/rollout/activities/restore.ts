import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  applyChange,
  cacheFolder,
  managedBy,
  restoreFacets,
  writeDurably,
  type Managed,
  type ManagedFacet,
} from "../../apply/index.js";
import type { FacetName } from "../../policy/index.js";
import { normalizePolicy, planFacets, printable, readFacet, sameFacet, type Fido2Policy } from "../../policy/index.js";
import { People } from "../../impact/index.js";
import { processHost, type Host } from "../../resources/host.js";
import { judgeBeforeWrites, PlanGuard, type GuardedChange } from "../../resources/passkeyPolicy/guard.js";
import { managedNow } from "../../resources/passkeyPolicy/handOver.js";
import { planWithInventory } from "../../resources/passkeyPolicy/inventory.js";
import { checkRestoredGroups, noteLine } from "../../resources/passkeyPolicy/planning.js";
import { inputsOf, type PolicyState } from "../../resources/passkeyPolicy/state.js";
import { runOptions } from "../../resources/runOptions.js";
import type { TenantSpec } from "../plan.js";
import type { LocalOptions } from "./options.js";
import { savedPolicy, savedStates } from "./saved.js";
import type { Tenants } from "./tenants.js";

const NAME = "rollback";

/**
 * Gives a tenant back what was saved: compare and restore, as a destroy does it. Parts that the stack owns, or owned before
 * the rollout, go back where the tenant still has what the rollout has left there; what someone else changed is theirs.
 * The stack's state is left alone, so that the next `pulumi up` of the same program would write the same again.
 *
 * @param states what the stack owns now.
 * @throws PlanRefusedError where a rule of the service or the guard refuses it; nothing was written then.
 */
export async function restore(
  options: Pick<LocalOptions, "folder" | "log">,
  tenants: Tenants,
  tenant: TenantSpec,
  states: readonly PolicyState[],
): Promise<{ readonly changed: boolean }> {
  const { folder } = options;
  const saved = savedPolicy(folder, tenant);
  const host = hostOf(options, tenants, tenant);
  const before = savedStates(folder, tenant);
  const owners = new Set(states.map(({ owner }) => owner));
  const dropped = before.filter(({ owner }) => !owners.has(owner));
  const all = [...states, ...dropped].map(inputsOf);
  const [inputs] = all;
  if (inputs === undefined) return { changed: false };
  const file = join(folder, "restoring", `${tenant.id}.json`);
  let managed = toGiveBack(host, saved, before, states, interrupted(file));
  const changes = all.map((own): GuardedChange => ({ inputs: own, earlier: own, destroy: true }));
  const guard = new PlanGuard(host, changes[0]!);
  const said = new Set<string>();
  const result = await applyChange(
    host.session(),
    {
      name: NAME,
      toggle: inputs.toggle,
      async plan(policy, toggle) {
        const back = restoreFacets(policy, managed, Object.keys(managed));
        await checkRestoredGroups(back, host.session());
        for (const note of back.notes) {
          const line = noteLine(inputs.owner, note);
          if (!said.has(line)) host.log(line);
          said.add(line);
        }
        const purpose = "put back what was there before the rollout";
        return planWithInventory(inputs, policy, host, (inventory) =>
          planFacets(
            policy,
            { facets: back.facets, verbatim: true },
            { toggle, inventory, purpose, limits: { profiles: inputs.profileLimit } },
          ),
        );
      },
      // The plan is one for all of them, and what each of them looks after counts.
      guard(plan) {
        const parts = changes.map((change) => ({ change, plan }));
        return judgeBeforeWrites(host, NAME, guard, plan, parts);
      },
      beforeWrites(plan) {
        managed = { ...managed, ...managedBy(plan, plan.before, managed, new Date(host.now()).toISOString()) };
        writeDurably(file, managed);
        return Promise.resolve();
      },
    },
    runOptions(host, NAME),
  );
  rmSync(file, { force: true });
  return { changed: result.writes > 0 };
}

/** What may be given back: what was written, and what the saved policy has instead. */
function toGiveBack(
  host: Host,
  saved: Fido2Policy,
  before: readonly PolicyState[],
  states: readonly PolicyState[],
  interrupted: Managed,
): Managed {
  const policy = normalizePolicy(saved);
  const owned = Object.assign({}, ...states.map((state) => managedOf(host, state))) as Managed;
  // What the program declares no longer was given back by the rollout: that is what it has left there.
  const dropped = before
    .flatMap(({ managed }) => Object.entries(managed))
    .flatMap(([facet, { prior }]): [FacetName, ManagedFacet][] =>
      owned[facet] !== undefined || prior === undefined ? [] : [[facet, { written: prior }]],
    );
  const all = [...Object.entries(owned), ...dropped].flatMap(([facet, own]): [FacetName, ManagedFacet][] => {
    const { written, interim = [] } = own;
    const prior = readFacet(policy, facet);
    const left = [...interim, ...(interrupted[facet]?.interim ?? [])];
    // A part that the rollout has left as it was is nobody's to give back.
    if (prior === undefined || (left.length === 0 && sameFacet(written, prior))) return [];
    return [[facet, { prior, ...(written !== undefined && { written }), ...(left.length > 0 && { interim: left }) }]];
  });
  return Object.fromEntries(all);
}

/** What a resource owns, with what a run of it that was stopped has noted. */
function managedOf(host: Host, state: PolicyState): Managed {
  const { tenantId, owner, managed } = state;
  if (Object.keys(managed).length > 0) return managedNow(host, inputsOf(state), managed);
  return host.journal.entry(tenantId, owner)?.managed ?? {};
}

/** What a restore that was killed may have left in between. */
function interrupted(file: string): Managed {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Managed) : {};
}

function hostOf({ log }: Pick<LocalOptions, "log">, tenants: Tenants, tenant: TenantSpec): Host {
  const env = tenants.environment(tenant);
  const host = processHost(env);
  host.configure((key) => tenant.config[key]);
  const tell = (line: string) => log(tenant, printable(line));
  let people: People | undefined;
  return {
    ...host,
    log: tell,
    logOnce: tell,
    people: () => (people ??= new People(host.graph(), { cacheFolder: cacheFolder(env), env, log: tell })),
  };
}
