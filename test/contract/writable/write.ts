import type { Structure } from "../shape/type.ts";
import type { World } from "../world.ts";

/** A JSON object. */
export type Json = Record<string, unknown>;

/** A request that writes, with a body of everything that it may write. */
export interface Write {
  name: string;
  seed: "contoso-legacy" | "contoso-profiles";
  /** What the body is of. */
  shape: Structure;
  method: "POST" | "PATCH";
  status: 200 | 201 | 204;
  /** Where it goes, once everything that it needs is there. */
  path(world: World): string;
  /** Members that every body has. */
  base: Json;
  /** Every published property that can be written, with a right value. */
  sample(world: World): Json;
  /** Published properties that are neither in the sample nor read-only, each with the reason. */
  unsent?: Record<string, string>;
  /** Nullable ones of which a page or a sample shows null. */
  nulls?: string[];
}

/** The type that a body or an object inside names. */
export const typed = (name: string): Json => ({ "@odata.type": `#microsoft.graph.${name}` });

/** A security group of the tenant. */
export function groupId({ tenant }: World): string {
  return tenant.groups.list().find(({ securityEnabled }) => securityEnabled)?.id ?? "";
}

/** The model of a key. */
export const AAGUID = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
