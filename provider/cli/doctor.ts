import { Command, InvalidArgumentError, Option } from "commander";
import { countFindings, examinationJson, examinationText, examine, PURPOSES } from "../doctor/index.js";
import type { Examination, Purpose, Tint } from "../doctor/index.js";
import { coloured, hasColours } from "./colours.js";
import { EXIT } from "./exit-codes.js";
import { readHours } from "./hours.js";
import { readInput } from "./input.js";
import { ProgressLine } from "./progressLine.js";

interface Flags {
  for: readonly (Purpose | "all")[];
  program?: string;
  stack?: string;
  stackFile: readonly string[];
  breakGlass: readonly string[];
  inventory?: string;
  maxAge: number;
  offline: boolean;
  strict: boolean;
  timeout: number;
  json: boolean;
}

/** `entra-passkeys doctor`: who one is, what is there, and what is missing for what one wants to do. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .summary("say what is missing for what you want to do, and what to do about it")
    .description(
      "Says who you are, in which tenant and cloud, which permissions, licences and programs are there and which are missing,\n" +
        "and whether people keep their way in: emergency accounts, exclusive profiles, a first key. Each line has the next\n" +
        "action. Reads only, and writes nothing to the tenant.",
    )
    .addOption(
      new Option("--for <what...>", "what you want to do; decides what counts as missing")
        .choices([...PURPOSES, "all"])
        .default(["all"], "all"),
    )
    .option("--program <folder>", "ask pulumi for the state and configuration of the stack of this program")
    .option("--stack <name>", "the stack of --program; default: the one that is selected")
    .option(
      "--stack-file <file>",
      "what `pulumi stack export` or `pulumi preview --json` printed; repeatable",
      collect,
      [],
    )
    .option(
      "--break-glass <account|group>",
      "an emergency account (id, address) or a group of them; repeatable",
      collect,
      [],
    )
    .option("--inventory <file>", "who has which passkeys and methods, from `entra-passkeys inventory`")
    .option("--max-age <hours>", "how old the inventory may be", readHours, 24)
    .option("--offline", "leave out what needs Microsoft Graph", false)
    .option("--strict", "end with 4 where there are warnings and no errors", false)
    .option("--timeout <seconds>", "how long the sign-in, one request or one program may take", readSeconds, 20)
    .option("--json", "print JSON instead of text", false)
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
The tenant and how to sign in come from the environment (ARM_TENANT_ID, ARM_CLIENT_ID, ...), and with --program from the
stack's configuration, too. --for read is preview, refresh and report; write is up and destroy; inventory is who has which
passkeys. Nobody's name and no secret is printed.

Exit codes: 0 nothing stands in the way, 1 an error, or one among the findings, 2 the command line makes no sense, 4 with
--strict: warnings.

Examples:
  entra-passkeys doctor
  entra-passkeys doctor --for read --strict
  entra-passkeys doctor --program . --inventory passkeys.jsonl
  entra-passkeys doctor --for write --stack-file preview.json --break-glass Break-glass --json`;

async function run(flags: Flags, command: Command): Promise<void> {
  if (flags.stack !== undefined && flags.program === undefined) command.error("error: --stack wants a --program");
  const wanted = new Set(flags.for.flatMap((one): readonly Purpose[] => (one === "all" ? PURPOSES : [one])));
  const progress = new ProgressLine(process.stderr);
  const stacks = flags.stackFile.map(readInput);
  let examination: Examination;
  try {
    examination = await examine({
      env: process.env,
      purposes: PURPOSES.filter((one) => wanted.has(one)),
      program: flags.program,
      stack: flags.stack,
      stacks,
      breakGlass: flags.breakGlass,
      inventory: flags.inventory === undefined ? undefined : { path: flags.inventory, maxAge: flags.maxAge },
      offline: flags.offline,
      timeoutMs: flags.timeout * 1000,
      onStep: (what) => progress.show(what, `${what} ...`),
    });
  } finally {
    progress.end();
  }
  const code = codeOf(examination, flags.strict);
  console.log(
    flags.json
      ? JSON.stringify(examinationJson(examination, code), undefined, 2)
      : examinationText(examination, hasColours(process.stdout, process.env) ? tint : undefined),
  );
  process.exitCode = code;
}

function codeOf({ findings }: Examination, strict: boolean): number {
  const { error, warning } = countFindings(findings);
  return error > 0 ? EXIT.error : strict && warning > 0 ? EXIT.warnings : EXIT.ok;
}

const COLOURS = { ok: "green", info: "cyan", warning: "yellow", error: "red", title: "bold" } as const;

const tint: Tint = (severity, text) => coloured(COLOURS[severity], text);

function readSeconds(value: string): number {
  const seconds = Number(value);
  if (value.trim() === "" || !Number.isFinite(seconds) || seconds <= 0 || seconds > 3600) {
    throw new InvalidArgumentError("Seconds are a number above 0, and at most 3600.");
  }
  return seconds;
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
