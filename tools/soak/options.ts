import { parseArgs } from "node:util";

/** What a caller of `npm run soak` may ask for. */
export interface Options {
  readonly minutes: number;
  /** Instead of minutes. */
  readonly steps?: number;
  readonly seed: number;
  readonly quiet: boolean;
  readonly help: boolean;
}

/** How to call `npm run soak`. */
export const usage = `npm run soak -- [options]
      --minutes <number>  how long; default 10
      --steps <number>    so many steps, however long they take
      --seed <number>     the same programs, changes and faults again; default: another one each time
      --quiet             no line for each step
      --help              this text`;

/** Reads the arguments; throws with a message for people where one is unknown or no number. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: "string" },
      steps: { type: "string" },
      seed: { type: "string" },
      quiet: { type: "boolean" },
      help: { type: "boolean", default: false },
    },
  });
  const number = (name: "minutes" | "steps" | "seed", whole: boolean) => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === "" || !(value >= 0) || !Number.isFinite(value) || (whole && !Number.isInteger(value))) {
      throw new Error(`--${name} takes a ${whole ? "whole " : ""}number, and not ${JSON.stringify(text)}`);
    }
    return value;
  };
  const steps = number("steps", true);
  return {
    minutes: number("minutes", false) ?? 10,
    ...(steps !== undefined && { steps }),
    seed: number("seed", true) ?? Math.floor(Math.random() * 1_000_000),
    quiet: values.quiet ?? !["", "0", "false", undefined].includes(env.CI),
    help: values.help,
  };
}
