import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { documentKindOf, type AnyDocumentKind } from "../resources/documents/kinds.js";
import type { DocumentState } from "../resources/documents/kind.js";
import { DOCUMENT_TYPES, PART_TYPES } from "../resources/passkeyPolicy/owner.js";
import type { PolicyState } from "../resources/passkeyPolicy/state.js";
import { policyStateOf } from "../resources/parts/translate.js";
import { SECRET_MARK } from "../resources/secretMark.js";

/** What `pulumi stack export` prints: of a file, of standard input (`-`), or asked for a stack of this folder. */
export async function readExport(file: string, stack: string | undefined): Promise<unknown> {
  const text = stack === undefined ? readFileSync(file === "-" ? 0 : file, "utf8") : await exportOf(stack);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("What was given is not JSON. Give what `pulumi stack export` prints.");
  }
}

async function exportOf(stack: string): Promise<string> {
  try {
    const args = ["stack", "export", "--stack", stack, "--show-secrets", "--non-interactive"];
    const { stdout } = await promisify(execFile)("pulumi", args, { maxBuffer: 1 << 30 });
    return stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new Error(`pulumi stack export failed: ${stderr.trim() || message}`);
  }
}

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

/** Of an export, the resources of this package. */
export function ownedIn(parsed: unknown): Owned[] {
  const { deployment } = (parsed ?? {}) as { deployment?: { resources?: unknown } };
  const resources = deployment?.resources ?? [];
  if (deployment === undefined || !Array.isArray(resources)) {
    throw new Error("What was given has no deployment. Give what `pulumi stack export` prints.");
  }
  const owned = (resources as Exported[]).flatMap((resource) => ownedOf(resource) ?? []);
  if (owned.length === 0) {
    const kinds = ["PasskeyPolicy", ...PART_TYPES, ...DOCUMENT_TYPES].join(", ");
    throw new Error(`The stack has no resource of this package (${kinds}), so a destroy takes nothing from anyone.`);
  }
  return owned;
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
