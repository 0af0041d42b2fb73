import type { Graph } from "../graph/index.js";
import { isGuid, type Person } from "../policy/index.js";
import { answerOf, valueOf, type Answer } from "./answer.js";
import type { EmergencyAccount, EmergencyFacts } from "./breakGlass.js";

/** Emergency accounts by what names them. */
export interface EmergencyNames {
  /** Object ids of accounts, as programs have them. */
  readonly users: readonly string[];
  /** Object ids of groups, as programs have them. */
  readonly groups: readonly string[];
  /** What was given by hand: object ids, user principal names, or names of groups. */
  readonly given: readonly string[];
}

/** There are a few of these accounts; each takes four requests. */
const MOST = 20;

interface Wanted {
  readonly id: string;
  readonly title: string;
}

type Missing = EmergencyFacts["missing"][number];

/** Reads the emergency accounts with their passkeys and groups, by GET alone. Nobody's name is in what comes back. */
export async function readEmergency(graph: Graph, names: EmergencyNames): Promise<EmergencyFacts> {
  const declared = names.users.length + names.groups.length + names.given.length > 0;
  if (!declared) return { declared, accounts: [], missing: [] };
  const wanted: Wanted[] = names.users.map((id) => ({ id, title: id }));
  const missing: Missing[] = [];
  const groups: Wanted[] = names.groups.map((id) => ({ id, title: `group ${id}` }));
  for (const [index, text] of names.given.entries()) {
    // Whatever it is, it may be somebody's name: it is called by its place.
    const title = isGuid(text) ? text : `--break-glass number ${index + 1}`;
    const found = text.includes("@") ? undefined : await groupNamed(graph, text);
    if (found === undefined) wanted.push({ id: text, title });
    else if ("id" in found) groups.push({ id: found.id, title });
    else missing.push({ title, ...found });
  }
  for (const { id, title } of groups) {
    const members = await answerOf(graph.readUserMembers(id));
    const ids = valueOf(members);
    if (ids === undefined)
      missing.push({ title, reason: `its members are not known: ${reasonOf(members)}`, unread: true });
    else if (ids.length === 0) missing.push({ title, reason: "nobody is in the group" });
    else wanted.push(...ids.map((member) => ({ id: member, title: member.toLowerCase() })));
  }
  const once = [...new Map(wanted.map((one) => [one.id.toLowerCase(), one])).values()];
  if (once.length > MOST) {
    const reason = `${once.length} accounts are declared, and only ${MOST} of them were looked at`;
    missing.push({ title: "breakGlass", reason, unread: true });
  }
  const read: ReadAccount[] = [];
  for (const one of once.slice(0, MOST)) read.push(await readAccount(graph, one));
  // Of an account that is not there the answer tells nothing of what may be read.
  const passkeys = read.map((one) => one.passkeys).find((one) => one !== undefined && !isNothing(one));
  return { declared, accounts: read.map(({ account }) => account), missing, ...(passkeys && { passkeys }) };
}

/** The group of that id or name; undefined where it is none, so that it may be an account. */
async function groupNamed(graph: Graph, text: string): Promise<{ id: string } | Omit<Missing, "title"> | undefined> {
  const query = isGuid(text) ? { ids: [text] } : { names: [text] };
  const answer = await answerOf(graph.findGroups(query));
  const found = valueOf(answer);
  if (found === undefined)
    return isGuid(text) ? undefined : { reason: `not looked up: ${reasonOf(answer)}`, unread: true };
  const [only] = found;
  if (found.length > 1) return { reason: `it is the name of ${found.length} groups: give an object id` };
  if (only !== undefined) return { id: only.id };
  return isGuid(text)
    ? undefined
    : { reason: "it is neither the name of a group, nor an id or an address of an account" };
}

interface ReadAccount {
  readonly account: EmergencyAccount;
  readonly passkeys?: Answer<unknown>;
}

const isNothing = (answer: Answer<unknown>): boolean => "value" in answer && answer.value === undefined;

async function readAccount(graph: Graph, { id: wanted, title: given }: Wanted): Promise<ReadAccount> {
  const account = await answerOf(graph.inspect.account(wanted));
  const known = valueOf(account);
  if ("value" in account && known === undefined) return { account: { title: given } };
  const id = known?.id ?? (isGuid(wanted) ? wanted.toLowerCase() : undefined);
  const title = id ?? given;
  if (id === undefined) {
    return { account: { title, person: { user: title, groups: [] }, unread: reasonOf(account) } };
  }
  const [groups, passkeys] = await Promise.all([
    answerOf(graph.inspect.groupsOf(id)),
    answerOf(graph.inspect.passkeysOf(id)),
  ]);
  const memberships = valueOf(groups);
  const keys = valueOf(passkeys);
  if (known === undefined && "value" in passkeys && keys === undefined) return { account: { title } };
  const person: Person = {
    user: id,
    groups: (memberships ?? []).map(({ group }) => group),
    nested: (memberships ?? []).filter(({ nested }) => nested).map(({ group }) => group),
    ...(known?.enabled !== undefined && { enabled: known.enabled }),
    ...(known?.userType !== undefined && { userType: known.userType.toLowerCase() }),
    // Without the groups it is not known which profiles the account has, so that no key is known to work.
    ...(keys !== undefined &&
      memberships !== undefined && {
        passkeys: keys.map(({ aaGuid, passkeyType, attestationLevel }) => ({
          ...(aaGuid !== undefined && { aaguid: aaGuid }),
          ...(passkeyType !== undefined && { passkeyType }),
          ...(attestationLevel !== undefined && { attestationLevel }),
        })),
      }),
  };
  const unread = [groups, passkeys].flatMap((answer) => ("value" in answer ? [] : [answer.reason]));
  return { account: { title, person, ...(unread.length > 0 && { unread: unread.join("; ") }) }, passkeys };
}

const reasonOf = (answer: Awaited<ReturnType<typeof answerOf>>): string => ("value" in answer ? "" : answer.reason);
