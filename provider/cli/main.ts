#!/usr/bin/env node
import "./node-version.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { aaguidCommand } from "./aaguid.js";
import { destroyImpactCommand } from "./destroyImpact.js";
import { doctorCommand } from "./doctor.js";
import { emulatorCommand } from "./emulator.js";
import { EXIT } from "./exit-codes.js";
import { inventoryCommand } from "./inventory.js";
import { reportCommand } from "./report.js";
import { rolloutCommand } from "./rollout.js";
import { suggestCommand } from "./suggest.js";

/** Runs `entra-passkeys`; one file for each command, all of them listed here. */
async function main(args: string[]): Promise<number> {
  const program = new Command("entra-passkeys")
    .description("Tools around the Passkey (FIDO2) policy of Microsoft Entra ID")
    .version(version(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .showHelpAfterError("(add --help for what there is)")
    .addHelpText(
      "after",
      "\nExit codes: 0 success, 1 error, 2 the command line makes no sense; a command may have more.\n" +
        "Completion: source <(entra-passkeys complete bash); also zsh, fish, powershell.",
    );
  [
    doctorCommand(),
    reportCommand(),
    rolloutCommand(),
    inventoryCommand(),
    suggestCommand(),
    destroyImpactCommand(),
    aaguidCommand(),
    emulatorCommand(),
  ].forEach((command) => program.addCommand(inheriting(command, program)));
  if (args[0] === "complete") await addCompletion(program);
  try {
    await throwing(program).parseAsync(args, { from: "user" });
    // A command that has more to say than success or failure sets its own.
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Asking for help or the version is no error; without any command commander prints the help as one.
      if (error.exitCode === 0) return EXIT.ok;
      // A report says by its exit code what changes: there a wrong command line is an error like any other.
      return args[0] === "report" ? EXIT.error : EXIT.usage;
    }
    console.error(`entra-passkeys: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT.error;
  }
}

/** `entra-passkeys complete <shell>`, and the calls that the shell's script makes; loaded for these only. */
async function addCompletion(program: Command): Promise<void> {
  const { default: tab } = await import("@bomb.sh/tab/commander");
  // A shell shows one line for each.
  const shorten = (command: Command) => {
    command.commands.forEach(shorten);
    if (command.summary() !== "") command.description(command.summary());
  };
  shorten(program);
  tab(program);
}

/** A command that was made by itself, with those below it. */
function inheriting(command: Command, parent: Command): Command {
  throwing(command.copyInheritedSettings(parent));
  command.commands.forEach((one) => inheriting(one as Command, command));
  return command;
}

/** Throws instead of ending the process, so that the exit codes are decided in one place. */
function throwing(command: Command): Command {
  return command.exitOverride((error) => {
    throw error;
  });
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
  return (manifest as { version: string }).version;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
