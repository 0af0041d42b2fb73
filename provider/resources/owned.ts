import { documentKindOf, type AnyDocumentKind } from "./documents/kinds.js";
import type { DocumentState } from "./documents/kind.js";
import { DOCUMENT_TYPES, PART_TYPES } from "./passkeyPolicy/owner.js";
import type { PolicyState } from "./passkeyPolicy/state.js";
import { policyStateOf } from "./parts/translate.js";
import { SECRET_MARK } from "./secretMark.js";

interface Exported {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: Record<string, unknown>;
  readonly dependencies?: readonly string[];
}

/** A resource that owns a part of the passkey policy, or members of another document. */
export type Owned = { readonly urn: string; readonly dependencies: readonly string[] } & (
  | { readonly kind?: undefined; readonly state: PolicyState }
  | { readonly kind: AnyDocumentKind; readonly state: DocumentState }
);

/**
 * Of what `pulumi stack export` prints, the resources of this package.
 *
 * @param nothing what it means where there is none, for the error.
 */
export function ownedIn(parsed: unknown, nothing: string): Owned[] {
  const { deployment } = (parsed ?? {}) as { deployment?: { resources?: unknown } };
  const resources = deployment?.resources ?? [];
  if (deployment === undefined || !Array.isArray(resources)) {
    throw new Error("What was given has no deployment. Give what `pulumi stack export` prints.");
  }
  const owned = (resources as Exported[]).flatMap((resource) => ownedOf(resource) ?? []);
  if (owned.length > 0) return owned;
  const kinds = ["PasskeyPolicy", ...PART_TYPES, ...DOCUMENT_TYPES].join(", ");
  throw new Error(`The stack has no resource of this package (${kinds}), so ${nothing}.`);
}

function ownedOf({ urn, type, outputs, dependencies = [] }: Exported): Owned | undefined {
  if (outputs?.["managed"] === undefined) return undefined;
  const kind = documentKindOf(type);
  const state = kind === undefined ? policyStateOf(type, outputs) : (outputs as unknown as DocumentState);
  if (state === undefined) return undefined;
  if (JSON.stringify(outputs).includes(SECRET_MARK)) {
    throw new Error("The export has secret values. Make it with `pulumi stack export --show-secrets`.");
  }
  return { urn, dependencies, ...(kind !== undefined && { kind }), state } as Owned;
}

/** The resources in the order in which a destroy deletes them: those on which no other one depends, then the next. */
export function deletionLevels(owned: readonly Owned[]): Owned[][] {
  const levels: Owned[][] = [];
  for (let left = [...owned]; left.length > 0;) {
    const needed = new Set(left.flatMap(({ dependencies }) => dependencies));
    const free = left.filter(({ urn }) => !needed.has(urn));
    const level = free.length > 0 ? free : left;
    levels.push(level);
    left = left.filter((one) => !level.includes(one));
  }
  return levels;
}
