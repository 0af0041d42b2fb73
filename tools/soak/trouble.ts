/** What goes wrong between a stack and the tenant: rare and short, as a service does it. */
import type { Emulator, FaultHandle } from "../../provider/dist/emulator/index.js";
import type { Random } from "./random.ts";

const READ = { method: "GET", kind: "policy" } as const;
const WRITE = { method: "PATCH", kind: "policy" } as const;

type Trouble = (faults: Emulator["faults"], random: Random) => FaultHandle;

const troubles = {
  throttledRead: (faults, random) => faults.throttle(READ, { retryAfter: 1, after: random.below(4) }),
  throttledWrite: (faults, random) => faults.throttle(WRITE, { retryAfter: 1, after: random.below(2) }),
  unavailableRead: (faults, random) => faults.status(READ, 503, { times: 1 + random.below(2), after: random.below(4) }),
  unavailableWrite: (faults, random) => faults.status(WRITE, 503, { after: random.below(2) }),
  cutAfterWrite: (faults, random) => faults.cutAfter(WRITE, { after: random.below(2) }),
  cutBeforeWrite: (faults, random) => faults.cutBefore(WRITE, { after: random.below(2) }),
  slowReads: (faults, random) => faults.latency(READ, 100 + random.below(400), { times: 4, after: random.below(3) }),
  slowWrite: (faults, random) => faults.latency(WRITE, 100 + random.below(900), { phase: "after" }),
  staleReads: (faults, random) => faults.staleReads(1 + random.below(2), WRITE, { after: random.below(2) }),
  expiredToken: (faults, random) => faults.expiredToken(READ, { after: random.below(4) }),
  /** The two that make a command fail. */
  forbiddenRead: (faults, random) => faults.missingPermission(READ, { after: random.below(4) }),
  forbiddenWrite: (faults, random) => faults.missingPermission(WRITE, { after: random.below(2) }),
} satisfies Record<string, Trouble>;

export type TroubleName = keyof typeof troubles;

const WEIGHTS: Readonly<Record<TroubleName, number>> = {
  throttledRead: 2,
  throttledWrite: 3,
  unavailableRead: 1,
  unavailableWrite: 2,
  cutAfterWrite: 3,
  cutBeforeWrite: 1,
  slowReads: 2,
  slowWrite: 2,
  staleReads: 3,
  expiredToken: 1,
  forbiddenRead: 0.5,
  forbiddenWrite: 1,
};

/** Adds some faults; none most of the time. */
export function addTrouble(faults: Emulator["faults"], random: Random): Map<FaultHandle, TroubleName> {
  const added = new Map<FaultHandle, TroubleName>();
  if (!random.chance(0.4)) return added;
  const count = 1 + random.below(2);
  for (let index = 0; index < count; index++) {
    const name = random.weighted(WEIGHTS);
    added.set(troubles[name](faults, random), name);
  }
  return added;
}
