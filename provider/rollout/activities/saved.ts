import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDurably } from "../../apply/index.js";
import type { Fido2Policy } from "../../policy/index.js";
import type { PolicyState } from "../../resources/passkeyPolicy/state.js";
import type { TenantSpec } from "../plan.js";

const policyFile = (folder: string, { id }: TenantSpec): string => join(folder, "saved", `${id}.json`);
export const statesFile = (folder: string, { id }: TenantSpec): string => join(folder, "saved", `${id}.states.json`);

/** Whether the policy before the rollout was saved: it never is again. */
export const isSaved = (folder: string, tenant: TenantSpec): boolean => existsSync(policyFile(folder, tenant));

/** Saves the policy as it is, and what the stack's resources owned of it, where that is known. */
export function savePolicy(
  folder: string,
  tenant: TenantSpec,
  policy: Fido2Policy,
  states: readonly PolicyState[] | undefined,
): void {
  if (isSaved(folder, tenant)) return;
  // The policy comes last: it says that both are there.
  if (states !== undefined) writeDurably(statesFile(folder, tenant), kept(states));
  writeDurably(policyFile(folder, tenant), policy);
}

/** What is worth keeping of a state: code is not. */
const kept = (states: readonly PolicyState[]) => states.map(({ __provider: _ours, ...state }) => state);

const previewedFile = (folder: string, { id }: TenantSpec): string => join(folder, "previewed", `${id}.json`);

/** Keeps what a preview has seen, for whichever process saves the policy. */
export function savePreviewed(folder: string, tenant: TenantSpec, states: readonly PolicyState[]): void {
  if (!isSaved(folder, tenant)) writeDurably(previewedFile(folder, tenant), kept(states));
}

/** What stacks were when another process has previewed them, where one has. */
export function previewedStates(folder: string, tenant: TenantSpec): readonly PolicyState[] | undefined {
  const file = previewedFile(folder, tenant);
  return existsSync(file) ? (read(file) as PolicyState[]) : undefined;
}

/** @throws Error where nothing was saved, or what was cannot be read. */
export function savedPolicy(folder: string, tenant: TenantSpec): Fido2Policy {
  const file = policyFile(folder, tenant);
  if (!existsSync(file)) {
    throw new Error(`the policy of ${tenant.name} was not saved before an update (${file} is not there)`);
  }
  return read(file) as Fido2Policy;
}

/** What the stack's resources were before the rollout; nothing where that is not known. */
export function savedStates(folder: string, tenant: TenantSpec): readonly PolicyState[] {
  const file = statesFile(folder, tenant);
  return existsSync(file) ? (read(file) as PolicyState[]) : [];
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  }
}
