import { resolveSettings, SettingsError, type ConnectionSettings } from "../graph/index.js";
import { groupsOf } from "../report/preview/index.js";
import { normalizePolicy, problemText } from "../policy/index.js";
import type { Fido2Policy, Problem } from "../policy/index.js";
import { authenticationStrength } from "../resources/documents/authenticationStrength.js";
import { temporaryAccessPassPolicy } from "../resources/documents/temporaryAccessPass.js";
import { openTenant, type ReportTenant } from "../resources/preview/index.js";
import { declarePolicy, type LeftOut } from "./declare.js";
import { declarePass, declareStrength } from "./declareDocuments.js";
import { provePolicy, proveDocument } from "./prove.js";
import { programText, type ProgramResource } from "./text/program.js";

export interface ExportOptions {
  /** Where the tenant and how to sign in are read. */
  readonly env: NodeJS.ProcessEnv;
  /** A policy as Graph answered it, instead of reading it. */
  readonly saved?: Fido2Policy | undefined;
  /** Logical name of the `PasskeyPolicy`. */
  readonly name: string;
  /** Custom authentication strengths that are limited to models, too. */
  readonly strengths: boolean;
  /** The Temporary Access Pass policy, too. */
  readonly temporaryAccessPass: boolean;
  /** ISO 8601, for the program's first lines. */
  readonly time: string;
  readonly log: (line: string) => void;
}

/** A tenant as a program. */
export interface ExportedTenant {
  readonly tenantId: string;
  /** Value of `azuread:environment`; absent for the global cloud. */
  readonly environment?: string;
  readonly resources: readonly ProgramResource[];
  /** The program as TypeScript. */
  readonly program: string;
  readonly leftOut: readonly LeftOut[];
  /** What is wrong in the tenant already, and is taken over as it is. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads a tenant and writes it as a program of which the first preview adopts everything and changes nothing. That is
 * tried out before it is returned: by the same checks and plans that a preview makes. Writes nothing to the tenant.
 *
 * @throws SettingsError; what Graph answers; Error where the policy is in no mode that this version knows.
 */
export async function exportTenant(options: ExportOptions): Promise<ExportedTenant> {
  const { env, saved, name, time, log } = options;
  const { tenantId, cloud } = tenantSettings(env, saved !== undefined);
  const tenant = await openTenant({ env, tenantId, config: new Map(), saved, log });
  const { policy } = tenant;
  if (normalizePolicy(policy).mode === "unknown") {
    throw new Error(
      "The tenant answered neither passkey profiles nor tenant-wide key restrictions, so that there is nothing that a " +
        "program could declare. Run it again later, and check the method in the Entra admin centre.",
    );
  }
  const host = () => tenant.host();
  const proven = await provePolicy(host, policy, declarePolicy(policy), ownerOf(name));
  const documents = await declareDocuments(tenant, options);
  const resources: ProgramResource[] = [
    { type: "PasskeyPolicy", name, inputs: { ...proven.inputs } },
    ...documents.resources,
  ];
  const leftOut = [...proven.leftOut, ...documents.leftOut];
  const groupNames = await tenant.groupNames([...new Set([...groupsOf(policy), ...documents.groups])]);
  return {
    tenantId,
    ...(cloud.name !== "global" && { environment: cloud.name }),
    resources,
    program: programText({ tenantId, time, resources, groupNames, leftOut, warnings: proven.warnings }),
    leftOut,
    warnings: proven.warnings,
  };
}

/** Which tenant; a saved policy needs no way to sign in. */
function tenantSettings(env: NodeJS.ProcessEnv, optional: boolean): Pick<ConnectionSettings, "tenantId" | "cloud"> {
  try {
    return resolveSettings(env);
  } catch (error) {
    if (!optional || !(error instanceof SettingsError) || error.setting === "azuread:tenantId") throw error;
    return resolveSettings({ ARM_TENANT_ID: env["ARM_TENANT_ID"], ARM_ENVIRONMENT: env["ARM_ENVIRONMENT"] });
  }
}

const ownerOf = (resource: string): string => `export/export/${resource}`;

interface Documents {
  readonly resources: ProgramResource[];
  readonly leftOut: LeftOut[];
  /** Object ids of the groups that they name. */
  readonly groups: string[];
}

async function declareDocuments(tenant: ReportTenant, options: ExportOptions): Promise<Documents> {
  const found: Documents = { resources: [], leftOut: [], groups: [] };
  if (options.temporaryAccessPass) await declarePassPolicy(tenant, found);
  if (options.strengths) await declareStrengths(tenant, found);
  return found;
}

async function declarePassPolicy(tenant: ReportTenant, { resources, leftOut, groups }: Documents): Promise<void> {
  const host = tenant.host();
  const { inputs, leftOut: unread } = declarePass(await host.graph().readTemporaryAccessPass());
  leftOut.push(...unread);
  const name = "passes";
  const problems = await proveDocument(
    host,
    temporaryAccessPassPolicy,
    inputs,
    ownerOf(`TemporaryAccessPassPolicy::${name}`),
  );
  if (problems.length > 0) {
    leftOut.push({ place: "temporaryAccessPass", reason: problems.map(problemText).join(" ") });
    return;
  }
  const named = [...(inputs.includeTargets ?? []), ...(inputs.excludeTargets ?? [])];
  groups.push(...named.filter((id) => id !== "all_users"));
  resources.push({ type: "TemporaryAccessPassPolicy", name, inputs: { ...inputs } });
}

async function declareStrengths(tenant: ReportTenant, { resources, leftOut }: Documents): Promise<void> {
  const host = tenant.host();
  const strengths = await host.graph().strengths.list();
  const names = new Set<string>();
  for (const strength of strengths.filter(({ policyType }) => policyType === "custom")) {
    const place = `authenticationStrengths[${JSON.stringify(strength.displayName)}]`;
    const declared = declareStrength(strength);
    if (typeof declared === "string") {
      leftOut.push({ place, reason: declared });
      continue;
    }
    const owner = ownerOf(`PasskeyAuthenticationStrength::${strength.displayName}`);
    const problems = await proveDocument(host, authenticationStrength, declared, owner);
    if (problems.length > 0) {
      leftOut.push({ place, reason: problems.map(problemText).join(" ") });
      continue;
    }
    resources.push({
      type: "PasskeyAuthenticationStrength",
      name: resourceNameFor(strength.displayName, names),
      inputs: { ...declared },
    });
  }
}

/** A logical name that no other strength of the program has: words with dashes. */
function resourceNameFor(displayName: string, taken: Set<string>): string {
  const words = displayName.normalize("NFKD").match(/[A-Za-z0-9]+/g) ?? ["strength"];
  const wanted = words.join("-").toLowerCase();
  let name = wanted;
  for (let next = 2; taken.has(name); next += 1) name = `${wanted}-${next}`;
  taken.add(name);
  return name;
}
