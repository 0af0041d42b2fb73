import { connect } from "node:net";
import { EngineGoneError } from "./errors.js";

/** Throws an `EngineGoneError` where nobody waits for the result any more. */
export type EngineCheck = () => Promise<void>;

/**
 * Checks that the engine which started this process still answers. After a kill of the CLI its plugin process lives on,
 * and must not go on writing to a tenant behind the back of the next `pulumi up`.
 *
 * @param address host and port of the engine, as a Pulumi plugin gets it as its first argument.
 */
export function engineAt(address: string | undefined, timeoutMs = 2000): EngineCheck {
  const match = /^(.+):(\d+)$/.exec(address ?? "");
  if (match === null) return async () => {};
  const [, host, port] = match;
  return () =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: host!.replace(/^\[|\]$/g, ""), port: Number(port) });
      const end = (error?: Error) => {
        socket.destroy();
        if (error === undefined) resolve();
        else reject(error);
      };
      socket.setTimeout(timeoutMs, () => end(new EngineGoneError()));
      socket.once("connect", () => end());
      socket.once("error", () => end(new EngineGoneError()));
    });
}

/** The engine of this process, where it was started as a plugin; otherwise a check that always passes. */
export function engineOfThisProcess(argv: readonly string[] = process.argv): EngineCheck {
  return engineAt(isPlugin(argv) ? argv[2] : undefined);
}

/** Whether this process was started as a plugin. */
export const isPlugin = (argv: readonly string[] = process.argv): boolean =>
  argv[1]?.includes("dynamic-provider") ?? false;

/** How often a process that nobody listens to looks whether its engine still is there, in milliseconds. */
const WATCH_MS = 500;

/**
 * Ends a plugin process once nobody reads what it writes and its engine is gone, as after a kill of the CLI. Without it
 * such a process lives on, and the error of each line that it cannot write is written as a line in turn, for ever.
 *
 * @param streams what the engine reads.
 */
export function endWithEngine(
  check: EngineCheck,
  end: () => void,
  streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr],
): void {
  let watching = false;
  const watch = () =>
    void check().then(
      () => setTimeout(watch, WATCH_MS).unref(),
      () => end(),
    );
  for (const stream of streams) {
    stream.on("error", () => {
      if (!watching) watch();
      watching = true;
    });
  }
}
