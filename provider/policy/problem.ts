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
  | "compromisedModel"
  | "lockedOut"
  | "stranded"
  | "impactUnknown"
  | "exposure"
  | "breakGlass"
  | "inventoryNeeded"
  | "inventoryUnusable";

/** A problem as one line: `place: reason. Way out.` */
export function problemText(problem: Problem): string {
  return `${problem.place}: ${problem.reason}. ${problem.wayOut}.`;
}

/** A problem that is not refused, because the tenant has it and the change does not make it worse. */
export function alreadyThere(problem: Problem): Problem {
  return { ...problem, reason: `${problem.reason} (the tenant has it so already; this change does not make it worse)` };
}
