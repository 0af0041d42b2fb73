import { type Graph, type RegistrationRow, type TokenFacts } from "../graph/index.js";
import type { AuthenticationStrength, ConditionalAccessPolicy } from "../policy/access/index.js";
import type { TemporaryAccessPass } from "../policy/temporaryAccessPass.js";
import { ALL_USERS, type Fido2Policy, type MethodPolicy } from "../policy/index.js";
import { answerOf, valueOf, type Answer } from "./answer.js";
import { readEmergency, type EmergencyNames } from "./readEmergency.js";
import type { EmergencyFacts } from "./breakGlass.js";

/** What was read of a tenant. */
export interface TenantReads {
  readonly policy: Answer<Fido2Policy>;
  readonly groups: Answer<void>;
  readonly accounts: Answer<void>;
  /** The first page. */
  readonly report: Answer<readonly RegistrationRow[]>;
  readonly methods: Answer<readonly MethodPolicy[]>;
  readonly temporaryAccessPass: Answer<TemporaryAccessPass>;
  readonly conditionalAccess: Answer<readonly ConditionalAccessPolicy[]>;
  readonly strengths: Answer<readonly AuthenticationStrength[]>;
  /** The passkeys of somebody; absent where nobody is known whose could be read. */
  readonly passkeys?: Answer<unknown>;
  readonly emergency: EmergencyFacts;
  /** Display names of the policy's groups by object id, as far as they can be read. */
  readonly groupNames: ReadonlyMap<string, string>;
}

/** So many names of groups are looked up at most: they are for people. */
const MOST_NAMES = 60;

/**
 * Reads what an examination goes by: each document once, and of people only whether they can be read.
 *
 * @param onStep told what is read next
 */
export async function readTenant(
  graph: Graph,
  emergencyNames: EmergencyNames,
  onStep: (what: string) => void,
): Promise<TenantReads> {
  onStep("Reading policies");
  const { inspect } = graph;
  const [policy, groups, accounts, report, methods, temporaryAccessPass, conditionalAccess, strengths] =
    await Promise.all([
      answerOf(graph.readPasskeyPolicy()),
      answerOf(inspect.oneGroup()),
      answerOf(inspect.oneDisabledAccount()),
      answerOf(firstPage(graph)),
      answerOf(graph.readMethodPolicies()),
      answerOf(graph.readTemporaryAccessPass()),
      answerOf(inspect.conditionalAccess()),
      answerOf(inspect.strengths()),
    ]);
  onStep("Reading the emergency accounts");
  const emergency = await readEmergency(graph, emergencyNames);
  const known = valueOf(policy);
  const targets = [...(known?.includeTargets ?? []), ...(known?.excludeTargets ?? [])];
  const ids = targets.filter(({ id, targetType }) => targetType === "group" && id !== ALL_USERS).map(({ id }) => id);
  onStep("Looking up groups");
  const passkeys = emergency.passkeys ?? (await probePasskeys(graph, valueOf(report)?.[0]?.id, ids[0]));
  const names = valueOf(await answerOf(graph.findGroups({ ids: ids.slice(0, MOST_NAMES) }))) ?? [];
  return {
    ...{ policy, groups, accounts, report, methods, temporaryAccessPass, conditionalAccess, strengths, emergency },
    ...(passkeys !== undefined && { passkeys }),
    groupNames: new Map(names.map(({ id, displayName }) => [id.toLowerCase(), displayName])),
  };
}

async function firstPage(graph: Graph): Promise<readonly RegistrationRow[]> {
  let first: readonly RegistrationRow[] = [];
  await graph.readRegistrationReport((rows) => {
    first = rows;
    return false;
  });
  return first;
}

/** Whether passkeys can be read, tried with somebody who is there: an account that is not could answer anything. */
async function probePasskeys(
  graph: Graph,
  user: string | undefined,
  group: string | undefined,
): Promise<Answer<unknown> | undefined> {
  const member = user ?? (group && valueOf(await answerOf(graph.inspect.someMember(group))));
  return member === undefined ? undefined : answerOf(graph.inspect.passkeysOf(member));
}

/** Signs in, within a time: a library that hangs must not take the rest along. */
export async function signIn(graph: Graph, timeoutMs: number): Promise<TokenFacts | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const text = `Signing in took longer than ${timeoutMs / 1000} s. Check the network, or give it more --timeout.`;
    timer = setTimeout(() => reject(new Error(text)), timeoutMs);
  });
  try {
    return await Promise.race([graph.inspect.signIn(), late]);
  } finally {
    clearTimeout(timer);
  }
}
