import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDurably, type Managed } from "../../apply/index.js";
import type { Fido2Policy } from "../../policy/index.js";
import type { TenantSpec } from "../plan.js";

const policyFile = (folder: string, { id }: TenantSpec): string => join(folder, "saved", `${id}.json`);
export const managedFile = (folder: string, { id }: TenantSpec): string => join(folder, "saved", `${id}.managed.json`);

/** Whether the policy before the rollout was saved: it never is again. */
export const isSaved = (folder: string, tenant: TenantSpec): boolean => existsSync(policyFile(folder, tenant));

/** Saves the policy as it is, and what the stack owned of it, where that is known. */
export function savePolicy(
  folder: string,
  tenant: TenantSpec,
  policy: Fido2Policy,
  managed: Managed | undefined,
): void {
  if (isSaved(folder, tenant)) return;
  // The policy comes last: it says that both are there.
  if (managed !== undefined) writeDurably(managedFile(folder, tenant), managed);
  writeDurably(policyFile(folder, tenant), policy);
}

/** @throws Error where nothing was saved, or what was cannot be read. */
export function savedPolicy(folder: string, tenant: TenantSpec): Fido2Policy {
  const file = policyFile(folder, tenant);
  if (!existsSync(file)) {
    throw new Error(`the policy of ${tenant.name} was not saved before an update (${file} is not there)`);
  }
  return read(file) as Fido2Policy;
}

/** What the stack owned before the rollout; nothing where that is not known. */
export function savedManaged(folder: string, tenant: TenantSpec): Managed {
  const file = managedFile(folder, tenant);
  return existsSync(file) ? (read(file) as Managed) : {};
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  }
}
