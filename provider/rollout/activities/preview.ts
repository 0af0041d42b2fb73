import { buildReport } from "../../report/preview/index.js";
import { collectTenant, openTenant, tenantOf, type Preview } from "../../resources/preview/index.js";
import type { PolicyState } from "../../resources/passkeyPolicy/state.js";
import { policyStateOf } from "../../resources/parts/translate.js";
import type { TenantSpec } from "../plan.js";
import type { Previewed } from "../ports.js";
import { EngineAccount, failureOf } from "./events.js";
import type { LocalOptions } from "./options.js";
import type { Stacks } from "./stacks.js";
import type { Tenants } from "./tenants.js";

/** A preview, with what the stack's resources own of the passkey policy until now. */
export interface PreviewedTenant {
  readonly previewed: Previewed;
  readonly states: readonly PolicyState[];
  /** Whether the stack has nothing yet. */
  readonly isNew: boolean;
}

/**
 * Previews a tenant's update, plans it again on the live policy, and judges it. Drift counts as a change, so the engine
 * refreshes first. A plan that is refused has a verdict that says so.
 *
 * @throws Error with what the engine says of a preview that failed for another reason.
 */
export async function preview(
  { log }: Pick<LocalOptions, "log">,
  stacks: Stacks,
  tenants: Tenants,
  tenant: TenantSpec,
): Promise<PreviewedTenant> {
  const stack = await stacks.stack(tenant);
  const account = new EngineAccount();
  let failed: Error | undefined;
  try {
    await stack.preview({ refresh: true, onEvent: account.take });
  } catch (error) {
    failed = error as Error;
  }
  const told = account.preview(tenant.stack);
  if (failed !== undefined && told.refused.length === 0) throw new Error(failureOf(told, failed), { cause: failed });
  const tenantId = tenantOf(told);
  if (tenantId !== undefined && tenantId !== tenant.id) {
    throw new Error(`the stack ${tenant.stack} is of the tenant ${tenantId}. Give each tenant a stack of its own.`);
  }
  const opened = await openTenant({
    env: tenants.environment(tenant),
    tenantId: tenant.id,
    config: told.config,
    log: (line) => log(tenant, line),
  });
  const report = buildReport([await collectTenant(opened, [told], "live", {})]).tenants[0]!;
  const changes = told.refused.length > 0 || told.resources.some(({ op }) => op !== "same");
  const isNew = told.hidden === 0 && told.resources.every(({ old }) => old === undefined);
  return { previewed: { verdict: report.verdict, report, changes }, states: statesBefore(told), isNew };
}

function statesBefore({ resources }: Preview): PolicyState[] {
  return resources.flatMap(({ type, old }) => {
    const state = old && policyStateOf(type, old.outputs);
    return state?.managed === undefined ? [] : [state];
  });
}
