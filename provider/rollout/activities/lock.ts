import { hostname, userInfo } from "node:os";

/** What the engine says of a lock that it cannot get around. */
export interface StackLock {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** When it was made, in milliseconds since the epoch. */
  readonly time: number;
}

const LOCK = /created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g;

/** The locks that a message of the engine names; a backend that is a service names none. */
export function locksIn(text: string): StackLock[] {
  const locks = [...text.matchAll(LOCK)].map(([, user, host, pid, time]) => ({
    ...{ user: user!, host: host!, pid: Number(pid), time: Date.parse(time!) },
  }));
  return [...new Map(locks.map((lock) => [JSON.stringify(lock), lock])).values()];
}

/**
 * Whose a lock is. It is of an update that this rollout began and did not see the end of where it was made on this machine,
 * by this user, after that update was begun: `left` where its process is gone, else `running`. Any other one is `foreign`.
 *
 * @param begun when that update was begun, as `StackLock.time`.
 */
export function whose(
  lock: StackLock,
  begun: number,
  isAlive: (pid: number) => boolean = isRunning,
): "left" | "running" | "foreign" {
  // The time of a lock has no fractions of a second.
  const isOurs = lock.host === hostname() && lock.user === userInfo().username && lock.time >= begun - 1000;
  if (!isOurs) return "foreign";
  return isAlive(lock.pid) ? "running" : "left";
}

/** How often it is looked whether a process has ended, in milliseconds. */
const LOOK_MS = 500;

/** Waits until a process has ended; answers whether it has in time. */
export async function ended(pid: number, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; isRunning(pid);) {
    if (Date.now() > deadline) return false;
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  return true;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
