import type { RunOptions } from "../apply/index.js";
import type { Host } from "./host.js";

/** How a change of a resource is run. */
export function runOptions(host: Host, name: string): RunOptions {
  const { engine, verifySeconds } = host;
  return { engine, verifySeconds, lock: host.lock(), log: (line: string) => host.log(`${name}: ${line}`) };
}
