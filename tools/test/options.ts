import { parseArgs } from "node:util";

/** What a caller of `npm test` may ask for. */
export interface TestOptions {
  /** Files, or parts of their paths; none means every test. */
  files: string[];
  /** Leave the suites out that need a Pulumi engine or a Temporal server. */
  engine: boolean;
  /** Fail where there is no engine or no Temporal server, instead of skipping those suites. */
  requireEngine: boolean;
  /** Run the tests of engine and server after the others instead of beside them. */
  serial: boolean;
  /** What goes to Mocha as it is. */
  mocha: { grep?: string; fgrep?: string; invert: boolean; bail: boolean; timeout?: number; forbidOnly: boolean };
}

/** How to call `npm test`. */
export const usage = `npm test -- [options] [file or part of its path ...]
  -g, --grep <pattern>   only tests whose title matches
  -f, --fgrep <text>     only tests whose title contains the text
  -i, --invert           the opposite of --grep or --fgrep
  -b, --bail             stop at the first failure
  -t, --timeout <ms>     for each test; 0 means none
      --no-engine        leave out what needs a Pulumi engine or a Temporal server (or set NO_ENGINE=1)
      --serial           run the tests of engine and server after the others, not beside them
REQUIRE_ENGINE=1 makes a missing engine or Temporal server a failure.`;

const set = (value: string | undefined) => value !== undefined && value !== "" && value !== "0";

/** Reads the arguments and the environment; throws with a message for people when an argument is unknown. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): TestOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      grep: { type: "string", short: "g" },
      fgrep: { type: "string", short: "f" },
      invert: { type: "boolean", short: "i", default: false },
      bail: { type: "boolean", short: "b", default: false },
      timeout: { type: "string", short: "t" },
      "no-engine": { type: "boolean", default: false },
      serial: { type: "boolean", default: false },
    },
  });
  const { grep, fgrep, invert, bail } = values;
  const timeout = values.timeout === undefined ? undefined : Number(values.timeout);
  return {
    files: positionals,
    engine: !values["no-engine"] && !set(env.NO_ENGINE),
    requireEngine: set(env.REQUIRE_ENGINE),
    serial: values.serial,
    mocha: { grep, fgrep, invert, bail, timeout, forbidOnly: set(env.CI) },
  };
}
