import type { CommandPage, Parameter } from "./command.ts";
import { block, code, prose, sentence, table } from "./markdown.ts";

/** Usage, arguments, options, exit codes and examples of a command; of one with commands below it, of each of them. */
export function commandMarkdown(command: CommandPage): string {
  const { commands } = command;
  if (commands.length === 0) return ["## Usage", ...parts(command, "###")].join("\n\n");
  return [
    "## Usage",
    ...parts(command, "###"),
    "### Commands",
    table(
      ["command", "effect"],
      commands.map(({ name, path, description }) => [
        `[\`${name}\`](#${path.replaceAll(" ", "-")})`,
        sentence(description),
      ]),
    ),
    ...commands.flatMap((one) => [`## ${one.path}`, ...parts(one, undefined)]),
  ].join("\n\n");
}

/** A table of all commands. */
export function commandsMarkdown(commands: readonly CommandPage[]): string {
  return table(
    ["command", "what it does"],
    commands.map(({ name, summary, description }) => [
      `[\`entra-passkeys ${name}\`](${name}.md)`,
      sentence(summary === "" ? description : summary),
    ]),
  );
}

/** @param level marks of the headings; without, bold words, because the page has a heading for each command already */
function parts(command: CommandPage, level: string | undefined): string[] {
  const heading = (text: string) => (level === undefined ? `**${text}**` : `${level} ${text}`);
  const { usage, description, exitCodes, examples, notes } = command;
  const list = (title: string, first: string, parameters: readonly Parameter[]) =>
    parameters.length === 0 ? [] : [heading(title), parameterTable(first, parameters)];
  return [
    block("text", [usage]),
    sentence(description),
    ...list("Arguments", "argument", command.arguments),
    ...list("Options", "option", command.options),
    heading("Exit codes"),
    table(
      ["code", "meaning"],
      exitCodes.map(([number, meaning]) => [String(number), sentence(meaning)]),
    ),
    ...(notes.length === 0 ? [] : [heading("Notes")]),
    ...notes.map((note) => ("paragraph" in note ? prose(note.paragraph) : block("text", note.lines))),
    ...(examples.length === 0 ? [] : [heading("Examples"), block("sh", examples)]),
  ];
}

const parameterTable = (first: string, parameters: readonly Parameter[]): string =>
  table(
    [first, "required", "default", "meaning"],
    parameters.map(({ flags, required, default: value, choices, description }) => [
      code(flags),
      required ? "yes" : "",
      value ?? "",
      [sentence(description), ...(choices.length === 0 ? [] : [`One of ${choices.map(code).join(", ")}.`])].join(" "),
    ]),
  );
