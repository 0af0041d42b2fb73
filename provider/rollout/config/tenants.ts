import { members, type Facts, type TenantFacts } from "./facts.js";
import { shown, type Path, type Report } from "./problem.js";
import { cloudName, KINDS_TEXT } from "./settings.js";
import { folded } from "./values.js";

/**
 * What has to hold between tenants, and between a tenant and the defaults.
 *
 * @returns whether ids and names each mean one tenant.
 */
export function checkTenants({ tenants, defaults }: Facts, report: Report, mention: (path: Path) => string): boolean {
  let distinct = true;
  const ambiguous: Report = (path, reason) => {
    distinct = false;
    report(path, reason);
  };
  const at = (tenant: TenantFacts, key: string): Path => ["tenants", tenant.index, key];
  const unique = (key: "id" | "stack", why: string) => {
    const seen = new Map<string, TenantFacts>();
    for (const tenant of tenants) {
      const value = tenant[key];
      if (value === undefined) continue;
      const first = seen.get(folded(value));
      if (first === undefined) seen.set(folded(value), tenant);
      else ambiguous(at(tenant, key), `${shown(value)} is also ${mention(at(first, key))}. ${why}`);
    }
  };
  unique("id", "List each tenant once");
  unique("stack", "Give each tenant a stack of its own; upper and lower case count as the same");
  checkNames(tenants, ambiguous, mention);
  for (const tenant of tenants) {
    if (tenant.members.credential === undefined && defaults.credential === undefined) {
      report(at(tenant, "credential"), `is missing, and defaults have none. Write ${KINDS_TEXT} here or in defaults`);
    }
    checkEnvironment(tenant, defaults, report);
  }
  return distinct;
}

/** A name is what waves call a tenant by, as its id is, so that no tenant's name may be another's id. */
function checkNames(tenants: readonly TenantFacts[], report: Report, mention: (path: Path) => string): void {
  const seen = new Map<string, TenantFacts>();
  for (const tenant of tenants) if (tenant.id !== undefined) seen.set(folded(tenant.id), tenant);
  for (const tenant of tenants) {
    if (tenant.name === undefined) continue;
    const first = seen.get(folded(tenant.name));
    if (first === undefined) seen.set(folded(tenant.name), tenant);
    else if (first !== tenant) {
      const key = first.name !== undefined && folded(first.name) === folded(tenant.name) ? "name" : "id";
      const other = mention(["tenants", first.index, key]);
      const reason = `${shown(tenant.name)} is also ${other}. Give each tenant a name of its own`;
      report(["tenants", tenant.index, "name"], `${reason}; upper and lower case count as the same`);
    }
  }
}

function checkEnvironment(tenant: TenantFacts, defaults: Facts["defaults"], report: Report): void {
  const key = "azuread:environment";
  const own = members(tenant.members.config)[key];
  const environment = own ?? members(defaults.config)[key];
  const cloud = tenant.members.cloud ?? defaults.cloud ?? "global";
  if (typeof environment !== "string" || typeof cloud !== "string" || cloudName(cloud) === undefined) return;
  if (cloudName(environment) === cloudName(cloud)) return;
  const path = own === undefined ? ["defaults", "config", key] : ["tenants", tenant.index, "config", key];
  const whose = `the cloud of tenants[${tenant.index}] is ${shown(cloud)}`;
  report(path, `${shown(environment)} is another cloud: ${whose}. Set \`cloud\`, and leave this out`);
}
