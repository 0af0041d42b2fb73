/**
 * What a pull request changes, as `entra-passkeys report` writes it in JSON. The shape is published as
 * `docs/schema/report-1.json`: add to it, never change a meaning. Every text is meant for people, is not escaped for any
 * format, and may have been chosen by somebody hostile: names of groups, profiles, policies and resources. There are no
 * names of people in it.
 */
export interface PreviewReport {
  readonly kind: "entra-passkeys/report";
  readonly version: 1;
  readonly verdict: Verdict;
  /** By id, in order. */
  readonly tenants: readonly TenantReport[];
  /** Previews that ended with an error of their own, so that nothing, or not all, is known of their stacks. */
  readonly failures: readonly Failure[];
}

/**
 * `nothing`: no change (exit code 0); `change` (2); `lockout`: people would be locked out or stranded, or that could not be
 * told (3); `exposure`: weaker keys for exclusive or administrators' groups (4); `error`: a preview failed, or a rule of the
 * service refuses a plan (1). What the program has acknowledged is a `change`.
 */
export type VerdictLevel = "nothing" | "change" | "lockout" | "exposure" | "error";

export interface Verdict {
  readonly level: VerdictLevel;
  /** Exit code of the command. */
  readonly code: 0 | 1 | 2 | 3 | 4;
  /** One sentence with a full stop. */
  readonly sentence: string;
}

export interface Failure {
  /** `project/stack`, or where the preview was read from. */
  readonly stack: string;
  readonly reason: string;
}

/** What changes in one tenant, by all stacks that were given. */
export interface TenantReport {
  /** Id of the tenant. */
  readonly tenant: string;
  readonly verdict: Verdict;
  /** `project/stack`, in the order in which they were given. */
  readonly stacks: readonly string[];
  /** `profiles`, `legacy` (not opted in to passkey profiles) or `unknown`. */
  readonly mode: string;
  /** Whether the policy was read from the tenant or from a file. */
  readonly source: "live" | "saved";
  /** What holds for the whole tenant, such as whether passkeys are enabled; changed rows only. */
  readonly general: readonly Row[];
  /** Profiles with the groups that have them: those that change first. */
  readonly personas: readonly Persona[];
  /** Groups that gain, lose or change profiles, or are excluded. */
  readonly groups: readonly GroupChange[];
  /** Absent where nobody had to be read: the change can take a key from nobody, or people could not be read. */
  readonly people?: People;
  readonly exposure: readonly ExposureNote[];
  /** What `pulumi up` runs, in this order. */
  readonly plans: readonly PlanReport[];
  readonly size: Size;
  readonly drift: readonly Drift[];
  readonly warnings: readonly Note[];
  /** The public EIDSCA checks AF01 to AF06; they read the default profile only. */
  readonly checks: readonly Check[];
  /** What could not be read and so is not known, a sentence each. */
  readonly unread: readonly string[];
  /** Changes of other resources beside the passkey policy, such as Conditional Access; they are not assessed here. */
  readonly others: readonly OtherChange[];
  readonly matrix: Matrix;
  /** Whoever would lose something, or may; at most 10,000, worst first. */
  readonly affected: readonly Affected[];
}

/** A property before and after; each with one text for each line. Empty: it is not there. */
export interface Row {
  readonly name: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface Persona {
  /** Name of the profile. */
  readonly profile: string;
  readonly id: string;
  readonly change: "new" | "removed" | "changed" | "unchanged";
  /** Names of the groups whose members have it, before and after. */
  readonly groups: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** What changes, a sentence each. */
  readonly words: readonly string[];
  /** Every setting; where before and after differ it changes. */
  readonly rows: readonly Row[];
}

export interface GroupChange {
  readonly group: string;
  /** Names of profiles; `excluded` says that the members may use no passkey at all, `"excluded"` is a profile of that name. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export type PersonOutcome = "lockedOut" | "stranded" | "unknown" | "reduced" | "keeps";

export interface People {
  /** Where they were read from, in words. */
  readonly source: string;
  readonly counts: Readonly<Record<PersonOutcome, number>>;
  /** Worst outcome first, most people first. */
  readonly reasons: readonly { readonly outcome: PersonOutcome; readonly people: number; readonly reason: string }[];
  /** What else is worth a sentence: guests, disabled accounts, keys that are accepted although never attested. */
  readonly notes: readonly string[];
}

export interface ExposureNote {
  /** What becomes acceptable to whom, as a sentence without a full stop. */
  readonly text: string;
  /** Why it has to be acknowledged; absent where it does not. */
  readonly guarded?: "exclusive" | "adminGroup" | "admins";
}

export interface PlanReport {
  /** `project/stack`. */
  readonly stack: string;
  /** Type and name, as `PasskeyPolicy passkeys`. */
  readonly resource: string;
  readonly operation: "create" | "update" | "delete";
  /**
   * 16 hexadecimal digits; an acknowledgement names it. Empty where there is no plan: for another document than the passkey
   * policy, and where a rule of the service refuses it.
   */
  readonly digest: string;
  readonly steps: readonly { readonly kind: string; readonly reason: string; readonly risk?: string }[];
  /** Why it would be refused, a sentence each; empty where it would not. */
  readonly refusals: readonly string[];
  /**
   * What to add to the program so that it goes ahead nevertheless (`acknowledge: { ... }`), or for a deletion to the
   * environment of the update (`NAME='...'`); absent where that is not needed or not possible.
   */
  readonly acknowledgement?: string;
  /** What the program acknowledges of it already. */
  readonly acknowledged?: { readonly until: string; readonly reason: string };
}

export interface Size {
  /** Bytes of the policy; Graph's limit is 20 KB. */
  readonly bytes: { readonly before: number; readonly after: number; readonly limit: number };
  readonly profiles: { readonly before: number; readonly after: number; readonly limit: number };
}

/** A managed part that is not as it was written. */
export interface Drift {
  readonly stack: string;
  readonly resource: string;
  /** Which part, in words. */
  readonly part: string;
  readonly written: readonly string[];
  readonly now: readonly string[];
  /** Whether this change sets it back. */
  readonly repaired: boolean;
}

export interface Note {
  /** A word for machines. */
  readonly code: string;
  readonly text: string;
}

export interface Check {
  /** For example `AF01`. */
  readonly id: string;
  readonly title: string;
  readonly before: CheckResult;
  readonly after: CheckResult;
}

/** `skipped`: the check does not look while passkeys are not enabled. */
export type CheckResult = "pass" | "fail" | "skipped" | "unknown";

export interface OtherChange {
  readonly stack: string;
  /** Type and name. */
  readonly resource: string;
  readonly operation: string;
  /** What changes, a line each; may be empty. */
  readonly lines: readonly string[];
}

/** Who may register and sign in with which key, as far as the passkey policy decides. */
export interface Matrix {
  readonly keys: readonly string[];
  readonly rows: readonly MatrixReportRow[];
  /** How many models are left out of it. */
  readonly keysLeftOut: number;
}

export interface MatrixReportRow {
  /** Name of the group; `anyone else` for those who are in none. */
  readonly name: string;
  /** One for each key. */
  readonly cells: readonly {
    readonly register: MatrixChange;
    readonly signIn: MatrixChange;
  }[];
}

export type Answer = "yes" | "no" | "unknown";

export interface MatrixChange {
  readonly before: Answer;
  readonly after: Answer;
  /** What decides it afterwards. */
  readonly reason: string;
}

export interface Affected {
  /** Pseudonym. */
  readonly person: string;
  readonly outcome: Exclude<PersonOutcome, "keeps">;
  readonly reasons: readonly string[];
}
