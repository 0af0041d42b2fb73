import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { acquireLock, isAlive, type Lock, type LockOwner } from "../../apply/lock.js";
import type { TenantSpec } from "../plan.js";

/** Another process is rolling out to a tenant, or goes on with this rollout. */
export class RolloutLockedError extends Error {
  override readonly name = "RolloutLockedError";

  constructor(
    message: string,
    readonly owner: LockOwner,
  ) {
    super(message);
  }
}

/** What a killed process of another machine left in a folder that moves along must stop nobody. */
const MACHINE = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/** Tenants that this process holds. */
export interface TenantLocks extends Lock {
  /** Says to others which rollout it is, where that was not known when they were taken. */
  name(rollout: string): void;
}

/**
 * Takes the tenants of a rollout, all or none: two rollouts that share one exclude each other on this machine. Throws a
 * `RolloutLockedError` at once where a living process has one; what a killed process left is taken over.
 *
 * @param folder where locks are, shared by the processes of a user.
 * @param rollout its id, for whoever is refused.
 */
export async function lockTenants(
  folder: string,
  tenants: readonly TenantSpec[],
  rollout?: string,
): Promise<TenantLocks> {
  const held: TenantLocks[] = [];
  const release = () => held.splice(0).forEach((lock) => lock.release());
  const inOrder = [...tenants].sort((a, b) => (a.id < b.id ? -1 : 1));
  try {
    for (const { id, name } of inOrder) held.push(await lockTenant(join(folder, "locks"), id, name, rollout));
  } catch (error) {
    release();
    throw error;
  }
  return { release, name: (id) => held.forEach((lock) => lock.name(id)) };
}

async function lockTenant(folder: string, id: string, name: string, rollout: string | undefined): Promise<TenantLocks> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `rollout-${id}-${MACHINE}.lock`);
  const about = `${file}.about`;
  const lock = await takeAtOnce(file, (owner) => {
    const other = readAbout(about, owner);
    return `${other === undefined ? "a rollout" : `rollout ${other}`} (process ${owner.pid}) is rolling out to ${name}`;
  });
  const tell = (known: string) => writeFileSync(about, JSON.stringify({ rollout: known, pid: process.pid }));
  if (rollout !== undefined) tell(rollout);
  return {
    name: tell,
    release() {
      rmSync(about, { force: true });
      lock.release();
    },
  };
}

const runningFile = (folder: string) => join(folder, `running-${MACHINE}.lock`);

/** Takes the rollout in this folder, so that one process goes on with it. Throws a `RolloutLockedError` otherwise. */
export function lockRollout(folder: string, rollout: string): Promise<Lock> {
  return takeAtOnce(runningFile(folder), ({ pid }) => `rollout ${rollout} runs in process ${pid}`);
}

/** Id of the process of this machine that goes on with the rollout in this folder, if one does. */
export function runningProcess(folder: string): number | undefined {
  try {
    const owner = JSON.parse(readFileSync(runningFile(folder), "utf8")) as LockOwner;
    return isAlive(owner) ? owner.pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function takeAtOnce(file: string, sentence: (owner: LockOwner) => string): Promise<Lock> {
  return acquireLock(file, {
    onWait(owner) {
      throw new RolloutLockedError(sentence(owner), owner);
    },
  });
}

/** The owner may not have come to write it yet, or a killed one has left it. */
function readAbout(file: string, owner: LockOwner): string | undefined {
  try {
    const { rollout, pid } = JSON.parse(readFileSync(file, "utf8")) as { rollout: string; pid: number };
    return pid === owner.pid ? rollout : undefined;
  } catch {
    return undefined;
  }
}
