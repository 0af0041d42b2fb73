import { ALL_USERS, DEFAULT_PROFILE } from "../policy/index.js";
import type { NormalPolicy } from "../policy/index.js";

/** How a report calls things. */
export interface ReportOptions {
  /** A group's display name by its object id; `undefined` leaves the id. */
  groupName?: (id: string) => string | undefined;
}

/** A target in words. */
export function groupWords(id: string, { groupName }: ReportOptions): string {
  return id === ALL_USERS ? "all users" : (groupName?.(id) ?? id);
}

/** A profile by the name that the policy has for it. */
export function profileWords(id: string, ...policies: NormalPolicy[]): string {
  for (const policy of policies) {
    const name = policy.profiles.find((profile) => profile.id === id)?.name;
    if (name) return name;
  }
  return id === DEFAULT_PROFILE ? "tenant-wide settings" : id;
}

const TYPES: Readonly<Record<string, string>> = { deviceBound: "device-bound", synced: "synced" };

/** Passkey types in words; a type that this version does not know keeps its own name. */
export function typeWords(types: Iterable<string> | undefined): string {
  if (types === undefined) return "unknown";
  return [...types].map((type) => TYPES[type] ?? type).join(", ") || "none";
}

/** Attestation in words. */
export function attestationWords(attestation: string | undefined): string {
  if (attestation === "registrationOnly") return "asked for at registration";
  return attestation === "disabled" ? "not asked for" : (attestation ?? "unknown");
}
