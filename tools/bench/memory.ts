import { readFileSync } from "node:fs";

/** The most resident memory that a process has had, in KiB; 0 where the system does not tell. */
export function peakOf(pid: number | "self"): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
