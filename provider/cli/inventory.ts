import { existsSync } from "node:fs";
import { Command } from "commander";
import { cacheFolder } from "../apply/index.js";
import { modelName } from "../catalogue/index.js";
import { createGraph, resolveSettings, type Graph } from "../graph/index.js";
import {
  openPseudonyms,
  writeInventoryFile,
  type InventoryProgress,
  type InventoryScope,
  type WrittenInventory,
} from "../impact/index.js";
import { counted } from "../policy/counted.js";
import { ALL_USERS, isGuid } from "../policy/index.js";
import { readHours } from "./hours.js";
import { NamesFile } from "./namesFile.js";
import { ProgressLine } from "./progressLine.js";

interface InventoryFlags {
  out: string;
  group: string[];
  only: boolean;
  full: boolean;
  maxAge: number;
  expires: number;
  json: boolean;
  showUsers?: string;
}

/** A run of hours is worth waiting for; one preview is not. */
const PATIENCE = { maxWaitMs: 300_000, totalWaitMs: 3_600_000 };

/** `entra-passkeys inventory`: reads who has which passkeys into a file. */
export function inventoryCommand(): Command {
  return new Command("inventory")
    .summary("read who has which passkeys into a file")
    .description(
      "Reads who has which passkeys into a file, for plans that must know who would lose a key. People are pseudonyms in\n" +
        "it. Reads everyone where the policy targets all_users, else the members of the groups that it targets.",
    )
    .option("--out <file>", "file to write; <file>.partial until it is whole", "passkeys.jsonl")
    .option("--group <name|id>", "also read who is in this group; may be given several times", collect, [])
    .option("--only", "read only the members of the groups given with --group", false)
    .option("--full", "read all passkeys, also of people of whom the report says that nothing changed", false)
    .option("--max-age <hours>", "how old a run that was cut may be to be gone on with", readHours, 24)
    .option("--expires <hours>", "the file is refused after so many hours", readHours, 168)
    .option("--json", "print the summary as one line of JSON", false)
    .option("--show-users <file>", "write the pseudonyms with user principal names to this file (mode 0600)")
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = [
  "",
  "The tenant and how to sign in come from the environment (ARM_TENANT_ID, ARM_CLIENT_ID, ...). Permissions:",
  "UserAuthMethod-Passkey.Read.All, GroupMember.Read.All, Policy.Read.AuthenticationMethod; AuditLog.Read.All (and",
  "Entra ID P1) for everyone; User.Read.All for disabled accounts.",
  "",
  "After Ctrl-C the next run with the same arguments goes on where it ended.",
  "",
  "Exit codes: 0 done, 1 failed or stopped, 2 the command line makes no sense.",
  "",
  "Examples:",
  "  entra-passkeys inventory --out passkeys.jsonl",
  '  entra-passkeys inventory --group "Privileged administrators" --only --expires 8',
  "  entra-passkeys inventory --full --json",
].join("\n");

async function run(flags: InventoryFlags, command: Command): Promise<void> {
  if (flags.only && flags.group.length === 0) command.error("error: --only wants a --group");
  const graph = createGraph(resolveSettings(process.env), { retry: PATIENCE });
  const names = flags.showUsers === undefined ? undefined : new NamesFile(flags.showUsers, graph.tenantId);
  const progress = new ProgressLine(process.stderr);
  const stop = stopOnSignal();
  const people = new Map<string, string>();
  try {
    const scope = await chooseScope(graph, flags);
    const written = await writeInventoryFile(graph, scope, {
      file: flags.out,
      maxAge: flags.maxAge,
      expires: flags.expires,
      full: flags.full,
      pseudonyms: openPseudonyms(graph.tenantId, cacheFolder()),
      signal: stop.signal,
      onNote: (text) => progress.note(text),
      onProgress: (step) => progress.show(step.phase, progressText(step)),
      ...(names && { onPerson: (id: string, user: string) => void people.set(id, user) }),
    });
    if (names) await writeNames(graph, names, people, stop.signal);
    progress.end();
    console.log(flags.json ? JSON.stringify({ tenant: graph.tenantId, ...written }) : summary(written));
  } catch (error) {
    progress.end();
    if (!stop.signal.aborted) throw error;
    const partial = `${flags.out}.partial`;
    const left = existsSync(partial) ? `What was read is in ${partial}; the same command goes on from there.` : "";
    throw new Error(`Stopped. ${left || "Nothing was written yet."}`);
  } finally {
    stop.release();
  }
}

async function writeNames(
  graph: Graph,
  file: NamesFile,
  people: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const names: [string, string][] = [];
  await graph.readUserNames(people.keys(), (id, name) => void names.push([people.get(id)!, name]), { signal });
  file.write(names);
}

/** Everyone or the groups that the policy includes; the membership of all groups that it names, and of those asked for. */
async function chooseScope(graph: Graph, { group, only }: InventoryFlags): Promise<InventoryScope> {
  const asked = await findGroupIds(graph, group);
  const { includeTargets, excludeTargets } = await graph.readPasskeyPolicy();
  const groupsIn = (targets: readonly { id: string; targetType?: string }[] | null | undefined) =>
    (targets ?? []).filter(({ id, targetType }) => targetType === "group" && id !== ALL_USERS).map(({ id }) => id);
  const included = groupsIn(includeTargets);
  const groups = [...included, ...groupsIn(excludeTargets), ...asked];
  if (only) return { people: asked, groups };
  if (includeTargets?.some(({ id }) => id === ALL_USERS)) return { people: "everyone", groups };
  if (included.length + asked.length > 0) return { people: [...included, ...asked], groups };
  throw new Error("The policy targets nobody. Name the groups to read with --group.");
}

async function findGroupIds(graph: Graph, wanted: readonly string[]): Promise<string[]> {
  const names = wanted.filter((text) => !isGuid(text));
  const found = await graph.findGroups({ ids: wanted.filter(isGuid), names });
  return wanted.map((text, index) => {
    const key: "id" | "displayName" = isGuid(text) ? "id" : "displayName";
    const same = found.filter((group) => group[key].toLowerCase() === wanted[index]!.toLowerCase());
    const [only] = same;
    if (only && same.length === 1) return only.id;
    const reason = only ? `is the name of ${same.length} groups` : "does not exist";
    throw new Error(`--group ${JSON.stringify(text)} ${reason}. Give the object id of a group of this tenant.`);
  });
}

/** Listens before anything is read; a second signal ends the process as it would without. */
function stopOnSignal(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error("stopped"));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const release = () => void process.off("SIGINT", stop).off("SIGTERM", stop);
  return { signal: controller.signal, release };
}

const PHASES: Readonly<Record<InventoryProgress["phase"], string>> = {
  groups: "Reading the members of groups",
  accounts: "Reading the disabled accounts",
  report: "Reading the report of registered methods",
  passkeys: "Reading passkeys",
};

function progressText({ phase, done, total }: InventoryProgress): string {
  if (total !== undefined) return `${PHASES[phase]}: ${done} of ${total}`;
  return done === 0 ? `${PHASES[phase]} ...` : `${PHASES[phase]}: ${done} people`;
}

function summary(written: WrittenInventory): string {
  const { file, created, expires, totals, source, unread, gone, kept, missingGroups } = written;
  const until = expires === undefined ? "" : ` and good until ${expires}`;
  const people = `${counted(totals.people, "person", "people")}, ${totals.withPasskey} of them with passkeys`;
  const lines = [`${file}: ${people} (${totals.passkeys}), read from ${created}${until}`, ...modelLines(totals.models)];
  const note = (number: number, one: string, many: string) => {
    if (number > 0) lines.push(`${counted(number, one, many)}.`);
  };
  const same = "not read again, because the report says that nothing changed (--full reads all)";
  note(kept, `person was ${same}`, `people were ${same}`);
  const why = Object.entries(unread).map(([reason, number]) => `${number} times ${reason}`);
  const reasons = why.length === 0 ? "" : `: ${why.join(", ")}`;
  note(
    totals.unread,
    `person could not be read and is unknown${reasons}`,
    `people could not be read and are unknown${reasons}`,
  );
  note(gone, "account was deleted in the meantime", "accounts were deleted in the meantime");
  note(totals.disabled, "account is disabled", "accounts are disabled");
  note(totals.guests, "account is a guest", "accounts are guests");
  if (source.report !== true) lines.push(`Other methods and administrators are not known (${source.report}).`);
  if (source.accounts !== true) lines.push(`Disabled accounts are not known (${source.accounts}).`);
  for (const id of missingGroups) lines.push(`The group ${id} does not exist (any more); nobody is in it.`);
  return lines.join("\n");
}

/** Models by name, those with most passkeys first; several AAGUIDs can have the same name. */
function modelLines(models: Readonly<Record<string, number>>): string[] {
  const byName = new Map<string, number>();
  for (const [aaguid, number] of Object.entries(models)) {
    const name = aaguid === "unknown" ? "unknown model" : modelName(aaguid);
    byName.set(name, (byName.get(name) ?? 0) + number);
  }
  const sorted = [...byName].sort(([, many], [, more]) => more - many);
  return sorted.map(([name, number]) => `  ${String(number).padStart(7)}  ${name}`);
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
