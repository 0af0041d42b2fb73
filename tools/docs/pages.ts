import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import prettier from "prettier";
import { commands, createProgram } from "../../provider/dist/cli/commands.js";
import { describeCommand, type CommandPage } from "./command.ts";
import { commandMarkdown, commandsMarkdown } from "./commandMarkdown.ts";
import { withGenerated } from "./markers.ts";
import { resourceMarkdown } from "./resourceMarkdown.ts";
import { readResources, undocumentedIn } from "./resources.ts";

/** A page of the documentation with its generated part up to date. */
export interface Page {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Pages {
  readonly pages: readonly Page[];
  /** Arguments and outputs that say nothing of themselves, such as `PasskeyPolicy.state`. */
  readonly undocumented: readonly string[];
}

/**
 * The pages of all resources and commands, from the code as it is built and from the prose that is there. Nothing is
 * written, and the same input gives the same bytes.
 */
export async function generatePages(root: string): Promise<Pages> {
  const resources = readResources(join(root, "provider/index.ts"));
  const drafts = resources.map((resource) => ({
    path: `docs/resources/${resource.page}`,
    start: `# ${resource.name}\n\n${resource.description}\n`,
    part: "arguments",
    generated: resourceMarkdown(resource),
  }));
  const described = describedCommands();
  for (const command of described) {
    drafts.push({
      path: `docs/cli/${command.name}.md`,
      start: `# ${command.path}\n`,
      part: "command",
      generated: commandMarkdown(command),
    });
  }
  drafts.push({
    path: "docs/cli/README.md",
    start: "# The command line\n",
    part: "commands",
    generated: commandsMarkdown(described),
  });
  const pages = drafts.map(async ({ path, start, part, generated }) => {
    const file = join(root, path);
    const prose = existsSync(file) ? readFileSync(file, "utf8") : start;
    const config = await prettier.resolveConfig(file);
    return { path, text: await prettier.format(withGenerated(prose, part, generated), { ...config, filepath: file }) };
  });
  return { pages: await Promise.all(pages), undocumented: resources.flatMap(undocumentedIn) };
}

/** The commands as somebody meets them: below `entra-passkeys`, which hands settings down to them. */
function describedCommands(): CommandPage[] {
  const program = createProgram("0.0.0");
  const names = new Set(commands().map((command) => command.name()));
  return program.commands.filter((command) => names.has(command.name())).map((command) => describeCommand(command));
}
