import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import type { CredentialReference, GateSpec, RolloutPlan, TenantSpec, WaveSpec } from "../plan.js";
import { factsOf } from "./facts.js";
import { AT_KEY } from "./form.js";
import { PlanError, type Report } from "./problem.js";
import { cloudName } from "./settings.js";
import { tenantsFile, type TenantEntry, type TenantsFile, type WaveEntry } from "./shape.js";
import { checkTenants } from "./tenants.js";
import { readTree, type Located, type Tree } from "./tree.js";
import { budgetOf, defaultConcurrency, durationMs } from "./values.js";
import { assignWaves } from "./waves.js";

/** Ten thousand tenants fit. */
const MOST_BYTES = 4 * 1024 * 1024;
const DEFAULT_TIMEOUT = "5m";
const DEFAULT_APPROVAL = "24h";

/**
 * Reads `tenants.yaml`.
 *
 * @param file its path; paths in it are relative to its folder.
 * @param text what is in it, where that has been read already.
 * @throws PlanError with everything that is wrong with it, in the order of the file.
 * @throws Error of the file system where the file cannot be read.
 */
export function readPlan(file: string, text?: string): RolloutPlan {
  const tree = readTree(checked(file, text ?? readText(file)));
  const { root, problems, report, mention } = tree;
  if (root === undefined) throw new PlanError(file, problems);
  const shape = v.safeParse(tenantsFile, root.plain);
  reportShape(shape.issues ?? [], report);
  const facts = factsOf(root.plain);
  const distinct = checkTenants(facts, report, mention);
  // Otherwise a slip of the pen leaves tenants without a wave, which would be said, too.
  const settled = distinct && !(shape.issues ?? []).some(isAboutWaves);
  const waves = assignWaves(facts, settled, report, mention);
  if (problems.length > 0) throw new PlanError(file, inOrder(problems));
  return build(resolve(file), shape.output as TenantsFile, root, waves);
}

const refusal = (file: string, reason: string) => new PlanError(file, [{ line: 1, column: 1, place: "", reason }]);
const tooLarge = (file: string, size: number) =>
  refusal(file, `has ${size} bytes, and ${MOST_BYTES} at most are read. Split it`);

function checked(file: string, text: string): string {
  const size = Buffer.byteLength(text);
  if (size > MOST_BYTES) throw tooLarge(file, size);
  return text;
}

function readText(file: string): string {
  const { size } = statSync(file);
  if (size > MOST_BYTES) throw tooLarge(file, size);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw refusal(file, "is no UTF-8. Save it as UTF-8");
    throw error;
  }
}

function reportShape(issues: readonly v.BaseIssue<unknown>[], report: Report): void {
  for (const { input, message, path } of issues) {
    // That there is no value was said already.
    if (input === null) continue;
    const keys = (path ?? []).map(({ key }) => key as string | number);
    if (message.startsWith(AT_KEY)) report(keys, message.slice(AT_KEY.length), "key");
    else report(keys, message);
  }
}

function isAboutWaves({ path }: v.BaseIssue<unknown>): boolean {
  return path?.[0]?.key === "waves" || path?.[2]?.key === "wave";
}

function inOrder(problems: Tree["problems"]): Tree["problems"] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function build(file: string, plan: TenantsFile, root: Located, waves: readonly number[][]): RolloutPlan {
  const folder = dirname(file);
  const defaultConfig = texts(plan.defaults?.config, root.entries?.get("defaults")?.value);
  const tenants = plan.tenants.map((entry, index): TenantSpec => {
    const located = root.entries?.get("tenants")?.value.items?.[index];
    const id = entry.id.toLowerCase();
    return {
      id,
      name: entry.name ?? id,
      stack: entry.stack,
      cloud: cloudName(entry.cloud ?? plan.defaults?.cloud ?? "global")!,
      config: { ...defaultConfig, ...texts(entry.config, located) },
      credential: credentialOf(entry.credential ?? plan.defaults!.credential!, folder),
    };
  });
  const entries: readonly WaveEntry[] = plan.waves ?? [{ name: "all" }];
  return {
    file,
    project: resolve(folder, plan.project ?? "."),
    tenants,
    waves: entries.map(({ name, concurrency, gate }, index): WaveSpec => ({
      name,
      tenants: waves[index]!.map((tenant) => tenants[tenant]!.id),
      concurrency: concurrency ?? defaultConcurrency(),
      gate: gateOf(gate),
    })),
    failureBudget: budgetOf(plan.failureBudget ?? 0, tenants.length),
  };
}

/** Numbers as they are written: a version 1.10 is not 1.1. */
function texts(config: TenantEntry["config"], parent: Located | undefined): Record<string, string> {
  const located = parent?.entries?.get("config")?.value.entries;
  return Object.fromEntries(
    Object.entries(config ?? {}).map(([key, value]) => {
      const source = typeof value === "number" ? located?.get(key)?.value.source : undefined;
      return [key, source ?? String(value)];
    }),
  );
}

function credentialOf(entry: NonNullable<TenantEntry["credential"]>, folder: string): CredentialReference {
  const { environment, federatedToken, certificate, managedIdentity } = entry;
  if (environment !== undefined) return { kind: "environment", prefix: environment };
  if (federatedToken !== undefined) {
    const { tokenFile } = federatedToken;
    const clientId = federatedToken.clientId.toLowerCase();
    return {
      kind: "federatedToken",
      clientId,
      ...(tokenFile !== undefined && { tokenFile: resolve(folder, tokenFile) }),
    };
  }
  if (certificate !== undefined) {
    const { passwordVariable } = certificate;
    return {
      kind: "certificate",
      clientId: certificate.clientId.toLowerCase(),
      path: resolve(folder, certificate.path),
      ...(passwordVariable !== undefined && { passwordVariable }),
    };
  }
  const clientId = typeof managedIdentity === "object" ? managedIdentity.clientId?.toLowerCase() : undefined;
  return { kind: "managedIdentity", ...(clientId !== undefined && { clientId }) };
}

function gateOf(gate: WaveEntry["gate"]): GateSpec {
  const { healthCheck, soak, approval } = gate ?? {};
  return {
    ...(healthCheck && {
      healthCheck: { command: healthCheck.command, timeoutMs: durationMs(healthCheck.timeout ?? DEFAULT_TIMEOUT)! },
    }),
    soakMs: soak === undefined ? 0 : durationMs(soak)!,
    ...(approval !== undefined && {
      approval: { timeoutMs: durationMs((approval === true ? undefined : approval.timeout) ?? DEFAULT_APPROVAL)! },
    }),
  };
}
