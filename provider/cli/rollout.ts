import { Command } from "commander";
import { drift } from "./rollout/drift.js";
import { NobodyToAskError } from "./rollout/drive.js";
import { EngineFlagsError, engineOf, type Engine, type EngineFlags } from "./rollout/engine.js";
import { onCluster, readCount, tenantRate } from "./rollout/options.js";
import { preview } from "./rollout/preview.js";
import { processSurface, type Surface } from "./rollout/surface.js";

/** `entra-passkeys rollout`: a program for many tenants, wave after wave. */
export function rolloutCommand(surface: () => Surface = processSurface): Command {
  const command = new Command("rollout")
    .summary("roll a program out to many tenants, wave after wave")
    .description(
      "Rolls a Pulumi program out to the tenants of a file, wave after wave: each is scanned, previewed, updated and read " +
        "back, and a gate decides whether the next wave begins. What happens is kept in a journal beside the file, so that a " +
        "rollout that was stopped or killed is gone on with where it was.",
    )
    .addHelpText("after", HELP);
  const act =
    <Flags>(run: (surface: Surface, file: string, flags: Flags) => number | Promise<number>) =>
    async (file: string, flags: Flags, own: Command) =>
      finish(own, () => run(surface(), file, flags));
  const engine =
    <Name extends "up" | "resume" | "status" | "abort" | "rollback">(name: Name) =>
    async (file: string, flags: Parameters<Engine[Name]>[2] & EngineFlags, own: Command) =>
      finish(own, () => {
        const all = surface();
        return engineOf(flags, all.env)[name](all, file, flags as never);
      });

  const previewCommand = command
    .command("preview")
    .summary("show what a rollout would do to each tenant")
    .description("Scans and previews each tenant, wave after wave, and writes nothing.");
  running(restricted(withFile(previewCommand)))
    .option("--html <file>", "write the report of all tenants to this file, as a page that needs nothing else")
    .addHelpText("after", examples("preview", ["", "--wave pilot --html preview.html", "--tenant Northbank --json"]))
    .addHelpText(
      "after",
      "\nExit codes: 0 all can be rolled out to, 1 error, or a tenant failed or would be held back.",
    )
    .action(act(preview));

  const upCommand = command
    .command("up")
    .summary("begin a rollout")
    .description(
      "Begins a rollout, and asks before it does. Refused while another rollout of the file is not finished.",
    );
  onCluster(tenantRate(going(withFile(upCommand))).option("--detach", DETACH))
    .addHelpText("after", examples("up", ["", "--yes --json > events.jsonl", "customers.yaml --html rollout.html"]))
    .addHelpText("after", RUN_CODES)
    .action(engine("up"));

  onCluster(stored(restricted(withFile(command.command("status").summary("show where a rollout stands")))))
    .description("Shows the waves and tenants of a rollout, and what it waits for; also while another process runs it.")
    .option("--json", "print JSON instead of tables")
    .option("--html <file>", "write the rollout to this file, as a page that needs nothing else")
    .addHelpText("after", examples("status", ["", "--rollout 2026-11-26-1 --html rollout.html"]))
    .action(engine("status"));

  onCluster(stored(withFile(command.command("approve").argument("<wave>", "name of the wave that waits"))))
    .summary("approve a wave that waits for it")
    .description(
      "Approves a wave, so that the rollout goes on with the next one; from another terminal or another job.",
    )
    .option("--by <name>", "who approves; default: the user of this machine")
    .option("--json", "print JSON")
    .addHelpText("after", examples("approve", ["pilot", 'pilot --by "Change 4711"']))
    .action(async (wave: string, file: string, flags: Parameters<Engine["approve"]>[3] & EngineFlags, own: Command) =>
      finish(own, () => {
        const all = surface();
        return engineOf(flags, all.env).approve(all, wave, file, flags);
      }),
    );

  const resumeCommand = command.command("resume").summary("go on with a rollout that was stopped or killed");
  onCluster(tenantRate(stored(going(withFile(resumeCommand), false))).option("--detach", DETACH))
    .description(
      "Goes on where a rollout was stopped or killed. Tenants that failed or were held back are tried again. Refused where " +
        "the file has changed since.",
    )
    .option("--retry", "also where the rollout is done: try the tenants again that failed or were held back")
    .addHelpText("after", examples("resume", ["", "--retry --json"]))
    .addHelpText("after", RUN_CODES)
    .action(engine("resume"));

  onCluster(stored(withFile(command.command("abort").summary("end a rollout for good"))))
    .description("Ends a rollout for good. A process that runs it finishes what runs first. What was changed stays.")
    .option("--by <name>", "who aborts; default: the user of this machine")
    .option("--json", "print JSON")
    .addHelpText("after", examples("abort", ["", '--by "Change 4711"']))
    .action(engine("abort"));

  const rollbackCommand = command
    .command("rollback")
    .summary("give tenants back what they had before a rollout")
    .description(
      "Gives each tenant back what was saved of it before its first update, the last wave first, and goes on after failures. " +
        "Without --wave and --tenant it also ends a rollout that is not finished.",
    );
  onCluster(tenantRate(stored(going(restricted(withFile(rollbackCommand))))))
    .option("--by <name>", "who rolls back, where that ends the rollout; default: the user of this machine")
    .addHelpText("after", examples("rollback", ["", "--wave broad --yes", "--tenant Northbank"]))
    .addHelpText(
      "after",
      "\nExit codes: 0 all restored, 1 error, or a tenant was not restored, 3 stopped before the end.",
    )
    .action(engine("rollback"));

  running(restricted(withFile(command.command("drift").summary("find tenants that somebody else has changed"))))
    .description("Reads each tenant and compares it with what its last update has promised. Writes nothing.")
    .addHelpText("after", examples("drift", ["", "--wave pilot --json"]))
    .addHelpText("after", "\nExit codes: 0 no drift, 4 drift, 1 error, or a tenant could not be read.")
    .action(act(drift));
  return command;
}

const HELP = `
Exit codes: 0 done, 1 error, or a tenant failed or was held back, 2 the command line makes no sense, 3 stopped by the
failure budget, a gate, an approval or a signal, so that it can be resumed, 4 drift was found.

Examples:
  entra-passkeys rollout preview --html preview.html
  entra-passkeys rollout up
  entra-passkeys rollout approve pilot
  entra-passkeys rollout resume`;

const DETACH = "on Temporal: begin it, and watch nothing";

const RUN_CODES = `
Exit codes: 0 done, 1 error, aborted, or a tenant failed or was held back, 3 stopped by the failure budget, a health
check, an approval that nobody gave, or a signal: "entra-passkeys rollout resume" goes on with it.
The first Ctrl-C lets updates that run finish and stops; the second one ends at once. On Temporal it ends the watching
only, with 3, and the rollout goes on.`;

const examples = (name: string, lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  entra-passkeys rollout ${name} ${line}`.trimEnd()).join("\n")}`;

function withFile(command: Command): Command {
  return command
    .argument("[file]", "the file of tenants and waves", "tenants.yaml")
    .option("--folder <folder>", "where rollouts are; default: .entra-passkeys/rollouts beside the file");
}

/** Which rollout of several. */
const stored = (command: Command): Command =>
  command.option("--rollout <id>", "which rollout; default: the newest one of the file");

/** Options of what asks or changes tenants. */
const running = (command: Command): Command =>
  command
    .option("--concurrency <number>", "how many tenants at the same time; default: what the wave says", readCount)
    .option("--json", "print a JSON object a line: what the journal gets, and progress");

/** Options of what changes tenants. */
function going(command: Command, asks = true): Command {
  running(command)
    .option("--html <file>", "write the rollout to this file in the end, as a page that needs nothing else")
    .option("--verbose", "a line with the time for each record, on a terminal, too");
  return asks ? command.option("--yes", "go ahead without asking; needed where nobody can be asked") : command;
}

const restricted = (command: Command): Command =>
  command
    .option("--wave <name>", "this wave only; may be given several times", collect, [])
    .option("--tenant <name>", "this tenant only: its name, id or stack; may be given several times", collect, []);

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

async function finish(command: Command, run: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (error instanceof NobodyToAskError || error instanceof EngineFlagsError)
      command.error(`error: ${error.message}`);
    throw error;
  }
}
