import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isOurs, writeDurably, type Managed } from "../../apply/index.js";
import { normalizePolicy, type FacetName, type Fido2Policy } from "../../policy/index.js";
import type { PolicyState } from "../../resources/passkeyPolicy/state.js";
import { policyStateOf } from "../../resources/parts/translate.js";
import type { TenantSpec } from "../plan.js";

/** What an update has left in a tenant, and from what: as it is kept in `<tenant id>.json` of the folder of promises. */
export interface TenantPromise {
  readonly version: 1;
  readonly tenant: string;
  readonly stack: string;
  /** When the update was done, ISO 8601, UTC. */
  readonly time: string;
  /** {@link programHash}, {@link configHash}, {@link catalogueName}. */
  readonly program: string;
  readonly config: string;
  readonly catalogue: string;
  /** What each resource has written. */
  readonly resources: readonly { readonly owner: string; readonly managed: Managed }[];
}

/** A part that a tenant does not have as promised. */
export interface BrokenPart {
  readonly owner: string;
  readonly facet: FacetName;
}

const fileOf = (folder: string, { id }: TenantSpec): string => join(folder, `${id}.json`);

export function writePromise(folder: string, tenant: TenantSpec, promise: TenantPromise): void {
  writeDurably(fileOf(folder, tenant), promise);
}

/** Forgets what was promised of a tenant, because it is written to. */
export function breakPromise(folder: string, tenant: TenantSpec): void {
  rmSync(fileOf(folder, tenant), { force: true });
}

/** The promise of a tenant; nothing where there is none, or none that can be read: an update makes it anew. */
export function readPromise(folder: string, tenant: TenantSpec): TenantPromise | undefined {
  const file = fileOf(folder, tenant);
  if (!existsSync(file)) return undefined;
  try {
    const promise = JSON.parse(readFileSync(file, "utf8")) as TenantPromise;
    const isWhole = promise.version === 1 && promise.tenant === tenant.id && Array.isArray(promise.resources);
    return isWhole ? promise : undefined;
  } catch {
    return undefined;
  }
}

/** What the resources of a stack have written, as a promise keeps it: without what was there before. */
export function promisedBy(states: readonly PolicyState[]): TenantPromise["resources"] {
  return states.map(({ owner, managed }) => ({
    owner,
    managed: Object.fromEntries(
      Object.entries(managed).flatMap(([facet, { written }]) => (written === undefined ? [] : [[facet, { written }]])),
    ),
  }));
}

/** The parts of a policy that are not as promised. */
export function broken({ resources }: TenantPromise, policy: Fido2Policy): BrokenPart[] {
  const now = normalizePolicy(policy);
  return resources.flatMap(({ owner, managed }) =>
    Object.entries(managed).flatMap(([facet, value]) => (isOurs(now, facet, value) ? [] : [{ owner, facet }])),
  );
}

interface Exported {
  readonly type: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  /** It was replaced, and is yet to be deleted. */
  readonly delete?: boolean;
}

/**
 * Of what `pulumi stack export` gives, the resources that own parts of the passkey policy. One whose create was killed is
 * among them, as one that owns nothing: what it may have written is in its journal only.
 */
export function statesIn(deployment: unknown): PolicyState[] {
  const { resources = [], pending_operations: pending = [] } = (deployment ?? {}) as {
    resources?: readonly Exported[];
    pending_operations?: readonly { type: string; resource: Exported }[];
  };
  const states = resources.flatMap(({ type, outputs, delete: leaving }) => {
    if (leaving === true || outputs?.["managed"] === undefined) return [];
    return policyStateOf(type, outputs) ?? [];
  });
  const owners = new Set(states.map(({ owner }) => owner));
  const begun = pending.flatMap(({ type: operation, resource: { type, inputs } }) => {
    const state = operation === "creating" && inputs?.["resolved"] !== undefined && policyStateOf(type, inputs);
    return !state || owners.has(state.owner) ? [] : [{ ...state, managed: {} }];
  });
  return [...states, ...begun];
}
