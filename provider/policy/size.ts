import type { Fido2Policy } from "./model.js";

/**
 * Microsoft's limit for the policy, in bytes: 20 KB. Some of Microsoft's pages give it for the Passkey (FIDO2) policy,
 * others for the whole authentication methods policy.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/how-to-authentication-passkeys-fido2
 */
export const POLICY_SIZE_LIMIT = 20_480;

/** What an authentication methods policy takes before any passkey setting, in bytes: 1.44 KB by Microsoft's figures. */
export const OTHER_METHODS_SIZE = 1_475;

/** How many passkey profiles a tenant may have, the default one included. Microsoft announced that more will come. */
export const PROFILE_LIMIT = 3;

export interface SizePart {
  /** For example `includeTargets` or `passkeyProfiles[Students].keyRestrictions`. */
  readonly part: string;
  readonly bytes: number;
}

export interface PolicySize {
  /** UTF-8 bytes of the policy as compact JSON, as a GET returns it. */
  readonly bytes: number;
  /** The parts, largest first. They add up to a little less than the whole. */
  readonly parts: readonly SizePart[];
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? "", "utf8");

/**
 * How large a policy is, with what each part takes. Measured as JSON, which is on the safe side: 39 bytes for an AAGUID
 * where Microsoft counts about 30.
 */
export function policySize(policy: Fido2Policy): PolicySize {
  const parts: SizePart[] = [];
  for (const profile of policy.passkeyProfiles ?? []) {
    const name = `passkeyProfiles[${profile.name ?? profile.id}]`;
    const { keyRestrictions, ...rest } = profile;
    parts.push({ part: name, bytes: bytesOf(rest) });
    parts.push({ part: `${name}.keyRestrictions`, bytes: bytesOf(keyRestrictions) });
  }
  for (const part of ["keyRestrictions", "includeTargets", "excludeTargets"] as const) {
    if (policy[part] != null) parts.push({ part, bytes: bytesOf(policy[part]) });
  }
  parts.sort((a, b) => b.bytes - a.bytes || (a.part < b.part ? -1 : 1));
  return { bytes: bytesOf(policy), parts };
}

/** The largest parts in words, such as `passkeyProfiles[Students].keyRestrictions 12.1 KB`. */
export function sizeText(size: PolicySize, most = 3): string {
  const kb = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
  return size.parts
    .slice(0, most)
    .map(({ part, bytes }) => `${part} ${kb(bytes)}`)
    .join(", ");
}
