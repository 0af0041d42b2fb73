import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { writeDurably } from "../../apply/index.js";
import type { TenantSpec } from "../plan.js";
import { HeldBackError } from "../ports.js";
import { EngineAccount, failureOf, refusalsOf } from "./events.js";
import { ended, locksIn, whose, type StackLock } from "./lock.js";
import type { LocalOptions } from "./options.js";
import { statesIn } from "./promise.js";
import type { PolicyState } from "../../resources/passkeyPolicy/state.js";
import type { Stacks } from "./stacks.js";

/** What an update has come to. */
export interface Applied {
  readonly changed: boolean;
  /** What the stack owns of the passkey policy now. */
  readonly states: readonly PolicyState[];
}

/**
 * Updates a tenant by `pulumi up`. What a killed update of this rollout has left locked is unlocked, and nothing else.
 *
 * @param refresh whether the engine reads what exists first, without which drift stays; not needed for a new stack.
 * @throws HeldBackError where the update is refused and nothing was written.
 */
export async function apply(
  options: Pick<LocalOptions, "folder" | "log">,
  stacks: Stacks,
  tenant: TenantSpec,
  { refresh }: { readonly refresh: boolean },
): Promise<Applied> {
  const stack = await stacks.stack(tenant);
  const begun = beginUpdate(options.folder, tenant);
  let outcome = await up(options, stack, tenant, refresh);
  for (let tries = 0; outcome.failed !== undefined && isLocked(outcome.failed) && tries < MOST_UNLOCKS; tries += 1) {
    await unlock(options, stacks, tenant, outcome.failed, begun);
    outcome = await up(options, stack, tenant, refresh);
  }
  const { failed, account } = outcome;
  if (failed === undefined || (!wasKilled(failed) && !isLocked(failed))) begun.end();
  if (failed !== undefined) {
    const told = account.preview(tenant.stack);
    const refusals = refusalsOf(told);
    if (refusals.length > 0 && account.written === 0) throw new HeldBackError(refusals.join("\n"));
    throw new Error(failureOf(told, failed), { cause: failed });
  }
  const { deployment } = await stack.exportStack();
  return { changed: account.written > 0, states: statesIn(deployment) };
}

async function up({ log }: Pick<LocalOptions, "log">, stack: Stack, tenant: TenantSpec, refresh: boolean) {
  const account = new EngineAccount((line) => log(tenant, line));
  try {
    await stack.up({ refresh, onEvent: account.take });
    return { account };
  } catch (error) {
    return { account, failed: error as Error };
  }
}

const isLocked = ({ name }: Error): boolean => name === "ConcurrentUpdateError";

/** Whether the command did not end by itself, so that it may have left its lock. */
const wasKilled = ({ message }: Error): boolean => message.includes("was killed with SIG");

/** An update that has outlived its rollout may be killed while it is waited for, and leave its lock then. */
const MOST_UNLOCKS = 2;

/** How long an update that has outlived its rollout is waited for, in milliseconds. */
const OUTLIVED_MS = 10 * 60_000;

/** Takes a lock away that a killed update of this rollout has left; throws where it is not known to be one. */
async function unlock(
  { log }: Pick<LocalOptions, "log">,
  stacks: Stacks,
  tenant: TenantSpec,
  failed: Error,
  begun: Begun,
): Promise<void> {
  const locks = locksIn(failed.message);
  const states = locks.map((lock) => (begun.earlier === undefined ? "foreign" : whose(lock, begun.earlier)));
  if (locks.length === 0 || states.includes("foreign")) {
    // That lock was there before this update, which so has left none.
    if (begun.earlier === undefined) begun.end();
    throw new Error(lockedText(locks, tenant), { cause: failed });
  }
  const [running] = locks.filter((_, index) => states[index] === "running");
  if (running !== undefined) {
    log(tenant, `an update of this rollout still runs as process ${running.pid}: waiting for its end`);
    if (!(await ended(running.pid, OUTLIVED_MS))) throw new Error(lockedText(locks, tenant), { cause: failed });
    // It has given its lock back, or it was killed and the next try finds it.
    return;
  }
  log(tenant, "a killed update of this rollout has left the stack locked: unlocking it");
  await stacks.run(tenant, ["cancel", "--yes", "--stack", tenant.stack]);
}

function lockedText(locks: readonly StackLock[], { stack }: TenantSpec): string {
  const who = locks.map(({ user, host, pid, time }) => {
    return `${user}@${host}, process ${pid}, since ${new Date(time).toISOString()}`;
  });
  return (
    `the stack ${stack} is locked${who.length === 0 ? "" : ` by ${who.join(" and ")}`}, and it is not known to be by a killed ` +
    "update of this rollout. Wait until that update ends, or where it was killed, run " +
    `\`pulumi cancel --stack ${stack}\`, and go on with the rollout.`
  );
}

interface Begun {
  /** When an update began of which this rollout did not see the end. */
  readonly earlier: number | undefined;
  /** The update has ended by itself, and so has given its lock back. */
  end(): void;
}

/** Notes that an update begins, so that its lock is known for ours should all of this be killed. */
function beginUpdate(folder: string, { id, stack }: TenantSpec): Begun {
  const file = join(folder, "updating", `${id}.json`);
  const earlier = beganIn(file, stack);
  if (earlier === undefined) writeDurably(file, { stack, time: new Date().toISOString() });
  return { earlier, end: () => rmSync(file, { force: true }) };
}

function beganIn(file: string, stack: string): number | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const note = JSON.parse(readFileSync(file, "utf8")) as { stack: string; time: string };
    return note.stack === stack ? Date.parse(note.time) : undefined;
  } catch {
    return undefined;
  }
}
