import { Command } from "commander";
import { aaguidCommand } from "./aaguid.js";
import { destroyImpactCommand } from "./destroyImpact.js";
import { doctorCommand } from "./doctor.js";
import { driftCommand } from "./drift.js";
import { emulatorCommand } from "./emulator.js";
import { EXIT } from "./exit-codes.js";
import { exportCommand } from "./export.js";
import { inventoryCommand } from "./inventory.js";
import { reportCommand } from "./report.js";
import { rolloutCommand } from "./rollout.js";
import { suggestCommand } from "./suggest.js";
import { workerCommand } from "./worker.js";

/** Every command of `entra-passkeys`, in the order of its help; one file for each. */
export const commands = (): Command[] => [
  doctorCommand(),
  exportCommand(),
  driftCommand(),
  reportCommand(),
  rolloutCommand(),
  workerCommand(),
  inventoryCommand(),
  suggestCommand(),
  destroyImpactCommand(),
  aaguidCommand(),
  emulatorCommand(),
];

/**
 * `entra-passkeys` with all of its commands. It is made without being run, so that the pages in docs/cli are made from it.
 *
 * @param version what `--version` prints
 */
export function createProgram(version: string): Command {
  const program = new Command("entra-passkeys")
    .description("Tools around the Passkey (FIDO2) policy of Microsoft Entra ID")
    .version(version, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .showHelpAfterError("(add --help for what there is)")
    .addHelpText(
      "after",
      "\nExit codes: 0 success, 1 error, 2 the command line makes no sense; a command may have more.\n" +
        "Completion: source <(entra-passkeys complete bash); also zsh, fish, powershell.",
    );
  commands().forEach((command) => program.addCommand(inheriting(command, program)));
  return throwing(program);
}

/**
 * The exit code of a wrong command line. These say by exit code 2 that something is different: there a wrong command line
 * is an error like any other.
 */
export const usageExitCode = (command: string | undefined): number =>
  command === "report" || command === "drift" ? EXIT.error : EXIT.usage;

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
