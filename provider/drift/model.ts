import type { FacetName, FacetValue } from "../policy/index.js";

/** Who has most likely changed a part; nobody can be sure without the tenant's audit log. */
export type Cause =
  /** Somebody, or another tool. */
  | "edit"
  /** Microsoft, when it migrated the tenant to passkey profiles. */
  | "migration"
  /** It looks like what Microsoft's migration makes, and could be an edit as well. */
  | "unknown";

/** A part of the tenant that is not as a resource has written it, or as a program declares it. */
export interface DriftEntry {
  /** Type and name, as `PasskeyPolicy passkeys`. */
  readonly resource: string;
  /** Which part, in words, with the names of groups and profiles. */
  readonly part: string;
  /** As a property path, with profiles and groups by their ids. */
  readonly place: string;
  /** In words; several for a list; empty where there was, or is, nothing. */
  readonly written: readonly string[];
  readonly now: readonly string[];
  readonly cause: Cause;
}

/** What `entra-passkeys drift --json` prints. Later versions add members and change none. */
export interface DriftReport {
  readonly kind: "entra-passkeys/drift";
  readonly version: 1;
  readonly tenant: string;
  /** What the tenant was compared with: the saved state, or what a program declares. */
  readonly against: "state" | "program";
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly mode: "legacy" | "profiles" | "unknown";
  /** How many parts were compared, of how many resources. */
  readonly compared: { readonly parts: number; readonly resources: number };
  readonly drift: readonly DriftEntry[];
  /** What else is worth a sentence, such as a migration that changed nothing. */
  readonly notes: readonly string[];
}

/** A part of the passkey policy that is not as it was written. */
export interface PolicyDrift {
  readonly resource: string;
  readonly facet: FacetName;
  readonly written: FacetValue;
  readonly now: FacetValue;
  /** The mode of the tenant when it was written. */
  readonly writtenIn: string;
}

/** What comes of comparing resources with the tenant. */
export interface Compared {
  readonly parts: number;
  readonly resources: number;
  readonly policy: readonly PolicyDrift[];
  /** Of other documents than the passkey policy. */
  readonly documents: readonly DocumentDrift[];
  /** Modes of the tenant when resources were written. */
  readonly writtenIn: ReadonlySet<string>;
  readonly notes: readonly string[];
}

/** A member of another document that is not as it was written; values in words. */
export interface DocumentDrift {
  readonly resource: string;
  /** What messages call the document. */
  readonly document: string;
  readonly member: string;
  readonly written: readonly string[];
  readonly now: readonly string[];
}
