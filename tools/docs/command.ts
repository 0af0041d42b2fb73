import type { Command } from "commander";
import { usageExitCode } from "../../provider/dist/cli/commands.js";
import { readHelpText, type HelpText } from "./helpText.ts";

export interface Parameter {
  /** As it is typed: `--out <file>`, `[query...]`. */
  readonly flags: string;
  readonly required: boolean;
  readonly default: string | undefined;
  readonly choices: readonly string[];
  readonly description: string;
}

/** What a command says of itself. */
export interface CommandPage extends HelpText {
  readonly name: string;
  /** With what stands in front of it: `entra-passkeys rollout up`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly Parameter[];
  readonly options: readonly Parameter[];
  readonly commands: readonly CommandPage[];
}

/** Reads a command, those below it too, from its definition; nothing is run. */
export function describeCommand(command: Command): CommandPage {
  const path = pathOf(command);
  const usage = usageExitCode(path.split(" ")[1] ?? "");
  const help = readHelpText(helpTextOf(command));
  const exitCodes = new Map(help.exitCodes.length > 0 ? help.exitCodes : STANDARD_CODES);
  if (!exitCodes.has(usage)) exitCodes.set(usage, "the command line makes no sense");
  return {
    name: command.name(),
    path,
    summary: command.summary(),
    description: command.description(),
    usage: `${path} ${command.usage()}`,
    arguments: command.registeredArguments.map((argument) => ({
      flags: `${argument.required ? "<" : "["}${argument.name()}${argument.variadic ? "..." : ""}${argument.required ? ">" : "]"}`,
      required: argument.required,
      default: defaultOf(argument.defaultValue, argument.defaultValueDescription),
      choices: argument.argChoices ?? [],
      description: argument.description,
    })),
    options: command.options
      .filter(({ hidden }) => !hidden)
      .map((option) => ({
        flags: option.flags,
        required: option.mandatory && option.defaultValue === undefined,
        default: option.negate ? undefined : defaultOf(option.defaultValue, option.defaultValueDescription),
        choices: option.argChoices ?? [],
        description: option.description,
      })),
    commands: command.commands.map((one) => describeCommand(one as Command)),
    ...help,
    exitCodes: [...exitCodes].sort(([a], [b]) => a - b),
  };
}

const STANDARD_CODES: readonly (readonly [number, string])[] = [
  [0, "success"],
  [1, "an error"],
];

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** What a command adds to the help that follows from its definition. */
function helpTextOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  const generated = command.helpInformation();
  const start = text.indexOf(generated);
  if (start === -1) throw new Error(`the help of ${pathOf(command)} cannot be told from what is added to it`);
  return text.slice(start + generated.length);
}

/** A default for people; none where leaving the option out means nothing. */
function defaultOf(value: unknown, description: string | undefined): string | undefined {
  if (value === undefined || value === false) return undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return description ?? `\`${String(value)}\``;
  }
  const items = Array.isArray(value) ? value.map(String) : [];
  return items.length === 0 ? undefined : (description ?? items.map((item) => `\`${item}\``).join(", "));
}
