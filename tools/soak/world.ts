/** The tenant that the soak plays in, and to whom its parts belong. */
import { seeds, type Seed } from "../../provider/dist/emulator/index.js";

/** The two stacks, and the third writer, who works in the admin centre. */
export type StackName = "alpha" | "beta";

export const STACKS: readonly StackName[] = ["alpha", "beta"];

/** What names of groups and profiles of a stack begin with; those of the third writer begin with `Admin`. */
export const PREFIX: Readonly<Record<StackName, string>> = { alpha: "Alpha", beta: "Beta" };

export const other = (stack: StackName): StackName => (stack === "alpha" ? "beta" : "alpha");

export const DEFAULT_PROFILE = "00000000-0000-0000-0000-000000000001";

/** A profile that the tenant has from the beginning, beside the default one; it is never removed. */
export const SYNCED = "synced";

/** AAGUIDs of authenticators that are in the FIDO metadata. */
export const MODELS = [
  "2fc0579f-8113-47ea-b116-bb5a8db9202a",
  "a25342c0-3cdc-4414-8e46-f4807fca511c",
  "662ef48a-95e2-4aaa-a6c1-5b9c40375824",
  "e77e3c64-05e3-428b-8824-0cbeb04b829d",
  "90a3ccdf-635c-4729-a248-9b709135078f",
  "de1e552d-db1d-4423-a619-566b625cdc84",
] as const;

/** How many profiles the tenant may have: two of each stack, two of the third writer, and those of the seed. */
export const PROFILE_LIMIT = 8;

/** Enough for every group that gets into a conflict to be used no more. */
export const GROUPS = Array.from({ length: 60 }, (_, index) => index + 1);
export const EXCLUDED = [1, 2, 3];

export const groupName = (prefix: string, index: number) => `${prefix} ${index}`;
export const excludedName = (prefix: string, index: number) => `${prefix} out ${index}`;

export function soakSeed(): Seed {
  const { tenants } = structuredClone(seeds["contoso-profiles"]) as Seed;
  const [tenant] = tenants;
  if (tenant === undefined) throw new Error("the seed contoso-profiles has no tenant");
  const names = ["Alpha", "Beta", "Admin"].flatMap((prefix) => [
    ...GROUPS.map((index) => groupName(prefix, index)),
    ...EXCLUDED.map((index) => excludedName(prefix, index)),
  ]);
  tenant.groups = [...(tenant.groups ?? []), ...names.map((displayName) => ({ displayName }))];
  return { tenants: [tenant] };
}

/**
 * Whose a part may be; undefined for one that no stack ever declares. Beside what has its name a stack has one part of
 * everyone's: alpha the self-service registration, beta the default profile's attestation and list.
 */
export function stackOf(part: string): StackName | undefined {
  if (part === "isSelfServiceRegistrationAllowed") return "alpha";
  if (part === "profile/default/attestationEnforcement" || part === "profile/default/aaGuids") return "beta";
  const [, name = ""] = part.split("/");
  return STACKS.find((stack) => name.startsWith(`${PREFIX[stack]} `));
}
