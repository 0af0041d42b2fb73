import { normalizePolicy } from "../../policy/index.js";
import type { NormalPolicy, NormalProfile } from "../../policy/index.js";
import { familyWords, modelList, restrictionWords } from "../models.js";
import { attestationWords, typeWords } from "../words.js";
import type { TenantFacts } from "./facts.js";
import type { GroupChange, Persona, Row } from "./model.js";
import type { Naming } from "./naming.js";

/** Whether a row says something else afterwards. */
export const differs = ({ before, after }: Pick<Row, "before" | "after">): boolean =>
  before.length !== after.length || before.some((line, index) => line !== after[index]);

/** The tenant-wide settings that change. */
export function generalRows({ before, after }: Pick<TenantFacts, "before" | "after">): Row[] {
  const rows = (policy: NormalPolicy) => ({
    Passkeys: policy.state ?? "unknown",
    "Self-service registration":
      policy.isSelfServiceRegistrationAllowed === undefined
        ? "unknown"
        : policy.isSelfServiceRegistrationAllowed
          ? "allowed"
          : "not allowed",
  });
  const [old, now] = [rows(normalizePolicy(before)), rows(normalizePolicy(after))];
  return (Object.keys(now) as (keyof typeof now)[])
    .map((name) => ({ name, before: [old[name]], after: [now[name]] }))
    .filter(differs);
}

/** Every profile with the groups that have it, those that change first, each in the order of the policy. */
export function personasOf(facts: Pick<TenantFacts, "before" | "after">, naming: Naming): Persona[] {
  const [before, after] = [normalizePolicy(facts.before), normalizePolicy(facts.after)];
  const ids = [...new Set([...before.profiles, ...after.profiles].map(({ id }) => id))];
  const personas = ids.map((id) => persona(id, before, after, naming));
  return [
    ...personas.filter(({ change }) => change !== "unchanged"),
    ...personas.filter(({ change }) => change === "unchanged"),
  ];
}

function persona(id: string, before: NormalPolicy, after: NormalPolicy, naming: Naming): Persona {
  const find = ({ profiles }: NormalPolicy) => profiles.find((profile) => profile.id === id);
  const [old, now] = [find(before), find(after)];
  const groupsIn = ({ includeTargets }: NormalPolicy) =>
    includeTargets.filter(({ profiles }) => profiles.includes(id)).map((target) => naming.group(target.id));
  const groups = { before: groupsIn(before), after: groupsIn(after) };
  const rows = rowsOf(old, now);
  const moved = [...groups.before].sort().join("\n") !== [...groups.after].sort().join("\n");
  const change =
    old === undefined ? "new" : now === undefined ? "removed" : moved || rows.some(differs) ? "changed" : "unchanged";
  return { profile: naming.profile(id), id, change, groups, words: words(old, now, groups, rows), rows };
}

function rowsOf(old: NormalProfile | undefined, now: NormalProfile | undefined): Row[] {
  const sides = [old, now].map((profile) => (profile === undefined ? undefined : linesOf(profile)));
  const [before, after] = sides as [Lines | undefined, Lines | undefined];
  const names = Object.keys((after ?? before)!) as (keyof Lines)[];
  return names.map((name) => ({ name, before: before?.[name] ?? [], after: after?.[name] ?? [] }));
}

type Lines = Readonly<
  Record<
    | "Name"
    | "Passkey types"
    | "Attestation"
    | "Key restrictions"
    | "Models"
    | "Microsoft Authenticator"
    | "Windows Hello",
    readonly string[]
  >
>;

function linesOf(profile: NormalProfile): Lines {
  const { keyRestrictions: restrictions } = profile;
  const families = new Map(familyWords(restrictions));
  return {
    Name: profile.name === undefined ? [] : [profile.name],
    "Passkey types": [typeWords(profile.passkeyTypes)],
    Attestation: [attestationWords(profile.attestationEnforcement)],
    "Key restrictions": [restrictionWords(restrictions)],
    Models: modelList(restrictions.aaGuids ?? []),
    "Microsoft Authenticator": [families.get("Microsoft Authenticator") ?? "unknown"],
    "Windows Hello": [families.get("Windows Hello") ?? "unknown"],
  };
}

/** What changes, as sentences. */
function words(
  old: NormalProfile | undefined,
  now: NormalProfile | undefined,
  groups: Persona["groups"],
  rows: readonly Row[],
): string[] {
  const row = (name: keyof Lines) => rows.find((one) => one.name === name)!;
  if (now === undefined) return ["The profile is removed."];
  const list = listWords(now);
  if (old === undefined) {
    const models = row("Models").after;
    const who = groups.after.length === 0 ? "no group yet" : groups.after.join(", ");
    return [
      `New profile for ${who}.`,
      `It takes ${row("Passkey types").after.join()} passkeys; attestation is ${row("Attestation").after.join()}.`,
      models.length === 0 ? "It has no list of models." : `It ${list} ${models.length} model${plural(models)}.`,
    ];
  }
  const told: string[] = [];
  const gained = (after: readonly string[], before: readonly string[]) => after.filter((one) => !before.includes(one));
  const joining = gained(groups.after, groups.before);
  const leaving = gained(groups.before, groups.after);
  if (joining.length > 0) told.push(`Who gets it: ${joining.join(", ")}.`);
  if (leaving.length > 0) told.push(`Who loses it: ${leaving.join(", ")}.`);
  told.push(...modelWords(row("Models"), listWords(old), list));
  for (const name of ["Name", "Passkey types", "Attestation", "Key restrictions"] as const) {
    const { before, after } = row(name);
    // How many AAGUIDs a list has follows from its models.
    const uncounted = (lines: readonly string[]) => lines.join().replace(/\d+/g, "");
    if (uncounted(before) !== uncounted(after))
      told.push(`${name}: ${before.join() || "none"}, and then ${after.join() || "none"}.`);
  }
  return told;
}

/** What a list gains and loses; where being on it means something else than before, what that is now. */
function modelWords({ before, after }: Row, meant: string, means: string): string[] {
  if (meant !== means) {
    return after.length === 0 ? [] : [`It ${means} ${after.length} model${plural(after)}: ${some(after)}.`];
  }
  const added = after.filter((model) => !before.includes(model));
  const removed = before.filter((model) => !after.includes(model));
  return [
    ...(added.length > 0 ? [`It ${bare(means)} ${some(added)} in addition.`] : []),
    ...(removed.length > 0 ? [`It no longer ${bare(means)} ${some(removed)}.`] : []),
  ];
}

const bare = (means: string): string => means.replace(" only", "");

/** What being on the list means. */
function listWords({ keyRestrictions: { isEnforced, enforcementType } }: NormalProfile): string {
  if (isEnforced !== true) return "lists, without enforcing,";
  return enforcementType === "block" ? "blocks" : "accepts only";
}

const plural = (list: readonly unknown[]): string => (list.length === 1 ? "" : "s");

/** The first names of a list, and how many more there are. */
function some(names: readonly string[], most = 8): string {
  const rest = names.length - most;
  return names.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** What a report says of a group that may use no passkey at all. */
const EXCLUDED = "excluded";

/** A profile of that name is none of the kind. */
const named = (profile: string): string => (profile === EXCLUDED ? JSON.stringify(profile) : profile);

/** Groups that gain, lose or change profiles, or are excluded. */
export function groupChanges(facts: Pick<TenantFacts, "before" | "after">, naming: Naming): GroupChange[] {
  const [before, after] = [normalizePolicy(facts.before), normalizePolicy(facts.after)];
  const all = [before, after].flatMap(({ includeTargets, excludeTargets }) => [...includeTargets, ...excludeTargets]);
  const side = (policy: NormalPolicy, id: string) => [
    ...policy.includeTargets
      .filter((target) => target.id === id)
      .flatMap(({ profiles }) => profiles.map((profile) => named(naming.profile(profile)))),
    ...(policy.excludeTargets.some((target) => target.id === id) ? [EXCLUDED] : []),
  ];
  return [...new Set(all.map(({ id }) => id))]
    .map((id) => ({ group: naming.group(id), before: side(before, id), after: side(after, id) }))
    .filter((change) => [...change.before].sort().join("\n") !== [...change.after].sort().join("\n"));
}
