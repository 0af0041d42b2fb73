import { TenantSession, cacheFolder, type PolicyGraph } from "../../apply/index.js";
import { PermissionError, createGraph, resolveSettings, type Graph } from "../../graph/index.js";
import { People } from "../../impact/index.js";
import type { Fido2Policy } from "../../policy/index.js";
import { processHost, type Host } from "../host.js";

/** What a report may read of a tenant. */
export interface ReportTenant {
  readonly tenantId: string;
  /** The policy as it is, or as it was saved. */
  readonly policy: Fido2Policy;
  readonly people: People;
  /** One host for each stack: what a program declares counts for its own resources only. */
  host(): Host;
  /** Display names of groups by object id, as far as they can be read. */
  groupNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface ReportSource {
  readonly env: NodeJS.ProcessEnv;
  readonly tenantId: string;
  /** The configuration of a stack of the tenant, which may say how to sign in. */
  readonly config: ReadonlyMap<string, string>;
  /** Instead of the live policy. */
  readonly saved?: Fido2Policy | undefined;
  readonly log: (line: string) => void;
}

/**
 * Opens the tenant of a preview: by the settings of the environment, or where a saved policy is given and there are none,
 * without any connection; what would have to be read is then unknown.
 *
 * @throws Error where the settings are of another tenant; an error of the settings or of Graph where the policy cannot be
 * read.
 */
export async function openTenant({ env, tenantId, config, saved, log }: ReportSource): Promise<ReportTenant> {
  const graph = connect(env, tenantId, config, saved !== undefined);
  const policy = saved ?? (await graph.readPasskeyPolicy());
  const people = new People(graph, { cacheFolder: cacheFolder(env), env, log });
  const port: PolicyGraph = {
    tenantId,
    readPasskeyPolicy: () => Promise.resolve(policy),
    patchPasskeyPolicy: () => Promise.reject(new Error("a report writes nothing")),
    findGroups: (wanted) => graph.findGroups(wanted),
    readUserMembers: (group) => graph.readUserMembers(group),
  };
  return {
    tenantId,
    policy,
    people,
    host() {
      const session = new TenantSession(port);
      const quiet = () => {};
      return { ...processHost(env), session: () => session, people: () => people, log: quiet, logOnce: quiet };
    },
    async groupNames(ids) {
      if (ids.length === 0) return new Map();
      try {
        const records = await graph.findGroups({ ids: [...ids], names: [] });
        return new Map(records.map(({ id, displayName }) => [id.toLowerCase(), displayName]));
      } catch (error) {
        // Names are for people; without them ids do.
        log(`The names of groups are not known: ${(error as Error).message}`);
        return new Map();
      }
    },
  };
}

function connect(
  env: NodeJS.ProcessEnv,
  tenantId: string,
  config: ReadonlyMap<string, string>,
  optional: boolean,
): Graph {
  let settings;
  try {
    settings = resolveSettings(env, (key) => config.get(key));
  } catch (error) {
    if (optional && error instanceof Error && error.name === "SettingsError") return disconnected(tenantId);
    throw error;
  }
  if (settings.tenantId !== tenantId) {
    throw new Error(
      `The preview is of the tenant ${tenantId}, and the settings (ARM_TENANT_ID) are of ${settings.tenantId}. Run a ` +
        "report for each tenant with its own settings, or give its saved policy (--policy) without any.",
    );
  }
  return createGraph(settings);
}

/** A tenant without a connection: nothing can be read of it. */
function disconnected(tenantId: string): Graph {
  const unread = (permission: string) => (): Promise<never> =>
    Promise.reject(
      new PermissionError({ action: "reading the tenant", detail: "there is no connection to it" }, [permission]),
    );
  const reading = {
    tenantId,
    now: () => Date.now(),
    readPasskeyPolicy: unread("Policy.Read.AuthenticationMethod"),
    findGroups: unread("GroupMember.Read.All"),
    readUserMembers: unread("GroupMember.Read.All"),
    readMembers: unread("GroupMember.Read.All"),
    readFido2Methods: unread("UserAuthenticationMethod.Read.All"),
    readRegistrationReport: unread("AuditLog.Read.All"),
    readRegistrations: unread("AuditLog.Read.All"),
    readAccounts: unread("User.Read.All"),
    readMethodPolicies: unread("Policy.Read.AuthenticationMethod"),
    readStrengthRequirements: unread("Policy.Read.All"),
  };
  return reading as unknown as Graph;
}
