import { readEach, type EachAnswer } from "./batch.js";
import { GraphError, SignInError } from "./errors.js";
import type { ReadOptions } from "./options.js";
import { nextLink, pageItems, type Json, type Transport } from "./transport.js";

/** One passkey of a user. Words are Graph's, newer ones included; what Graph does not say is absent. */
export interface Fido2Method {
  readonly id?: string;
  /** In lower case. */
  readonly aaGuid?: string;
  readonly passkeyType?: string;
  readonly attestationLevel?: string;
  /** ISO 8601. */
  readonly createdDateTime?: string;
  /** ISO 8601; only Graph's beta version tells it. */
  readonly lastUsedDateTime?: string;
}

/** What came of reading one user's passkeys. */
export type Fido2MethodsAnswer =
  | { readonly user: string; readonly methods: readonly Fido2Method[] }
  /** There is no such user (any more). */
  | { readonly user: string; readonly gone: true }
  /** They could not be read, which is not the same as none. */
  | { readonly user: string; readonly failure: GraphError };

/** Options of reading passkeys. */
export interface Fido2MethodsOptions extends ReadOptions {
  /** Batches in flight at most. @default 4 */
  readonly concurrency?: number;
}

const ACTION = "reading the passkeys of users";
/** Reads the passkeys of users. */
export const PERMISSIONS = ["UserAuthMethod-Passkey.Read.All", "UserAuthenticationMethod.Read.All"];

/**
 * The passkeys of users, by batches of 20. Names that users gave to their passkeys, and certificates, are not kept.
 *
 * @param onEach called once for each user, in no particular order, and awaited
 * @throws PermissionError without `UserAuthMethod-Passkey.Read.All`.
 * @see https://learn.microsoft.com/graph/api/fido2authenticationmethod-list
 */
export async function readFido2Methods(
  transport: Transport,
  userIds: Iterable<string>,
  onEach: (answer: Fido2MethodsAnswer) => void | Promise<void>,
  options: Fido2MethodsOptions = {},
): Promise<void> {
  const spec = {
    action: ACTION,
    path: (id: string) => `/users/${encodeURIComponent(id)}/authentication/fido2Methods`,
    // Without it Graph answers "unknownFutureValue" for enum members that are newer than its first version.
    headers: { prefer: "include-unknown-enum-members" },
    permissions: PERMISSIONS,
    ...options,
  };
  await readEach(transport, spec, userIds, async (answer) => onEach(await toAnswer(transport, answer, options)));
}

async function toAnswer(transport: Transport, answer: EachAnswer, options: ReadOptions): Promise<Fido2MethodsAnswer> {
  const { id: user } = answer;
  if (!("body" in answer)) return "gone" in answer ? { user, gone: true } : { user, failure: answer.failure };
  const spec = {
    action: ACTION,
    path: "/users",
    permissions: PERMISSIONS,
    aboutPeople: true,
    headers: { prefer: "include-unknown-enum-members" },
    ...options,
  };
  try {
    const items = pageItems(spec, answer.body);
    const link = nextLink(spec, answer.body);
    if (link !== undefined) for await (const page of transport.pages(spec, link)) items.push(...page);
    return { user, methods: items.map(toMethod) };
  } catch (error) {
    if (error instanceof GraphError && !(error instanceof SignInError)) return { user, failure: error };
    throw error;
  }
}

/** One passkey as Graph answers it, without the names and certificates in it. */
export function toMethod({
  id,
  aaGuid,
  passkeyType,
  attestationLevel,
  createdDateTime,
  lastUsedDateTime,
}: Json): Fido2Method {
  return {
    ...(typeof id === "string" && { id }),
    ...(typeof aaGuid === "string" && { aaGuid: aaGuid.toLowerCase() }),
    ...(typeof passkeyType === "string" && { passkeyType }),
    ...(typeof attestationLevel === "string" && { attestationLevel }),
    ...(typeof createdDateTime === "string" && { createdDateTime }),
    ...(typeof lastUsedDateTime === "string" && { lastUsedDateTime }),
  };
}
