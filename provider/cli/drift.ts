import { Command } from "commander";
import {
  checkWebhook,
  driftOfProgram,
  driftOfState,
  driftReport,
  driftText,
  sendToWebhook,
  type DriftReport,
} from "../drift/index.js";
import type { Emphasis } from "../drift/text.js";
import { resolveSettings } from "../graph/index.js";
import { printable } from "../policy/index.js";
import { ownedIn } from "../resources/owned.js";
import { openTenant, readPreviews, tenantOf, type Preview, type ReportTenant } from "../resources/preview/index.js";
import { coloured, hasColours } from "./colours.js";
import { readExport } from "./exportedStack.js";
import { readInput } from "./input.js";
import { readSavedPolicy } from "./savedPolicy.js";

interface Flags {
  stack?: string;
  preview?: string;
  policy?: string;
  webhook?: string;
  json: boolean;
}

const WEBHOOK_VARIABLE = "ENTRA_PASSKEYS_WEBHOOK";

/** Exit code of drift, as `report` has it for a change. */
const DRIFT = 2;

/** `entra-passkeys drift`: what of a tenant is not as a stack has written it, or as a program declares it. */
export function driftCommand(): Command {
  return new Command("drift")
    .summary("show what of a tenant is not as it was written")
    .description(
      "Compares what a stack has written with the tenant as it is, field by field, with the names of groups and models;\n" +
        "with --preview what a program declares. What the stack does not manage is never drift. Writes nothing.",
    )
    .argument("[export]", "file of `pulumi stack export`; - for standard input (default)")
    .option("--stack <name>", "run `pulumi stack export` for this stack of the project in this folder")
    .option(
      "--preview <file>",
      "compare with the program: file of `pulumi preview --json --show-sames`; - for standard input",
    )
    .option("--policy <file>", "the policy as Graph answered it, as JSON, instead of reading it")
    .option(
      "--webhook <url>",
      `send drift to this address as JSON; default: ${WEBHOOK_VARIABLE}, which no process list shows`,
    )
    .option("--json", "print JSON instead of text", false)
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
The tenant and how to sign in come from the environment (ARM_TENANT_ID, ARM_CLIENT_ID, ...); reading suffices. Of a
migration to passkey profiles, which Microsoft makes by itself, it says so where it can tell it from an edit.

Exit codes: 0 no drift, 2 drift, 1 an error (a message that could not be delivered, too).

Examples:
  pulumi stack export | entra-passkeys drift
  entra-passkeys drift --stack production --json
  pulumi preview --json --show-sames | entra-passkeys drift --preview -`;

async function run(file: string | undefined, flags: Flags, command: Command): Promise<void> {
  const { stack, preview, webhook = process.env[WEBHOOK_VARIABLE] } = flags;
  const given = [file, stack, preview].filter((one) => one !== undefined);
  if (given.length > 1) command.error("error: give an export, or --stack, or --preview, and not several of them");
  const place = flags.webhook === undefined ? WEBHOOK_VARIABLE : "--webhook";
  const address = webhook === undefined || webhook.trim() === "" ? undefined : checkWebhook(webhook, place);
  const report = preview === undefined ? await againstState(file ?? "-", flags) : await againstProgram(preview, flags);
  process.stdout.write(flags.json ? `${JSON.stringify(report, undefined, 2)}\n` : driftText(report, emphasis()));
  if (report.drift.length === 0) return;
  if (address !== undefined) await sendToWebhook(address, report);
  process.exitCode = DRIFT;
}

async function againstState(file: string, flags: Flags): Promise<DriftReport> {
  const owned = ownedIn(await readExport(file, flags.stack), "there is nothing to compare");
  const tenant = await open(owned[0]!.state.tenantId, new Map(), flags);
  return reportOf(tenant, "state", await driftOfState(tenant.host(), tenant.policy, owned));
}

async function againstProgram(file: string, flags: Flags): Promise<DriftReport> {
  const { text, from } = readInput(file);
  const [preview, ...more] = readPreviews(text, from);
  if (preview === undefined || more.length > 0) throw new Error("There is more than one preview. Give one at a time.");
  const { errors } = preview;
  if (errors.length > 0)
    throw new Error(`The preview failed, so that there is nothing to compare: ${errors[0]!.message}`);
  const tenantId = tenantOf(preview) ?? noResource(preview);
  const tenant = await open(tenantId, preview.config, flags);
  return reportOf(tenant, "program", await driftOfProgram(tenant.host(), tenant.policy, preview));
}

function noResource({ stack, hidden }: Preview): never {
  const hint = hidden > 0 ? " Unchanged ones are not in it: run the preview with --show-sames." : "";
  throw new Error(`The preview of ${stack} has no resource of this package, so there is nothing to compare.${hint}`);
}

function open(tenantId: string, config: ReadonlyMap<string, string>, { policy }: Flags): Promise<ReportTenant> {
  const { env } = process;
  const saved = policy === undefined ? undefined : readSavedPolicy(policy);
  if (saved === undefined) {
    const settings = resolveSettings(env, (key) => config.get(key));
    if (settings.tenantId !== tenantId.toLowerCase()) {
      throw new Error(
        `The stack belongs to the tenant ${tenantId}, but the settings (ARM_TENANT_ID) name ${settings.tenantId}. Set ` +
          "ARM_TENANT_ID to the stack's tenant.",
      );
    }
  }
  const log = (line: string) => void process.stderr.write(`${printable(line)}\n`);
  return openTenant({ env, tenantId: tenantId.toLowerCase(), config, saved, log });
}

const reportOf = (
  tenant: ReportTenant,
  against: DriftReport["against"],
  compared: Parameters<typeof driftReport>[1],
): Promise<DriftReport> =>
  driftReport(
    {
      tenantId: tenant.tenantId,
      policy: tenant.policy,
      time: new Date().toISOString(),
      against,
      groupNames: (ids) => tenant.groupNames(ids),
    },
    compared,
  );

const STYLES = { title: "bold", gone: "red", new: "yellow", aside: "dim" } as const;

/** Colours on a terminal, unless NO_COLOR says otherwise. */
function emphasis(): Emphasis {
  return hasColours(process.stdout, process.env) ? (kind, text) => coloured(STYLES[kind], text) : (_kind, text) => text;
}
