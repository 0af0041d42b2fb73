import type { Acknowledgement, FacetValue, Fido2Policy, Impact, Plan, Problem } from "../../policy/index.js";
import type { Failure, OtherChange } from "./model.js";

/** What is known of a change of one tenant, from which its report is made. Groups and profiles by their ids. */
export interface TenantFacts {
  readonly tenant: string;
  /** `project/stack`. */
  readonly stacks: readonly string[];
  readonly source: "live" | "saved";
  /** The policy as it is, and as all changes together make it. */
  readonly before: Fido2Policy;
  readonly after: Fido2Policy;
  readonly plans: readonly PlannedChange[];
  /** Whether all changes together lock more people out than one by one. */
  readonly worseTogether: boolean;
  /** Rules of the service that all changes together break, and none of them alone. */
  readonly brokenTogether: readonly Problem[];
  /** What all changes together do to people; absent where nothing changes. */
  readonly impact?: Impact;
  /** Where people were read from, in words. */
  readonly people?: string;
  readonly drift: readonly DriftFact[];
  readonly others: readonly OtherChange[];
  /** Refused changes of other documents than the passkey policy. */
  readonly refusedDocuments: readonly RefusedDocument[];
  /** What could not be read, a sentence each. */
  readonly unread: readonly string[];
  /** Resources whose guard is not on, with what it is set to. */
  readonly unguarded: readonly { readonly resource: string; readonly guard: string }[];
  readonly failures: readonly Failure[];
  /** How many profiles the tenant may have, as the program says. */
  readonly profileLimit: number;
  /** Display name of a group by its object id in lower case. */
  readonly groupName: (id: string) => string | undefined;
}

/** One resource that changes the passkey policy. */
export interface PlannedChange {
  readonly stack: string;
  readonly resource: string;
  readonly operation: "create" | "update" | "delete";
  readonly plan: Plan;
  /** What it does to people by itself; absent where that was not asked. */
  readonly impact?: Impact;
  /** Why it is refused: by a rule of the service, or by the guard where nobody has acknowledged it. */
  readonly refusals: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What the program acknowledges of it. */
  readonly acknowledged?: Acknowledgement;
  /** The environment variable that an acknowledgement goes into, where the program has no place for it. */
  readonly variable?: string;
}

/** A managed part that is not as it was written. */
export interface DriftFact {
  readonly stack: string;
  readonly resource: string;
  /** Name of the facet. */
  readonly facet: string;
  readonly written: FacetValue;
  readonly now: FacetValue;
}

export interface RefusedDocument {
  readonly stack: string;
  readonly resource: string;
  readonly operation: PlannedChange["operation"];
  readonly refusals: readonly Problem[];
}
