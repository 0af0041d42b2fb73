import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { writeDurably } from "../../apply/index.js";
import type { TenantSpec } from "../plan.js";
import { HeldBackError } from "../ports.js";
import { EngineAccount, failureOf, refusalsOf } from "./events.js";
import { isLeftOver, locksIn } from "./lock.js";
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
  if (outcome.failed !== undefined && isLocked(outcome.failed)) {
    unlockable(outcome.failed, begun.earlier, tenant);
    options.log(tenant, "a killed update of this rollout has left the stack locked: unlocking it");
    await stacks.run(tenant, ["cancel", "--yes", "--stack", tenant.stack]);
    outcome = await up(options, stack, tenant, refresh);
  }
  const { failed, account } = outcome;
  if (failed === undefined) begun.end();
  else {
    if (!wasKilled(failed)) begun.end();
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

/** Throws where a lock is not known to be left by this rollout. */
function unlockable(failed: Error, begun: number | undefined, tenant: TenantSpec): void {
  const locks = locksIn(failed.message);
  if (begun !== undefined && locks.length > 0 && locks.every((lock) => isLeftOver(lock, begun))) return;
  const who = locks.map(({ user, host, pid, time }) => {
    return `${user}@${host}, process ${pid}, since ${new Date(time).toISOString()}`;
  });
  throw new Error(
    `the stack ${tenant.stack} is locked${who.length === 0 ? "" : ` by ${who.join(" and ")}`}, and it is not known to be by ` +
      "a killed update of this rollout. Wait until that update ends, or where it was killed, run " +
      `\`pulumi cancel --stack ${tenant.stack}\`, and go on with the rollout.`,
    { cause: failed },
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
