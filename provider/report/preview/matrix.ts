import { findModel, MICROSOFT_AUTHENTICATOR_AAGUIDS, modelName, WINDOWS_HELLO_AAGUIDS } from "../../catalogue/index.js";
import { keyMatrix, type MatrixCell, type MatrixKey, type MatrixVerdict } from "../../policy/access/index.js";
import { ALL_USERS, closedAaguid, normalizePolicy, type NormalPolicy } from "../../policy/index.js";
import type { TenantFacts } from "./facts.js";
import type { Answer, Matrix, MatrixChange } from "./model.js";
import { groupsOf, type Naming } from "./naming.js";

/** A table that nobody can read helps nobody. */
const MOST_MODELS = 24;

/** An AAGUID that no catalogue has and that nobody lists. */
const NOBODYS = "11111111-2222-4333-8444-555555555555";

/**
 * Who may register and sign in with which key, before and after, as far as the passkey policy decides: one row for each
 * group that it names, one column for each model on a list, and for the kinds of key that lists are mostly about.
 */
export function matrixOf(facts: Pick<TenantFacts, "before" | "after">, naming: Naming): Matrix {
  const [before, after] = [normalizePolicy(facts.before), normalizePolicy(facts.after)];
  const models = modelKeys(before, after);
  const keys = [...models.slice(0, MOST_MODELS), ...KINDS];
  const everyone = [before, after].some(({ includeTargets }) => includeTargets.some(({ id }) => id === ALL_USERS));
  const groups = groupsOf(facts.before, facts.after).map((id) => ({ name: naming.group(id), groups: [id] }));
  const rows = [...groups, ...(everyone ? [{ name: "anyone else", groups: [] }] : [])];
  const cells = [before, after].map((policy) => keyMatrix(policy, rows, keys));
  const [old, now] = cells as [MatrixCell[], MatrixCell[]];
  return {
    keys: keys.map(({ name }) => name),
    keysLeftOut: Math.max(0, models.length - MOST_MODELS),
    rows: rows.map(({ name }, row) => ({
      name,
      cells: keys.map((_key, column) => {
        const at = row * keys.length + column;
        return {
          register: change(old[at]!.register, now[at]!.register, naming),
          signIn: change(old[at]!.signIn, now[at]!.signIn, naming),
        };
      }),
    })),
  };
}

/** The models on any list, those whose listing changes first; the kinds that have columns anyway are left out. */
function modelKeys(before: NormalPolicy, after: NormalPolicy): MatrixKey[] {
  const closed = [...before.profiles, ...after.profiles].map(({ id }) => closedAaguid(id));
  const elsewhere = new Set([...MICROSOFT_AUTHENTICATOR_AAGUIDS, ...WINDOWS_HELLO_AAGUIDS, ...closed]);
  const listed = ({ profiles }: NormalPolicy) =>
    new Set(
      profiles.flatMap(({ id, keyRestrictions }) =>
        (keyRestrictions.aaGuids ?? []).map((aaguid) => `${id} ${aaguid.toLowerCase()}`),
      ),
    );
  const [old, now] = [listed(before), listed(after)];
  const all = [...new Set([...old, ...now])].map((entry) => ({
    aaguid: entry.split(" ")[1]!,
    stays: old.has(entry) === now.has(entry),
  }));
  const models = all
    .filter(({ aaguid }) => !elsewhere.has(aaguid))
    .map(({ aaguid, stays }) => ({ aaguid, stays, name: modelName(aaguid) }))
    .sort((a, b) => Number(a.stays) - Number(b.stays) || compare(a.name, b.name) || compare(a.aaguid, b.aaguid));
  // Models of one name are one column: the first of them stands for all.
  const byName = new Map<string, MatrixKey>();
  for (const { name, aaguid } of models) {
    if (!byName.has(name)) byName.set(name, modelKey(name, aaguid));
  }
  return [...byName.values()];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A model of passkeys that a provider copies is a synced one, and never attests. */
function modelKey(name: string, aaguid: string): MatrixKey {
  const isProvider = findModel(aaguid)?.kind === "passkeyProvider";
  return { name, aaguid, passkeyType: isProvider ? "synced" : "deviceBound", attested: !isProvider };
}

const bound = (name: string, aaguid: string, attested: boolean): MatrixKey => ({
  name,
  aaguid,
  passkeyType: "deviceBound",
  attested,
});

const KINDS: readonly MatrixKey[] = [
  bound("Authenticator for iOS", MICROSOFT_AUTHENTICATOR_AAGUIDS[0]!, true),
  bound("Authenticator for Android", MICROSOFT_AUTHENTICATOR_AAGUIDS[1]!, true),
  bound("Windows Hello", WINDOWS_HELLO_AAGUIDS[0]!, false),
  { ...bound("synced passkey of an unlisted provider", NOBODYS, false), passkeyType: "synced" },
  bound("security key of an unlisted model", NOBODYS, false),
];

const ANSWER: Readonly<Record<string, Answer>> = { accepted: "yes", rejected: "no", unknown: "unknown" };

function change(before: MatrixVerdict, after: MatrixVerdict, naming: Naming): MatrixChange {
  return { before: ANSWER[before.answer]!, after: ANSWER[after.answer]!, reason: naming.text(after.reason) };
}
