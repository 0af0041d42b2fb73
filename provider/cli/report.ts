import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import type { Fido2Policy } from "../policy/index.js";
import { buildReport, COMMENT_LIMIT, markdownReport, type Failure, type TenantFacts } from "../report/preview/index.js";
import {
  collectTenant,
  openTenant,
  readPreviews,
  REPORT_VARIABLE,
  tenantOf,
  type Preview,
} from "../resources/preview/index.js";
import { readHours } from "./hours.js";
import { readInput } from "./input.js";
import { readSavedPolicy } from "./savedPolicy.js";

interface Flags {
  policy: readonly SavedPolicy[];
  savePolicy?: string;
  inventory?: string;
  maxAge?: number;
  markdown?: string;
  html?: string;
  json?: string;
  limit: number;
  artifact?: string;
}

/** A policy in a file, of the one tenant of the previews or of the one that is named. */
interface SavedPolicy {
  readonly tenant: string | undefined;
  readonly file: string;
}

/** `entra-passkeys report`: what a pull request changes for people. */
export function reportCommand(): Command {
  return new Command("report")
    .summary("report what a pull request changes for people")
    .description(
      "Reads what `pulumi preview --json` says and reports what it changes for people: as Markdown for a comment, as a page\n" +
        "and as JSON. Plans and judges the changes again, on the policy as it is, and writes nothing to the tenant.",
    )
    .argument("[preview...]", "files of `pulumi preview --json`, of one stack or several; - for standard input", ["-"])
    .option(
      "--policy <file>",
      "the policy as it was saved, instead of reading it; <tenant id>=<file> where there are several tenants",
      addPolicy,
      [],
    )
    .option("--save-policy <file>", "write the policy that was read to this file")
    .option("--inventory <file>", "who has which passkeys (entra-passkeys inventory); default: what the program says")
    .option("--max-age <hours>", "how old the inventory may be; default: what the program says", readHours)
    .option("--markdown <file>", "write Markdown to this file; - for standard output (default)")
    .option("--html <file>", "write a page to this file; it needs nothing else")
    .option("--json <file>", "write JSON to this file")
    .option("--limit <characters>", "cut the Markdown to so many characters", readLimit, COMMENT_LIMIT)
    .option("--artifact <url>", "where the whole report will be, for Markdown that is cut")
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = [
  "",
  `Run the preview with ${REPORT_VARIABLE}=1 in its environment, so that plans which are refused can be reported, too:`,
  `  ${REPORT_VARIABLE}=1 pulumi preview --json --show-sames > preview.json`,
  "",
  "The tenant and how to sign in come from the environment (ARM_TENANT_ID, ARM_CLIENT_ID, ...) and the stack's",
  "configuration; reading suffices. With --policy nothing of it is needed, and what cannot be read is not known. Several",
  "tenants are read with the same application in each of them.",
  "",
  "Exit codes: 0 no change, 2 a change, 3 a change that locks out or strands people, or of which that is not known, 4 weaker",
  "keys for exclusive or administrators' groups, 1 an error. What the program acknowledges is a change.",
  "",
  "Examples:",
  "  entra-passkeys report preview.json --html report.html --json report.json > comment.md",
  "  pulumi preview --json | entra-passkeys report --policy saved.json --inventory passkeys.jsonl",
].join("\n");

const TENANT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})=(.+)$/i;

function addPolicy(value: string, earlier: readonly SavedPolicy[]): SavedPolicy[] {
  const [, tenant, file] = TENANT.exec(value) ?? [];
  return [...earlier, { tenant: tenant?.toLowerCase(), file: file ?? value }];
}

function readLimit(value: string): number {
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1000)
    throw new InvalidArgumentError("It is a whole number of at least 1,000.");
  return limit;
}

async function run(files: readonly string[], flags: Flags): Promise<void> {
  const previews = files.map(readInput).flatMap(({ text, from }) => readPreviews(text, from));
  const byTenant = new Map<string, Preview[]>();
  const failures: Failure[] = [];
  for (const preview of previews) {
    const tenant = tenantOf(preview) ?? settingsTenant(preview);
    if (tenant !== undefined) byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), preview]);
    else failures.push({ stack: preview.stack, reason: whyUnknown(preview) });
  }
  const facts: TenantFacts[] = [];
  for (const [tenantId, own] of byTenant) {
    const saved = savedPolicy(flags.policy, tenantId, byTenant.size);
    const env = byTenant.size === 1 ? process.env : { ...process.env, ARM_TENANT_ID: tenantId };
    const log = (line: string) => void process.stderr.write(`${line}\n`);
    const tenant = await openTenant({ env, tenantId, config: own[0]!.config, saved, log });
    if (flags.savePolicy !== undefined)
      writeFileSync(flags.savePolicy, `${JSON.stringify(tenant.policy, undefined, 2)}\n`);
    const inventory = flags.inventory === undefined ? undefined : { path: flags.inventory, maxAge: flags.maxAge };
    facts.push(await collectTenant(tenant, own, saved === undefined ? "live" : "saved", { inventory }));
  }
  const report = buildReport(facts, failures);
  const { json, html, markdown, limit, artifact } = flags;
  const nothingElse = json === undefined && html === undefined;
  if (json !== undefined) put(json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (html !== undefined) put(html, await page(report));
  if (markdown !== undefined || nothingElse) put(markdown ?? "-", markdownReport(report, { limit, artifact }));
  process.exitCode = report.verdict.code;
}

/** The tenant of a stack without any resource of this package. */
function settingsTenant({ config }: Preview): string | undefined {
  const id = process.env["ARM_TENANT_ID"] || config.get("azuread:tenantId");
  return id?.toLowerCase();
}

function whyUnknown({ errors }: Preview): string {
  const [first] = errors;
  if (first !== undefined) return first.message;
  return "It has no resource of this package, and no settings name a tenant.";
}

/** The saved policy of a tenant, where one was given. */
function savedPolicy(all: readonly SavedPolicy[], tenantId: string, tenants: number): Fido2Policy | undefined {
  const found = all.find(({ tenant }) => tenant === tenantId) ?? all.find(({ tenant }) => tenant === undefined);
  if (found === undefined) return undefined;
  if (found.tenant === undefined && tenants > 1) {
    throw new Error(
      `${found.file}: there are ${tenants} tenants. Say whose policy it is: --policy ${tenantId}=${found.file}`,
    );
  }
  return readSavedPolicy(found.file);
}

function put(file: string, text: string): void {
  if (file === "-") process.stdout.write(text);
  else writeFileSync(file, text);
}

async function page(report: Parameters<typeof markdownReport>[0]): Promise<string> {
  const { htmlReport } = await import("../report/preview/html.js");
  return htmlReport(report);
}
