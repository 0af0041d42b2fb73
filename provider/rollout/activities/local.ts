import { join } from "node:path";
import type { TenantSpec } from "../plan.js";
import type { Activities } from "../ports.js";
import { catalogueName, configHash, programHash } from "./hashes.js";
import { healthCheck } from "./healthCheck.js";
import type { LocalOptions } from "./options.js";
import { breakPromise, promisedBy, statesIn, writePromise } from "./promise.js";
import { isSaved, previewedStates, savePolicy, savePreviewed } from "./saved.js";
import { drift, scan, type TenantDrift } from "./scan.js";
import type * as Apply from "./apply.js";
import type * as Preview from "./preview.js";
import type * as Restore from "./restore.js";
import type * as StacksModule from "./stacks.js";
import { Tenants } from "./tenants.js";
import { verify } from "./verify.js";

/** Activities for tenants of which this machine runs the updates. */
export interface LocalActivities extends Activities {
  /** What a tenant has that its last update has not left there, and what else would make an update; no engine is run. */
  drift(tenant: TenantSpec): Promise<TenantDrift>;
}

/**
 * The activities of a rollout on this machine: updates by Pulumi's engine, everything else by Microsoft Graph alone.
 *
 * The folder of the rollout gets `promises/`, what each update has left in its tenant; `saved/`, the policies before the
 * rollout; `updating/` and `restoring/`, what goes on, for whoever goes on after a kill.
 */
export function localActivities(options: LocalOptions): LocalActivities {
  const { plan, folder, promises = join(folder, "promises") } = options;
  const tenants = new Tenants(options);
  let hash: string | undefined;
  const program = () => (hash ??= programHash(plan.project, [plan.file, folder, promises]));
  const scanned = { options, promises, tenants, program };
  /** What stacks were when they were previewed. */
  const seen = new Map<string, Omit<Preview.PreviewedTenant, "previewed">>();
  let stacks: StacksModule.Stacks | undefined;
  // Loaded when a tenant needs an update: a scan of many that need none is over by then.
  const opened = (): StacksModule.Stacks => {
    const { Stacks } = require("./stacks.js") as typeof StacksModule;
    return (stacks ??= new Stacks(options, tenants));
  };
  return {
    scan: (tenant) => scan(scanned, tenant),
    drift: (tenant) => drift(scanned, tenant),

    async preview(tenant) {
      const { preview } = require("./preview.js") as typeof Preview;
      const { previewed, ...found } = await preview(options, opened(), tenants, tenant);
      seen.set(tenant.id, found);
      if (options.shared === true) savePreviewed(folder, tenant, found.states);
      return previewed;
    },

    async save(tenant) {
      if (isSaved(folder, tenant)) return;
      const states = seen.get(tenant.id)?.states ?? previewedStates(folder, tenant);
      savePolicy(folder, tenant, await tenants.policy(tenant), states);
    },

    async apply(tenant) {
      const { apply } = require("./apply.js") as typeof Apply;
      const refresh = seen.get(tenant.id)?.isNew !== true;
      // A second try finds what the first one has left, and an update that was stopped has promised nothing.
      seen.delete(tenant.id);
      breakPromise(promises, tenant);
      const { changed, states } = await apply(options, opened(), tenant, { refresh });
      writePromise(promises, tenant, {
        version: 1,
        tenant: tenant.id,
        stack: tenant.stack,
        time: new Date().toISOString(),
        program: program(),
        config: configHash(plan.project, tenant),
        catalogue: catalogueName(),
        resources: promisedBy(states),
      });
      return { changed };
    },

    verify: (tenant) => verify(promises, tenants, tenant),

    async restore(tenant) {
      const { restore } = require("./restore.js") as typeof Restore;
      const stack = await opened().stack(tenant);
      const { deployment } = await stack.exportStack();
      return restore(options, tenants, tenant, statesIn(deployment));
    },

    healthCheck: (wave, check, of) => healthCheck(options, wave, check, of),
  };
}
