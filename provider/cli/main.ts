#!/usr/bin/env node
import "./node-version.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError, type Command } from "commander";
import { createProgram, usageExitCode } from "./commands.js";
import { EXIT } from "./exit-codes.js";

/** Runs `entra-passkeys`; its commands are listed in `commands.ts`. */
async function main(args: string[]): Promise<number> {
  const program = createProgram(version());
  if (args[0] === "complete") await addCompletion(program);
  try {
    await program.parseAsync(args, { from: "user" });
    // A command that has more to say than success or failure sets its own.
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Asking for help or the version is no error; without any command commander prints the help as one.
      if (error.exitCode === 0) return EXIT.ok;
      return usageExitCode(args[0]);
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

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
  return (manifest as { version: string }).version;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
