import type { GivenBack, ManagedMembers, MemberValue, MemberValues } from "./documents.js";
import { giveBackMembers, sameValue } from "./documents.js";
import type { Problem } from "./problem.js";

/**
 * An authentication strength, as far as this package writes it.
 *
 * @see https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy
 */
export interface CustomStrength {
  /** GUID in lower case. */
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly policyType: string;
  readonly allowedCombinations: readonly string[];
  /** What limits the combination `fido2` to models; absent where nothing does. */
  readonly fido2?: { readonly id: string; readonly allowedAAGUIDs: readonly string[] };
}

/** The strengths of a tenant, and which of them a resource manages. */
export interface StrengthDocument {
  readonly strengths: readonly CustomStrength[];
  readonly own: CustomStrength | undefined;
}

/** Passkeys, and for the first sign-in a pass that works once. Other methods are not what this package is about. */
export const PASSKEY = "fido2";
export const ONE_TIME_PASS = "temporaryAccessPassOneTime";

/** Custom strengths that a tenant may have. @see https://learn.microsoft.com/graph/api/resources/authenticationstrengths-overview */
export const MOST_STRENGTHS = 15;

/** The member that says whether the strength is there. */
export const EXISTS = "exists";

const sorted = (texts: readonly string[]): string[] => [...texts].sort();

/** The strength as members; nothing where there is none. */
export function strengthMembers({ own }: StrengthDocument): MemberValues {
  if (own === undefined) return new Map();
  return new Map<string, MemberValue>([
    [EXISTS, true],
    ["displayName", own.displayName],
    ["description", own.description],
    ["allowedCombinations", sorted(own.allowedCombinations)],
    ["allowedAAGUIDs", own.fido2 === undefined ? null : sorted(own.fido2.allowedAAGUIDs)],
  ]);
}

/** The strengths with these members of the one that a resource manages; nothing but its end is possible without it. */
export function withStrengthMembers(doc: StrengthDocument, members: MemberValues): StrengthDocument {
  const { strengths, own } = doc;
  if (own === undefined || members.size === 0) return doc;
  const others = strengths.filter((one) => one !== own);
  if (members.get(EXISTS) === null) return { strengths: others, own: undefined };
  const all = new Map([...strengthMembers(doc), ...members]);
  const { fido2: limit, ...rest } = own;
  const models = all.get("allowedAAGUIDs") as readonly string[] | null;
  const next: CustomStrength = {
    ...rest,
    displayName: String(all.get("displayName")),
    description: String(all.get("description")),
    allowedCombinations: all.get("allowedCombinations") as readonly string[],
    ...(models !== null && { fido2: { id: limit?.id ?? "", allowedAAGUIDs: models } }),
  };
  return { strengths: [...others, next], own: next };
}

/** What a strength must not be. */
export function strengthRefusals(
  { strengths, own }: StrengthDocument,
  wanted: MemberValues,
  adopt: boolean,
): Problem[] {
  const problems: Problem[] = [];
  const refuse = (code: Problem["code"], place: string, reason: string, wayOut: string) =>
    void problems.push({ code, place, reason, wayOut });
  const name = wanted.get("displayName");
  const taken = strengths.filter((one) => one !== own && one.displayName.toLowerCase() === String(name).toLowerCase());
  if (typeof name === "string" && taken.length > 0) {
    const canAdopt = own === undefined && taken.length === 1 && taken[0]!.policyType === "custom" && !adopt;
    const reason = `the tenant has an authentication strength called ${JSON.stringify(name)} already`;
    refuse(
      "nameInUse",
      "displayName",
      reason,
      canAdopt ? "Set adopt: true to take it over, or choose another name" : "Choose another name",
    );
  }
  const combinations = wanted.get("allowedCombinations");
  if (Array.isArray(combinations)) {
    const other = combinations.filter((one) => one !== PASSKEY && one !== ONE_TIME_PASS);
    if (other.length > 0 || !combinations.includes(PASSKEY)) {
      const reason = other.length > 0 ? `${other.join(", ")} is no passkey` : `${PASSKEY} is not among them`;
      const wayOut = `List ${PASSKEY}, and ${ONE_TIME_PASS} where it is for registering the first key`;
      refuse("malformedValue", "allowedCombinations", reason, wayOut);
    }
  }
  const models = wanted.get("allowedAAGUIDs");
  if (Array.isArray(models) && models.length === 0) {
    refuse("emptyAllowList", "models", "no passkey would satisfy it", "List at least one model");
  }
  const custom = strengths.filter(({ policyType }) => policyType === "custom").length;
  if (own === undefined && taken.length === 0 && custom >= MOST_STRENGTHS) {
    const reason = `the tenant has ${custom} custom authentication strengths, and may have ${MOST_STRENGTHS}`;
    refuse("tooManyStrengths", "displayName", reason, "Remove one that no Conditional Access policy asks for");
  }
  return problems;
}

/**
 * A strength that was made here is deleted where all of it is as it was written; one that was adopted gets back what it
 * had before, member by member.
 */
export function giveBackStrength(
  there: MemberValues,
  managed: ManagedMembers,
  names: readonly string[],
  isHeld: (name: string) => boolean,
): GivenBack {
  const made = managed[EXISTS] !== undefined && managed[EXISTS].prior === null;
  if (!made || !names.includes(EXISTS)) return giveBackMembers(there, managed, names, isHeld, (name) => name);
  if (there.get(EXISTS) !== true) return { values: new Map(), notes: [], held: [] };
  const changed = names.filter((name) => !sameValue(there.get(name), managed[name]!.written));
  if (changed.length === 0) return { values: new Map([[EXISTS, null]]), notes: [], held: [] };
  const reason = `someone else changed ${changed.join(", ")} since it was written here, so the strength stays`;
  const note = {
    code: "leftAlone" as const,
    place: "strength",
    reason,
    wayOut: "Delete it by hand if nobody needs it",
  };
  return { values: new Map(), notes: [note], held: [] };
}
