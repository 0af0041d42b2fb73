import { checkBreakGlass as assessAccounts } from "../policy/impact/breakGlass.js";
import { normalizePolicy, SignIn, type Fido2Policy, type Person } from "../policy/index.js";
import type { Answer } from "./answer.js";
import { notesOf, type Finding } from "./findings.js";

const notes = notesOf("breakGlass");

/** An emergency account as it was found. */
export interface EmergencyAccount {
  /** What messages call it: its object id, or the place where it was given. */
  readonly title: string;
  /** Absent where the account does not exist. */
  readonly person?: Person;
  /** Why a part of it could not be read. */
  readonly unread?: string;
}

/** The emergency accounts that are declared, as they were found. */
export interface EmergencyFacts {
  /** Whether anyone has declared some. */
  readonly declared: boolean;
  readonly accounts: readonly EmergencyAccount[];
  /** What reading the passkeys of one of them was answered; absent where nobody's were asked for. */
  readonly passkeys?: Answer<unknown>;
  /** What was given and is nobody, each with why; `unread` where that is only not known. */
  readonly missing: readonly { readonly title: string; readonly reason: string; readonly unread?: true }[];
}

const GRANT = "Grant what is missing above, and run again";
const WAY_OUT = "Register a key that the policy accepts for it, and keep that in a safe";

/** Whether each emergency account can sign in with a passkey under the policy as it is. */
export function checkEmergency(policy: Fido2Policy, { declared, accounts, missing }: EmergencyFacts): Finding[] {
  if (!declared) {
    return [
      notes.warning(
        "breakGlass",
        "no emergency accounts are declared, so that nothing makes sure that they keep a passkey that works",
        'Declare them in the program (breakGlass: { group: "..." }), or name them here with --break-glass or --program',
      ),
    ];
  }
  const correct = "Correct what the program, or --break-glass, names";
  const found = missing.map(({ title, reason, unread }) =>
    unread === true ? notes.warning(title, reason, GRANT) : notes.error(title, reason, correct),
  );
  const signIn = new SignIn(normalizePolicy(policy));
  const people = accounts.flatMap(({ person }) => person ?? []);
  const users = people.map(({ user }) => user);
  const judged = assessAccounts(signIn, signIn, { people, scope: "everyone" }, { users, groups: [] }, false);
  for (const { title, person, unread } of accounts) {
    const account = person && judged.find(({ user }) => user === person.user);
    if (account === undefined) {
      found.push(notes.error(title, "the account does not exist", correct));
      continue;
    }
    found.push(...judge(title, account, unread));
  }
  const only = found.length === 1 && accounts.length === 1;
  if (only) found.push(notes.info("breakGlass", "there is one emergency account", "Have at least two of them"));
  return found;
}

function judge(
  title: string,
  account: ReturnType<typeof assessAccounts>[number],
  unread: string | undefined,
): Finding[] {
  const { before, excluded, covered, passkeys, enabled } = account;
  const found: Finding[] = [];
  if (enabled === false) {
    found.push(
      notes.error(title, "the account is disabled, and cannot sign in at all", "Enable it, or declare another one"),
    );
  }
  if (excluded === "accepted") {
    const says = "it is in an excluded group of the passkey policy, which takes every passkey away";
    found.push(notes.error(title, says, "Take it out of that group, or the group off excludeTargets"));
  } else if (before === "rejected") {
    const none = passkeys === 0 ? "it has no passkey" : `none of its passkeys (${passkeys}) works under today's policy`;
    const next = covered === "rejected" ? "Include it in the policy first: no target means it" : WAY_OUT;
    found.push(notes.error(title, none, next));
  } else if (before === "unknown") {
    const why =
      unread ?? (excluded === "unknown" ? "it is in groups through other groups" : "parts of it are not known");
    const says = `whether one of its passkeys works is not known: ${why}`;
    found.push(notes.warning(title, says, "Try its key, and grant what is missing above"));
  } else if (enabled !== false) {
    found.push(notes.ok(title, `it can sign in with a passkey (it has ${passkeys})`));
  }
  return found;
}
