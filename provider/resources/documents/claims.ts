import type { TenantSession } from "../../apply/index.js";
import { sameValue, type MemberValues } from "../../policy/documents.js";
import type { Problem } from "../../policy/problem.js";
import { resourceName } from "../passkeyPolicy/owner.js";

/** By document and owner, what the resources of this process declare. */
const claims = new WeakMap<TenantSession, Map<string, Map<string, MemberValues>>>();

/**
 * Notes what a resource declares of a document. Two resources may declare the same value of a member, and are refused with
 * two values.
 */
export function claimMembers(
  session: TenantSession,
  document: string,
  owner: string,
  wanted: MemberValues,
  placeOf: (name: string) => string,
): Problem[] {
  let documents = claims.get(session);
  if (documents === undefined) claims.set(session, (documents = new Map()));
  let owners = documents.get(document);
  if (owners === undefined) documents.set(document, (owners = new Map()));
  const problems = [...owners].flatMap(([other, theirs]) =>
    [...wanted].flatMap(([name, value]): Problem[] => {
      if (other === owner || !theirs.has(name) || sameValue(theirs.get(name), value)) return [];
      const reason = `the resource ${other} declares another value of it`;
      const wayOut = `Declare the same in both, or in one of them: ${resourceName(owner)} or ${resourceName(other)}`;
      return [{ code: "conflict", place: placeOf(name), reason, wayOut }];
    }),
  );
  if (problems.length === 0) owners.set(owner, wanted);
  return problems;
}

const established = new WeakMap<TenantSession, Set<string>>();

/** Notes that a resource was created or updated: where it replaces one of the same owner, that one is deleted afterwards. */
export function markEstablished(session: TenantSession, owner: string): void {
  const owners = established.get(session) ?? new Set<string>();
  established.set(session, owners.add(owner));
}

/** Whether a resource of the same owner was created or updated by this process. */
export const isEstablished = (session: TenantSession, owner: string): boolean =>
  established.get(session)?.has(owner) ?? false;
