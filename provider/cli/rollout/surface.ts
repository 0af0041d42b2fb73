import { once } from "node:events";
import { userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import { cacheFolder } from "../../apply/index.js";
import { printable } from "../../policy/index.js";
import { rolloutParts, type RolloutParts } from "../../rollout/local/parts.js";
import type { SignalSource } from "../../rollout/local/surroundings.js";
import { coloured, hasColours, type Format } from "../colours.js";

/** Where something is written; `process.stdout` is one. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Everything of the outside that the commands of a rollout touch. */
export interface Surface {
  readonly parts: RolloutParts;
  readonly env: NodeJS.ProcessEnv;
  readonly out: Output;
  readonly err: Output;
  readonly signals: SignalSource;
  /** Folder for what processes of one user share. */
  readonly cache: string;
  /** Name of whoever runs the command. */
  readonly user: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Asks a question that is answered by yes or no; absent where nobody is there to answer. */
  ask?(question: string): Promise<boolean>;
}

/** The terminal, the machine and the parts of this package. */
export function processSurface(): Surface {
  const { stdin, stdout, stderr, env } = process;
  return {
    parts: rolloutParts,
    env,
    out: stdout,
    err: stderr,
    signals: process,
    cache: cacheFolder(env),
    user: userInfo().username,
    now: Date.now,
    // A pipeline may have a terminal, and nobody at it.
    ...(stdin.isTTY && stdout.isTTY && !env["CI"] && { ask }),
  };
}

async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // Ctrl-C and the end of the input are no yes: some versions of Node.js reject then, others never answer.
    const closed = once(lines, "close").then(() => "");
    const answer = await Promise.race([lines.question(`${question} [y/N] `).catch(() => "\n"), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

export type Paint = (format: Format, text: string) => string;

/** Colours on a terminal, unless NO_COLOR says otherwise. */
export function painter({ out, env }: Pick<Surface, "out" | "env">): Paint {
  return hasColours(out, env) ? coloured : (_format, text) => text;
}

/** One line, whatever somebody has put into the text. */
export const oneLine = (text: string): string => printable(text.replace(/\s*\n\s*/g, " ").trim());

/** Rows under each other, the last column as it is; numbers to the right. */
export function columns(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, index) => Math.max(all[index] ?? 0, String(cell).length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, index) =>
        typeof cell === "number"
          ? String(cell).padStart(widths[index]!)
          : index === row.length - 1
            ? cell
            : cell.padEnd(widths[index]!),
      )
      .join("  ")
      .trimEnd(),
  );
}
