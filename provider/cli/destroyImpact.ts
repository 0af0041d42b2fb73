import { Command } from "commander";
import { cacheFolder } from "../apply/index.js";
import { createGraph, resolveSettings, type Graph } from "../graph/index.js";
import { People } from "../impact/index.js";
import { counted } from "../policy/counted.js";
import { applyFacets, printable, problemText } from "../policy/index.js";
import type { Fido2Policy, Impact, Problem } from "../policy/index.js";
import { Rehearsal, type DocumentImpact } from "../resources/documents/rehearse.js";
import { processHost, type Host } from "../resources/host.js";
import { deletionLevels, ownedIn } from "../resources/owned.js";
import { assessGiveBack, type DestroyImpact } from "../resources/passkeyPolicy/giveBack.js";
import { resourceName } from "../resources/passkeyPolicy/owner.js";
import { EXIT } from "./exit-codes.js";
import { readExport } from "./exportedStack.js";
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
      "Shows what giving policies and strengths back by `pulumi destroy` would do to people, and whether it would be " +
        "refused.\n" +
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
  const owned = ownedIn(await readExport(file, flags.stack), "a destroy takes nothing from anyone");
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
  const rehearsal = new Rehearsal(host);
  let policy: Fido2Policy | undefined;
  for (const level of deletionLevels(owned)) {
    const now = policy;
    for (const { kind, state } of level) {
      const { owner } = state;
      if (kind !== undefined) {
        found.push({ owner, document: await rehearsal.giveBack(kind, state, now) });
        continue;
      }
      const before = now ?? (await host.session().policy());
      const impact = await assessGiveBack(host, state, before);
      found.push({ owner, impact });
      const { refusals, wanted } = impact.plan;
      if (!impact.retained && refusals.length === 0)
        policy = applyFacets(policy ?? before, wanted.facets, { verbatim: true }).policy;
    }
  }
  console.log(flags.json ? JSON.stringify(found.map(toJson), undefined, 2) : found.map(text).join("\n"));
  if (names)
    await writeNames(
      graph,
      names,
      found.flatMap((one) => impactOf(one) ?? []),
      ids,
    );
  if (found.some((one) => answerOf(one).refusals.length > 0)) process.exitCode = EXIT.refused;
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

type Found = { readonly owner: string } & (
  { readonly document?: undefined; readonly impact: DestroyImpact } | { readonly document: DocumentImpact }
);

const answerOf = (found: Found) => (found.document ?? found.impact).answer;

const impactOf = (found: Found): Impact | undefined =>
  found.document === undefined ? found.impact.answer.assessment?.impact : found.document.answer.impact;

function text(found: Found): string {
  const name = resourceName(found.owner);
  const { retained, answer } = found.document ?? found.impact;
  if (retained)
    return `${name}: onDestroy is retain, so ${found.document?.document ?? "the policy"} would stay as it is`;
  const lines = [
    ...answer.warnings.map((warning) => `warning: ${problemText(warning)}`),
    ...(found.document === undefined ? planLines(found.impact) : documentLines(found.document)),
    ...answer.lines.map((line) => `  ${line}`),
    ...answer.refusals.map((problem) => `would be refused: ${problemText(problem)}`),
  ];
  return lines.map((line) => printable(`${name}: ${line}`)).join("\n");
}

function planLines({ plan }: DestroyImpact): string[] {
  if (plan.refusals.length > 0) return [];
  const { steps, digest } = plan;
  const told = steps.length === 0 ? "nothing would be written" : `plan ${digest}, ${counted(steps.length, "step")}`;
  return [told, ...steps.map((step, index) => `  ${index + 1}. ${step.reason}`)];
}

function documentLines({ changes, deleted, lines, leftAlone }: DocumentImpact): string[] {
  const back = `${counted(changes.length, "setting")} would go back to what was there before`;
  const told = deleted
    ? ["would be deleted; to refuse that while Conditional Access asks for it is left to the service"]
    : changes.length === 0
      ? ["nothing would be written"]
      : [back, ...lines.map((line) => `  ${line}`)];
  return [...told, ...leftAlone.map((note) => `left alone: ${problemText(note)}`)];
}

const problems = (list: readonly Problem[]) =>
  list.map(({ code, place, reason, wayOut }) => ({ code, place, reason, wayOut }));

function toJson(found: Found): object {
  const { retained, answer } = found.document ?? found.impact;
  const impact = impactOf(found);
  const loss = impact?.loss;
  return {
    resource: found.owner,
    retained,
    ...(found.document === undefined ? planJson(found.impact) : documentJson(found.document)),
    ...(loss !== undefined && {
      people: { ...loss.counts, disabled: loss.disabled, guests: loss.guests, notProven: loss.notProven },
      reasons: loss.reasons,
    }),
    exposure: impact?.exposure ?? [],
    warnings: problems(answer.warnings),
    refusals: problems(answer.refusals),
  };
}

const planJson = ({ plan }: DestroyImpact): object => ({
  plan: plan.digest,
  steps: plan.steps.map(({ kind, reason, risk }) => ({ kind, reason, ...(risk !== undefined && { risk }) })),
});

const documentJson = ({ deleted, changes, leftAlone, answer: { plan } }: DocumentImpact): object => ({
  ...(plan !== undefined && { plan }),
  deleted,
  changes,
  leftAlone: problems(leftAlone),
});

/** Whoever would lose something, or may: to the one file that may have names. */
async function writeNames(
  graph: Graph,
  file: NamesFile,
  impacts: readonly Impact[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const affected = impacts.flatMap(({ loss }) => loss?.affected ?? []);
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
