import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Command } from "commander";
import { cacheFolder } from "../apply/index.js";
import { createGraph, resolveSettings, type Graph } from "../graph/index.js";
import { People } from "../impact/index.js";
import { applyFacets, printable, problemText, type Problem } from "../policy/index.js";
import { processHost, type Host } from "../resources/host.js";
import { assessGiveBack, type DestroyImpact } from "../resources/passkeyPolicy/giveBack.js";
import { PART_TYPES, resourceName } from "../resources/passkeyPolicy/owner.js";
import type { PolicyState } from "../resources/passkeyPolicy/state.js";
import { policyStateOf } from "../resources/parts/translate.js";
import { EXIT } from "./exit-codes.js";
import { NamesFile } from "./namesFile.js";

interface Flags {
  stack?: string;
  json: boolean;
  showUsers?: string;
}

/** `entra-passkeys destroy-impact`: what a `pulumi destroy` would do to people. */
export function destroyImpactCommand(): Command {
  return new Command("destroy-impact")
    .summary("show what a pulumi destroy would do to people")
    .description(
      "Shows what giving the policy back by `pulumi destroy` would do to people, and whether it would be refused.\n" +
        "`pulumi destroy --preview-only` asks no provider and so cannot. Writes nothing to the tenant.",
    )
    .argument("[export]", "file of `pulumi stack export`; - for standard input", "-")
    .option("--stack <name>", "run `pulumi stack export` for this stack of the project in this folder")
    .option("--json", "print JSON instead of text", false)
    .option("--show-users <file>", "write the names of those who would lose something to this file (mode 0600)")
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
The tenant and how to sign in come from the environment (ARM_TENANT_ID, ARM_CLIENT_ID, ...), an acknowledgement from
ENTRA_PASSKEYS_ACKNOWLEDGE, as in a destroy.

Exit codes: 0 a destroy would go ahead, 1 error, 2 the command line makes no sense, 3 it would be refused.

Examples:
  pulumi stack export | entra-passkeys destroy-impact
  entra-passkeys destroy-impact --stack production --show-users affected.jsonl`;

async function run(file: string, flags: Flags): Promise<void> {
  const owned = ownedIn(await readExport(file, flags.stack));
  const ids = new Map<string, string>();
  const graph = createGraph(resolveSettings(process.env));
  const host = hostFor(graph, ids);
  const { tenantId } = graph;
  const names = flags.showUsers === undefined ? undefined : new NamesFile(flags.showUsers, tenantId);
  const found: Found[] = [];
  const foreign = owned.find(({ state }) => state.tenantId !== tenantId)?.state;
  if (foreign !== undefined) {
    throw new Error(
      `${resourceName(foreign.owner)} belongs to the tenant ${foreign.tenantId}, but the settings name ${tenantId}.`,
    );
  }
  let policy = await host.session().policy();
  for (const level of deletionLevels(owned)) {
    const now = policy;
    for (const { state } of level) {
      const impact = await assessGiveBack(host, state, now);
      found.push({ state, impact });
      const { refusals, wanted } = impact.plan;
      if (!impact.retained && refusals.length === 0)
        policy = applyFacets(policy, wanted.facets, { verbatim: true }).policy;
    }
  }
  console.log(flags.json ? JSON.stringify(found.map(toJson), undefined, 2) : found.map(text).join("\n"));
  if (names)
    await writeNames(
      graph,
      names,
      found.map(({ impact }) => impact),
      ids,
    );
  if (found.some(({ impact }) => impact.answer.refusals.length > 0)) process.exitCode = EXIT.refused;
}

/** The host of a destroy, which remembers who is who where names are asked for. */
function hostFor(graph: Graph, ids: Map<string, string>): Host {
  const host = processHost(process.env);
  let people: People | undefined;
  return {
    ...host,
    people: () =>
      (people ??= new People(graph, {
        cacheFolder: cacheFolder(process.env),
        env: process.env,
        log: host.log,
        onPerson: (id, user) => void ids.set(user, id),
      })),
  };
}

async function readExport(file: string, stack: string | undefined): Promise<unknown> {
  const text = stack === undefined ? readFileSync(file === "-" ? 0 : file, "utf8") : await exportOf(stack);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("What was given is not JSON. Give what `pulumi stack export` prints.");
  }
}

async function exportOf(stack: string): Promise<string> {
  try {
    const args = ["stack", "export", "--stack", stack, "--show-secrets", "--non-interactive"];
    const { stdout } = await promisify(execFile)("pulumi", args, { maxBuffer: 1 << 30 });
    return stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new Error(`pulumi stack export failed: ${stderr.trim() || message}`);
  }
}

/** How the engine marks a value that is a secret. */
const SECRET = "4dabf18193072939515e22adb298388d";

interface Exported {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: Record<string, unknown>;
  readonly dependencies?: readonly string[];
}

interface Owned {
  readonly urn: string;
  readonly state: PolicyState;
  readonly dependencies: readonly string[];
}

function ownedIn(parsed: unknown): Owned[] {
  const { deployment } = (parsed ?? {}) as { deployment?: { resources?: unknown } };
  const resources = deployment?.resources ?? [];
  if (deployment === undefined || !Array.isArray(resources)) {
    throw new Error("What was given has no deployment. Give what `pulumi stack export` prints.");
  }
  const owned = (resources as Exported[]).flatMap(({ urn, type, outputs, dependencies = [] }) => {
    const state = outputs?.["managed"] === undefined ? undefined : policyStateOf(type, outputs);
    if (state !== undefined && JSON.stringify(outputs).includes(SECRET)) {
      throw new Error("The export has secret values. Make it with `pulumi stack export --show-secrets`.");
    }
    return state === undefined ? [] : [{ urn, state, dependencies }];
  });
  if (owned.length === 0) {
    const kinds = ["PasskeyPolicy", ...PART_TYPES].join(", ");
    throw new Error(
      `The stack has no PasskeyPolicy or other resource of this package (${kinds}), so a destroy takes nothing from anyone.`,
    );
  }
  return owned;
}

/** The resources in the order in which a destroy deletes them: those on which no other one depends, then the next. */
function deletionLevels(owned: readonly Owned[]): Owned[][] {
  const levels: Owned[][] = [];
  for (let left = [...owned]; left.length > 0;) {
    const needed = new Set(left.flatMap(({ dependencies }) => dependencies));
    const free = left.filter(({ urn }) => !needed.has(urn));
    const level = free.length > 0 ? free : left;
    levels.push(level);
    left = left.filter((one) => !level.includes(one));
  }
  return levels;
}

interface Found {
  readonly state: PolicyState;
  readonly impact: DestroyImpact;
}

function text({ state, impact }: Found): string {
  const name = resourceName(state.owner);
  const { plan, answer, retained } = impact;
  if (retained) return `${name}: onDestroy is retain, so the policy would stay as it is`;
  const lines = [...answer.warnings.map((warning) => `warning: ${problemText(warning)}`)];
  if (plan.refusals.length === 0) {
    const count = plan.steps.length;
    lines.push(
      count === 0 ? "nothing would be written" : `plan ${plan.digest}, ${count} step${count === 1 ? "" : "s"}`,
    );
    lines.push(...plan.steps.map((step, index) => `  ${index + 1}. ${step.reason}`));
  }
  lines.push(...answer.lines.map((line) => `  ${line}`));
  lines.push(...answer.refusals.map((problem) => `would be refused: ${problemText(problem)}`));
  return lines.map((line) => printable(`${name}: ${line}`)).join("\n");
}

function toJson({ state, impact: { plan, answer, retained } }: Found): object {
  const loss = answer.assessment?.impact.loss;
  const problems = (list: readonly Problem[]) =>
    list.map(({ code, place, reason, wayOut }) => ({ code, place, reason, wayOut }));
  return {
    resource: state.owner,
    retained,
    plan: plan.digest,
    steps: plan.steps.map(({ kind, reason, risk }) => ({ kind, reason, ...(risk !== undefined && { risk }) })),
    ...(loss !== undefined && {
      people: { ...loss.counts, disabled: loss.disabled, guests: loss.guests, notProven: loss.notProven },
      reasons: loss.reasons,
    }),
    exposure: answer.assessment?.impact.exposure ?? [],
    warnings: problems(answer.warnings),
    refusals: problems(answer.refusals),
  };
}

/** Whoever would lose something, or may: to the one file that may have names. */
async function writeNames(
  graph: Graph,
  file: NamesFile,
  impacts: readonly DestroyImpact[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const affected = impacts.flatMap(({ answer }) => answer.assessment?.impact.loss?.affected ?? []);
  const users = [...new Set(affected.map(({ person }) => person.user))];
  if (users.some((user) => !ids.has(user))) {
    throw new Error(
      "Who is who is only known of people who were read from Microsoft Graph, and these are from an inventory file. " +
        "Their names are in the file of `entra-passkeys inventory --show-users`.",
    );
  }
  const names = new Map<string, string>();
  const byId = new Map(users.map((user) => [ids.get(user)!, user]));
  await graph.readUserNames(byId.keys(), (id, name) => void names.set(byId.get(id)!, name));
  file.write(users.map((user) => [user, names.get(user) ?? "unknown"]));
}
