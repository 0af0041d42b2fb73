import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import { exportTenant, type ExportedTenant } from "../adopt/index.js";
import { projectFiles, type ProjectFiles } from "../adopt/text/project.js";
import { printable, problemText } from "../policy/index.js";
import { readSavedPolicy } from "./savedPolicy.js";

interface Flags {
  out?: string;
  stack?: string;
  name: string;
  policy?: string;
  strengths: boolean;
  temporaryAccessPass: boolean;
  force: boolean;
}

/** `entra-passkeys export`: a tenant as a program that takes it over and changes nothing. */
export function exportCommand(): Command {
  return new Command("export")
    .summary("write a tenant as a program that adopts it")
    .description(
      "Reads a tenant and writes a Pulumi program (TypeScript) that declares its Passkey (FIDO2) policy as it is: the first\n" +
        "`pulumi up` takes it over and changes nothing. That is tried out before anything is written; what a program cannot\n" +
        "declare stays as it is, and is named in its first lines. Writes nothing to the tenant.",
    )
    .option("--out <folder>", "write a whole project to this folder; default: the program to standard output")
    .option("--stack <name>", "with --out: write the settings of a stack that names the tenant, too")
    .option("--name <name>", "logical name of the PasskeyPolicy", "passkeys")
    .option("--policy <file>", "the policy as Graph answered it, as JSON, instead of reading it")
    .option("--strengths", "custom authentication strengths that are limited to models, too", false)
    .option("--temporary-access-pass", "the Temporary Access Pass policy, too", false)
    .option("--force", "replace files that are there", false)
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
The tenant and how to sign in come from the environment (ARM_TENANT_ID, ARM_CLIENT_ID, ...); reading suffices:
Policy.Read.AuthenticationMethod, and GroupMember.Read.All for the names of groups. With --policy only ARM_TENANT_ID is
needed; groups then stand by their ids where they cannot be read.

Exit codes: 0 success, 1 error, 2 the command line makes no sense.

Examples:
  entra-passkeys export --out passkeys --stack production && cd passkeys && npm install && pulumi preview
  entra-passkeys export --strengths --temporary-access-pass > index.ts`;

async function run(flags: Flags, command: Command): Promise<void> {
  const { out, stack, name, policy, strengths, temporaryAccessPass, force } = flags;
  if (out === undefined && (stack !== undefined || force)) {
    command.error("error: --stack and --force are for the files of --out. Name a folder with --out.");
  }
  const saved = policy === undefined ? undefined : readSavedPolicy(policy);
  const log = (line: string) => void process.stderr.write(`${printable(line)}\n`);
  const time = new Date().toISOString();
  const exported = await exportTenant({ env: process.env, saved, name, strengths, temporaryAccessPass, time, log });
  for (const line of notes(exported)) log(line);
  if (out === undefined) {
    process.stdout.write(exported.program);
    return;
  }
  const { tenantId, environment, program } = exported;
  const project = projectNameFor(out);
  const dependencies = packageRanges();
  writeFiles(
    out,
    projectFiles({ name: project, tenantId, ...(environment && { environment }), stack, dependencies, program }),
    force,
  );
  log(`Written to ${out}: npm install there, then pulumi preview. The first update takes over and changes nothing.`);
}

function notes({ leftOut, warnings }: ExportedTenant): string[] {
  return [
    ...leftOut.map(({ place, reason }) => `left as it is: ${place}: ${reason}`),
    ...warnings.map((warning) => `warning: ${problemText(warning)}`),
  ];
}

/** A name that Pulumi takes for a project, after the folder. */
function projectNameFor(folder: string): string {
  const words = basename(resolve(folder)).replaceAll(/[^A-Za-z0-9_.-]+/g, "-");
  return /[A-Za-z0-9]/.test(words) ? words.replaceAll(/^[-.]+|[-.]+$/g, "").toLowerCase() : "entra-passkeys";
}

/** This package in its version, and what it cannot do without in those that it works with. */
function packageRanges(): Record<string, string> {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
  const { name, version, peerDependencies, peerDependenciesMeta } = manifest as {
    name: string;
    version: string;
    peerDependencies: Record<string, string>;
    peerDependenciesMeta: Record<string, { optional?: boolean }>;
  };
  const needed = Object.entries(peerDependencies).filter(([peer]) => peerDependenciesMeta[peer]?.optional !== true);
  return { ...Object.fromEntries(needed), [name]: `^${version}` };
}

function writeFiles(folder: string, files: ProjectFiles, force: boolean): void {
  const there = [...files.keys()].filter((file) => existsSync(join(folder, file)));
  if (there.length > 0 && !force) {
    throw new Error(
      `${folder} has ${there.join(", ")} already, and nothing was written. Name another folder, or replace them with --force.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of files) writeFileSync(join(folder, file), text);
}
