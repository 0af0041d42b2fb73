import { Command, Option } from "commander";
import { cacheFolder } from "../apply/index.js";
import { createGraph, resolveSettings } from "../graph/index.js";
import {
  inventoryTenant,
  openPseudonyms,
  readInventoryFile,
  readTenantMethods,
  type FileInventory,
} from "../impact/index.js";
import {
  normalizePolicy,
  policyProgram,
  stagePlan,
  stagePlanText,
  suggestAllowList,
  suggestionProgram,
  suggestionText,
  type Fido2Policy,
  type Impact,
  type ImpactOptions,
  type NestedMembership,
  type StagePlan,
  type Suggestion,
  type TenantMethods,
} from "../policy/index.js";
import { readHours } from "./hours.js";
import { readSavedPolicy } from "./savedPolicy.js";

interface SuggestFlags {
  inventory: string;
  policy?: string;
  wanted?: string;
  profile?: string;
  group?: string;
  format: "text" | "program" | "json";
  maxAge: number;
  countLocalCredentials: boolean;
  nestedMembership: NestedMembership;
}

/** `entra-passkeys suggest`: the smallest allow list that leaves everyone a key, or the way to a wanted policy. */
export function suggestCommand(): Command {
  return new Command("suggest")
    .summary("propose an allow list, or the way to a wanted policy, that strands nobody")
    .description(
      "Proposes the allow list with the fewest models by which everyone who signs in with a passkey now keeps one. With\n" +
        "--wanted it plans the way to that policy: what can be applied now, who must register another key first.",
    )
    .requiredOption("--inventory <file>", "who has which passkeys, from `entra-passkeys inventory`")
    .option("--policy <file>", "the policy as Graph returns it (JSON); default: the tenant's, read from Graph")
    .option("--wanted <file>", "plan the way to this policy, in the same form")
    .option("--profile <id|name>", "whose list to propose; default: the only profile that has targets")
    .option("--group <id>", "propose a list for the profiles of this target; all_users for everyone's")
    .addOption(new Option("--format <format>", "how to print it").choices(["text", "program", "json"]).default("text"))
    .option("--max-age <hours>", "how old the inventory may be", readHours, 24)
    .option("--count-local-credentials", "Windows Hello and the like are something to fall back on", false)
    .addOption(
      new Option("--nested-membership <how>", "whether membership through a nested group counts")
        .choices(["unknown", "covered", "notCovered"])
        .default("unknown"),
    )
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = [
  "",
  "Without --policy the tenant and how to sign in come from the environment (ARM_TENANT_ID, ARM_CLIENT_ID, ...), and",
  "the other methods and authentication strengths are read, too, where that is permitted (Policy.Read.All).",
  "",
  "Exit codes: 0 a suggestion, 1 an error, or nothing to suggest, 2 the command line makes no sense.",
  "",
  "Examples:",
  "  entra-passkeys suggest --inventory passkeys.jsonl --profile Students",
  "  entra-passkeys suggest --inventory passkeys.jsonl --group all_users --format program",
  "  entra-passkeys suggest --inventory passkeys.jsonl --policy saved.json --wanted wanted.json",
].join("\n");

async function run(flags: SuggestFlags, command: Command): Promise<void> {
  if (flags.profile !== undefined && flags.group !== undefined) {
    command.error("error: --profile and --group exclude each other");
  }
  if (flags.wanted !== undefined && (flags.profile ?? flags.group) !== undefined) {
    command.error("error: --wanted is a whole policy; leave --profile and --group out");
  }
  const { policy, inventory, tenant } =
    flags.policy === undefined ? await readLive(flags) : readSaved(flags, flags.policy);
  const { countLocalCredentials, nestedMembership } = flags;
  const options: ImpactOptions = { tenant, countLocalCredentials, nestedMembership };
  if (flags.wanted !== undefined) {
    const plan = stagePlan(policy, readPolicy(flags.wanted), inventory, options);
    console.log(FORMATS.plan[flags.format](plan, policy).trimEnd());
    return;
  }
  const { profile, group } = flags;
  const suggestion = suggestAllowList(policy, inventory, { profile, group, options });
  if (suggestion.models.length === 0) {
    const count = `${suggestion.people} ${suggestion.people === 1 ? "person is" : "people are"} covered`;
    throw new Error(`No list can be proposed: ${count}, and nobody of them needs one to sign in.`);
  }
  console.log(FORMATS.list[flags.format](suggestion).trimEnd());
}

/** Nothing of these has a person in it. */
const FORMATS = {
  list: {
    text: suggestionText,
    program: suggestionProgram,
    json: (suggestion: Suggestion) => json({ ...suggestion, impact: withoutPeople(suggestion.impact) }),
  },
  plan: {
    text: stagePlanText,
    program: ({ stages }: StagePlan, before: Fido2Policy) =>
      stages.map(({ policy, first }) => policyProgram(policy, before, [first.length === 0 ? NOW : LATER])).join("\n"),
    json: ({ stages, blocked }: StagePlan) =>
      json({
        stages: stages.map(({ stillAccepted, impact, ...stage }) => ({
          ...stage,
          stillAccepted: Object.fromEntries(stillAccepted),
          impact: withoutPeople(impact),
        })),
        blocked,
      }),
  },
};

const NOW = "Can be applied now: strands nobody.";
const LATER = "Once everyone has registered a key that this policy accepts.";

const json = (value: unknown) => JSON.stringify(value, undefined, 2);

/** Counts only: whom it concerns is nobody's business here. */
function withoutPeople({ reach, outOfScope, loss, exposure }: Impact) {
  const { affected: _affected, ...counts } = loss!;
  return { reach, outOfScope, loss: counts, exposure };
}

interface Known {
  readonly policy: Fido2Policy;
  readonly inventory: FileInventory;
  readonly tenant: TenantMethods;
}

async function readLive(flags: SuggestFlags): Promise<Known> {
  const graph = createGraph(resolveSettings(process.env));
  const inventory = readInventory(flags, graph.tenantId);
  const own = openPseudonyms(graph.tenantId, cacheFolder());
  const sameSalt = inventory.salt === own.fingerprint;
  if (!sameSalt) console.error("The inventory has other pseudonyms than this machine (ENTRA_PASSKEYS_SALT).");
  // Any id can be any pseudonym of another salt: whom a rule names stays unknown, and is never taken for somebody else.
  const nameOf = (id: string) => (sameSalt ? own.user(id) : id.toLowerCase());
  const [policy, tenant] = await Promise.all([graph.readPasskeyPolicy(), readTenantMethods(graph, nameOf)]);
  const { methodsUnread, strengthsUnread } = tenant;
  if (methodsUnread !== undefined) console.error(`The policies of the other methods are not known: ${methodsUnread}`);
  if (strengthsUnread !== undefined) console.error(`Authentication strengths are not known: ${strengthsUnread}`);
  return { policy, inventory, tenant };
}

function readSaved(flags: SuggestFlags, file: string): Known {
  const tenantId = process.env["ARM_TENANT_ID"]?.trim() || inventoryTenant(flags.inventory);
  return { policy: readPolicy(file), inventory: readInventory(flags, tenantId), tenant: {} };
}

function readInventory({ inventory, maxAge }: SuggestFlags, tenantId: string): FileInventory {
  return readInventoryFile(inventory, { tenantId, maxAge, now: Date.now() });
}

function readPolicy(file: string): Fido2Policy {
  const policy = readSavedPolicy(file);
  if (normalizePolicy(policy).mode !== "unknown") return policy;
  throw new Error(`${file} is no policy in a mode that this version knows. Give one that Graph returns, as JSON.`);
}
