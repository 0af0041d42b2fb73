/** What is wrong, in a form that a program can test and a person can act on. */
export interface Problem {
  readonly code: ProblemCode;
  /** Where: a property path as it is written in the program, such as `profiles.students.keyRestrictions.models[2]`. */
  readonly place: string;
  /** Why it is refused, or what to expect where it is a warning. One sentence without a full stop at the end. */
  readonly reason: string;
  /** What to do instead. One sentence without a full stop at the end. */
  readonly wayOut: string;
}

export type ProblemCode =
  | "malformedAaguid"
  | "unknownModel"
  | "malformedValue"
  | "emptyAllowList"
  | "attestationWithSynced"
  | "noPasskeyTypes"
  | "profileInLegacyMode"
  | "legacyPasskeyTypes"
  | "unknownMode"
  | "unreadablePart"
  | "unknownValue"
  | "conflict"
  | "duplicate"
  | "missingProfile"
  | "missingProfilePart"
  | "defaultProfile"
  | "nameInUse"
  | "tooManyProfiles"
  | "tooManyStrengths"
  | "overSize"
  | "nearSize"
  | "unknownGroup"
  | "ambiguousGroup"
  | "notSecurityGroup"
  | "excludeAllUsers"
  | "exclusiveOverlap"
  | "exclusiveUnknown"
  | "listedNotAccepted"
  | "unenforcedList"
  | "inertBlockList"
  | "windowsHelloAttestation"
  | "toggleNeedsInventory"
  | "unsafeOrder"
  | "ownedValueChanged"
  | "leftAlone"
  | "closedProfile"
  | "compromisedModel"
  | "lockedOut"
  | "stranded"
  | "impactUnknown"
  | "exposure"
  | "breakGlass"
  | "inventoryNeeded"
  | "inventoryUnusable"
  | "invertedFilter"
  | "filterUnknown";

/** A problem as one line: `place: reason. Way out.` */
export function problemText(problem: Problem): string {
  return printable(`${problem.place}: ${problem.reason}. ${problem.wayOut}.`);
}

/**
 * Text that stays on its line and says what it seems to say: names of profiles, groups and policies come from the tenant,
 * and may have line breaks, terminal codes, or characters that turn the direction of reading round.
 */
export function printable(text: string): string {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, escape);
}

/** A problem that is not refused, because the tenant has it and the change does not make it worse. */
export function alreadyThere(problem: Problem): Problem {
  return { ...problem, reason: `${problem.reason} (the tenant has it so already; this change does not make it worse)` };
}
