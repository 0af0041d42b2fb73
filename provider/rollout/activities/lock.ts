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
 * Whether a lock was left by an update that this rollout began and that was killed: made on this machine, by this user,
 * after the rollout began the update, by a process that is not there any more.
 *
 * @param begun when the rollout began its last update of the stack that it did not see the end of, as `StackLock.time`.
 */
export function isLeftOver(lock: StackLock, begun: number, isAlive: (pid: number) => boolean = isRunning): boolean {
  const here = lock.host === hostname() && lock.user === userInfo().username;
  // The time of a lock has no fractions of a second.
  return here && lock.time >= begun - 1000 && !isAlive(lock.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
