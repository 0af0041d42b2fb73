import { randomUUID } from "node:crypto";
import { constants, copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalActivities } from "../activities/index.js";
import { defaultFolder } from "../local/folder.js";
import type { RolloutParts } from "../local/parts.js";
import type { RolloutPlan, TenantSpec } from "../plan.js";

/** A plan as a worker has it: with what no payload says. */
export interface WorkerPlan {
  readonly plan: RolloutPlan;
  readonly digest: string;
  /** By id. */
  readonly tenants: ReadonlyMap<string, TenantSpec>;
  /** Folder of all rollouts, shared by the workers of the plan. */
  readonly folder: string;
  /** Which folder that is, whatever it is called on this machine. */
  readonly folderId: string;
  /** Folder of one rollout. */
  folderOf(rollout: string, instance: string): string;
  activities(folder: string, log: (tenant: TenantSpec, line: string) => void): LocalActivities;
}

/**
 * Reads a plan for a worker, and checks its folder of rollouts: it is made where it is missing, has to be writable, and has
 * an id that every worker of a rollout has to find there.
 *
 * @param folder default: beside the plan.
 */
export function workerPlan(parts: RolloutParts, file: string, env: NodeJS.ProcessEnv, folder?: string): WorkerPlan {
  const plan = parts.readPlan(file);
  const rollouts = folder ?? defaultFolder(plan.file);
  return {
    plan,
    digest: parts.planDigest(plan),
    tenants: new Map(plan.tenants.map((tenant) => [tenant.id, tenant])),
    folder: rollouts,
    folderId: sharedFolder(rollouts),
    folderOf: (rollout, instance) => join(rollouts, ownName(rollout, instance)),
    activities: (own, log) => parts.activities({ plan, folder: own, rollouts, env, log, shared: true }),
  };
}

/** Not as a rollout of one machine, which may be in the same folder. What comes from the cluster names no other folder. */
function ownName(rollout: string, instance: string): string {
  if (!/^\d{4}-\d{2}-\d{2}-\d{1,9}$/.test(rollout) || !/^[0-9a-f]{8}$/.test(instance)) {
    throw new Error(`${JSON.stringify(`${rollout} ${instance}`)} is no id of a rollout.`);
  }
  return `temporal-${rollout}-${instance}`;
}

const ID_FILE = "folder.json";

function linkOnce(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another worker was faster.
    if (existsSync(to)) return;
    // Some file systems of networks have no links.
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/** Which folder of rollouts this is; throws where nothing can be kept in it. */
function sharedFolder(folder: string): string {
  const probe = join(folder, `.worker-${randomUUID()}`);
  try {
    mkdirSync(folder, { recursive: true });
    const text = `${JSON.stringify({ version: 1, id: randomUUID().slice(0, 13) })}\n`;
    writeFileSync(probe, text, { flag: "wx", flush: true });
    if (!existsSync(join(folder, ID_FILE))) linkOnce(probe, join(folder, ID_FILE));
  } catch (error) {
    if (existsSync(probe)) rmSync(probe);
    throw new Error(
      `${folder}: nothing can be kept there (${(error as Error).message}). Workers keep saved policies in it, from which a ` +
        "rollback gives back: name a folder that all workers of the plan share, with --folder.",
      { cause: error },
    );
  }
  rmSync(probe, { force: true });
  const { id } = JSON.parse(readFileSync(join(folder, ID_FILE), "utf8")) as { id?: unknown };
  if (typeof id !== "string" || id === "") {
    throw new Error(`${join(folder, ID_FILE)}: "id" is missing. Restore the file from a copy of the folder.`);
  }
  return id;
}
