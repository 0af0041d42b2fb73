import { changesTo } from "../policy/documents.js";
import { facetPlace } from "../policy/index.js";
import type { Fido2Policy, Problem } from "../policy/index.js";
import type { DocumentKind } from "../resources/documents/kind.js";
import type { Host } from "../resources/host.js";
import { inProgram } from "../resources/passkeyPolicy/desired.js";
import type { PasskeyPolicyInputs } from "../resources/passkeyPolicy/inputs.js";
import { checkChanged, planPreview } from "../resources/passkeyPolicy/operations.js";
import { checkShape } from "../resources/passkeyPolicy/shape.js";
import type { Declaration, LeftOut } from "./declare.js";

/** A declaration that a check accepts and whose plan has nothing to write. */
export interface Proven<Inputs> extends Declaration<Inputs> {
  /** What is wrong in the tenant already, and is taken over as it is. */
  readonly warnings: readonly Problem[];
}

/** Each round takes at least one part away, and a policy within its size has fewer. */
const MOST_ROUNDS = 1000;

/**
 * Checks and plans a declaration as a preview does, on the policy as it is, and leaves out what a check refuses or a plan
 * would change, until nothing of that is left.
 *
 * @param host reads that policy; {@link openTenant}.
 */
export async function provePolicy(
  host: () => Host,
  policy: Fido2Policy,
  declared: Declaration<PasskeyPolicyInputs>,
  owner: string,
): Promise<Proven<PasskeyPolicyInputs>> {
  const inputs = structuredClone(declared.inputs);
  const leftOut = [...declared.leftOut];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    // A process of its own for each: what was declared before must not count.
    const own = host();
    const { inputs: checked, refusals } = await checkChanged(own, { ...inputs, owner }, undefined);
    const planned = checked && (await planPreview(own, policy, checked, undefined));
    const wrong: LeftOut[] =
      planned === undefined
        ? refusals.map(refusedPart)
        : planned.plan.changes.map(({ facet }) => ({
            place: inProgram(changedPart(facet), checked!, checked!.resolved).place,
            reason: "declaring it would change it",
          }));
    if (wrong.length === 0) {
      // A plan without changes that has steps nevertheless would be a mistake of this package.
      if (planned!.plan.steps.length > 0) break;
      return { inputs, leftOut, warnings: planned!.plan.warnings };
    }
    leftOut.push(...leaveOut(inputs, wrong));
  }
  throw new Error(
    "The policy could not be written as a program that changes nothing. Report this with the policy as Graph answers it " +
      "(it has no names of people), and use --policy with a file of it meanwhile.",
  );
}

const refusedPart = (problem: Problem): LeftOut => ({ place: problem.place, reason: problem.reason });

const changedPart = (facet: string): Problem => ({
  code: "malformedValue",
  place: facetPlace(facet),
  reason: "",
  wayOut: "",
});

/** Takes parts out of a declaration, several of one list from its end. */
function leaveOut(inputs: PasskeyPolicyInputs, parts: readonly LeftOut[]): LeftOut[] {
  const taken = new Map<string, LeftOut>();
  for (const part of parts) {
    const place = nearest(inputs, part.place);
    if (!taken.has(place)) taken.set(place, { place, reason: part.reason });
  }
  const inOrder = [...taken.values()].sort((a, b) => indexIn(b.place) - indexIn(a.place));
  for (const { place } of inOrder) remove(inputs, place);
  return inOrder.reverse();
}

const indexIn = (place: string): number => Number(/\[(\d+)\]$/.exec(place)?.[1] ?? 0);

type Members = Record<string, unknown>;

/** The part of a declaration that a place is in, and that can be left out by itself. */
function nearest(inputs: PasskeyPolicyInputs, place: string): string {
  const target = /^(includeTargets|excludeTargets)\[(\d+)\]/.exec(place);
  if (target !== null && inputs[target[1] as "includeTargets"]?.[Number(target[2])] !== undefined) return target[0];
  const [, key = "", rest = ""] = /^profiles\.([^.[]+)(.*)$/.exec(place) ?? [];
  const profile = inputs.profiles?.[key];
  if (profile !== undefined) {
    const here = `profiles.${key}`;
    const [, restriction] = /^\.keyRestrictions\.(\w+)/.exec(rest) ?? [];
    const { keyRestrictions } = profile;
    if (restriction !== undefined && (keyRestrictions as Members | undefined)?.[restriction] !== undefined) {
      return `${here}.keyRestrictions.${restriction}`;
    }
    if (rest.startsWith(".keyRestrictions") && keyRestrictions !== undefined) return `${here}.keyRestrictions`;
    const [, part = ""] = /^\.(\w+)/.exec(rest) ?? [];
    return part !== "id" && part in profile ? `${here}.${part}` : here;
  }
  const [first = ""] = place.split(/[.[]/);
  if (first in inputs) return first;
  throw new Error(`The policy could not be written as a program: ${place} is in the way. Report this.`);
}

function remove(inputs: PasskeyPolicyInputs, place: string): void {
  const parts = place.split(/[.[\]]+/).filter((part) => part !== "");
  const last = parts.pop()!;
  const holder = parts.reduce<unknown>((found, part) => (found as Members)?.[part], inputs);
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else if (holder !== undefined) delete (holder as Members)[last];
  // The switch stands for entries of the list: without the list the list is nobody's.
  if (last === "models" && holder !== undefined) delete (holder as Members)["microsoftAuthenticator"];
  // A target may have a profile that is left out nevertheless, and then has to be left alone, too.
  if (parts.length === 1 && parts[0] === "profiles") {
    inputs.includeTargets = inputs.includeTargets?.filter(({ profiles = [] }) => !profiles.includes(last));
  }
}

/** Why a resource of another document cannot be taken over as it is; nothing where it can. */
export async function proveDocument<Declared extends object, Doc>(
  host: Host,
  kind: DocumentKind<Declared, Doc>,
  declared: Declared,
  owner: string,
): Promise<readonly Problem[]> {
  const misshapen = checkShape(declared as Record<string, unknown>, kind.type);
  if (misshapen.length > 0) return misshapen;
  const { looked, refusals } = await kind.lookUp(host, declared, undefined);
  if (refusals.length > 0) return refusals;
  const subject = { owner, tenantId: host.settings().tenantId, declared, looked };
  const port = kind.port(host, subject);
  const doc = await port.reads.get();
  const there = port.members(doc);
  const changes = changesTo(there, kind.wanted(subject));
  const changed = [...changes.keys()].map((name) => ({
    code: "malformedValue" as const,
    place: kind.placeOf(name),
    reason: "declaring it would change it",
    wayOut: "Report this",
  }));
  return [...kind.refusals(doc, changes, subject), ...changed];
}
