/** Tells a person how the set-up goes. */
export interface Progress {
  /** Something that is worth keeping on the screen. */
  line(text: string): void;
  /** What goes on right now; replaces the status before it on a terminal, and is rare elsewhere. */
  status(text: string): void;
}

/** How often a status becomes a line where it cannot replace the one before. */
const interval = 20_000;

/** Progress as plain lines: for logs, pipes and callers with a `log` of their own. */
export function lineProgress(log: (line: string) => void, now: () => number = Date.now): Progress {
  let last = now();
  return {
    line(text) {
      last = now();
      log(text);
    },
    status(text) {
      if (now() - last < interval) return;
      last = now();
      log(text);
    },
  };
}

/** Progress on a terminal, where a status stays on one line; plain lines where the stream is no terminal. */
export function streamProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return lineProgress((line) => stream.write(`${line}\n`));
  let open = false;
  return {
    line(text) {
      stream.write(`${open ? "\r\x1b[K" : ""}${text}\n`);
      open = false;
    },
    status(text) {
      stream.write(`\r\x1b[K${text.slice(0, Math.max(20, stream.columns - 1))}`);
      open = true;
    },
  };
}

/** Minutes and seconds since a moment, `1:05`. */
export function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
