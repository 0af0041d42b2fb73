import { hostname, userInfo } from "node:os";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/**
 * Takes out of a history what tells the machine that it was made on: names of hosts, folders, stacks of errors. In place,
 * payloads included.
 */
export function withoutMachine(history: object, folder: string): void {
  const plain = (text: string): string =>
    text.replaceAll(folder, "/rollouts").replaceAll(root, "/package").replaceAll(hostname(), "host");
  const walk = (holder: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(holder)) {
      if (value instanceof Uint8Array) holder[key] = Buffer.from(plain(Buffer.from(value).toString("utf8")));
      else if (typeof value === "string") {
        holder[key] = key === "identity" ? "worker" : key === "stackTrace" ? "" : plain(value);
      } else if (value !== null && typeof value === "object") walk(value as Record<string, unknown>);
    }
  };
  walk(history as Record<string, unknown>);
}

/** Whether a stored history tells of this machine; for what a test must not find. */
export function tellsOfMachine(stored: Buffer): boolean {
  return [hostname(), root, `${userInfo().username}@`, "/tmp/"].some((word) => stored.includes(word));
}
