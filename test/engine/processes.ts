import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";

/** One process of this machine. */
export interface ProcessInfo {
  pid: number;
  ppid: number;
  argv: string[];
}

const hasProc = existsSync("/proc/self/stat");

function fromProc(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ppid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return undefined;
    return { pid, ppid: Number(ppid), argv: readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1) };
  } catch {
    return undefined; // It ended meanwhile.
  }
}

/** Every process that can be seen. */
export function processes(): ProcessInfo[] {
  if (hasProc) {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => fromProc(Number(pid)) ?? []);
  }
  const lines = execFileSync("ps", ["-Aww", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [, pid, ppid, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)!;
    return { pid: Number(pid), ppid: Number(ppid), argv: args!.split(" ") };
  });
}

/** What a process has started, directly or not, without itself. */
export function descendants(pid: number, all: ProcessInfo[] = processes()): ProcessInfo[] {
  const children = all.filter((process) => process.ppid === pid);
  return children.flatMap((child) => [child, ...descendants(child.pid, all)]);
}

/** The processes that carry this variable in their environment, also those that have lost their parent. Linux only. */
export function marked(name: string, value: string): ProcessInfo[] {
  if (!hasProc) return [];
  return processes().filter(({ pid }) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`${name}=${value}`);
    } catch {
      return false;
    }
  });
}

/** Whether this is the Node.js process that runs the handlers of dynamic resources, and not its launcher. */
export function isPlugin({ argv }: ProcessInfo): boolean {
  return argv[1]?.includes("/cmd/dynamic-provider") === true;
}

/** Sends a signal to each process that still is there. */
export function signalAll(targets: { pid: number }[], signal: NodeJS.Signals = "SIGKILL"): void {
  for (const { pid } of targets) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}
