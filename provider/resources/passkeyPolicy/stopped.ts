import type { JournalEntry, Managed } from "../../apply/index.js";
import { digestOf } from "../../policy/digest.js";
import type { Host } from "../host.js";
import type { CheckedInputs } from "./inputs.js";
import { resourceName } from "./owner.js";

type Owner = Pick<CheckedInputs, "tenantId" | "owner">;

/**
 * What a resource owns: what its state says, and what a run that went on from that state wrote down and was stopped
 * before the engine got its end.
 */
export function managedWhereStopped(host: Host, { tenantId, owner }: Owner, managed: Managed): Managed {
  const stopped = host.journal.stopped(tenantId, owner, managed);
  if (stopped === undefined) return managed;
  host.logOnce(`${resourceName(owner)}: going on from a run of ${stopped.time} that was stopped`);
  return { ...managed, ...stopped.managed };
}

/** Whether the last run may not have come to its end, so that parts may still be as they were before it. */
export function mayBeUnfinished(host: Host, { tenantId, owner }: Owner, managed: Managed): boolean {
  if (Object.values(managed).some(({ interim }) => interim !== undefined)) return true;
  const journal = host.journal.read(tenantId, owner);
  return journal !== undefined && !("entry" in journal && journal.entry.done === true);
}

interface Note extends Pick<JournalEntry, "managed" | "done" | "over"> {
  /** What the state said that the run began with; absent where there is none. */
  readonly from?: Managed | undefined;
}

/** Writes down what a run may leave behind, before it writes anything else; and at its end, what it came to. */
export function writeJournal(host: Host, { tenantId, owner }: Owner, { managed, from, done, over }: Note): void {
  const time = new Date(host.now()).toISOString();
  host.journal.write({
    version: 1,
    tenantId,
    owner,
    time,
    managed,
    ...(from !== undefined && { from: digestOf(from) }),
    ...(done === true && { done }),
    ...(over !== undefined && Object.keys(over).length > 0 && { over }),
  });
}
