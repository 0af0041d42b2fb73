import { policyMode, type Fido2Policy } from "../../policy/index.js";
import type { Check, CheckResult } from "./model.js";

/** The settings that the checks read: of the tenant, or of its default profile. */
interface Settings {
  readonly state: string | undefined;
  readonly selfService: boolean | undefined;
  readonly attestation: boolean | undefined;
  readonly isEnforced: boolean | undefined;
  readonly aaGuids: readonly string[] | undefined;
  readonly enforcementType: string | undefined;
}

/**
 * The public EIDSCA checks of the Passkey (FIDO2) method before and after a change. They were written for the tenant-wide
 * settings, which in a tenant with passkey profiles are those of the default profile: what other profiles say, they do
 * not see.
 *
 * @see https://maester.dev/docs/tests/eidsca
 */
export function eidscaChecks(before: Fido2Policy, after: Fido2Policy): Check[] {
  const [old, now] = [settingsOf(before), settingsOf(after)];
  return CHECKS.map(({ id, title, passes }) => {
    const result = (settings: Settings): CheckResult => {
      if (settings.state === undefined) return "unknown";
      if (id !== "AF01" && settings.state !== "enabled") return "skipped";
      const answer = passes(settings);
      return answer === undefined ? "unknown" : answer ? "pass" : "fail";
    };
    return { id, title, before: result(old), after: result(now) };
  });
}

const CHECKS: readonly {
  readonly id: string;
  readonly title: string;
  readonly passes: (settings: Settings) => boolean | undefined;
}[] = [
  { id: "AF01", title: "Passkeys are enabled", passes: ({ state }) => state === "enabled" },
  { id: "AF02", title: "Self-service registration is allowed", passes: ({ selfService }) => selfService },
  { id: "AF03", title: "Attestation is enforced", passes: ({ attestation }) => attestation },
  { id: "AF04", title: "Key restrictions are enforced", passes: ({ isEnforced }) => isEnforced },
  { id: "AF05", title: "There is a list of models", passes: ({ aaGuids }) => aaGuids !== undefined },
  {
    id: "AF06",
    title: "The list allows or blocks",
    passes: ({ aaGuids, enforcementType }) =>
      aaGuids !== undefined && (enforcementType === "allow" || enforcementType === "block"),
  },
];

function settingsOf(policy: Fido2Policy): Settings {
  const id = policy.defaultPasskeyProfile?.toLowerCase();
  const profile =
    policyMode(policy) === "profiles" ? policy.passkeyProfiles?.find((one) => one.id.toLowerCase() === id) : undefined;
  const restrictions = profile?.keyRestrictions ?? policy.keyRestrictions ?? undefined;
  const attested = profile?.attestationEnforcement;
  return {
    state: policy.state ?? undefined,
    selfService: policy.isSelfServiceRegistrationAllowed ?? undefined,
    attestation: attested == null ? (policy.isAttestationEnforced ?? undefined) : attested === "registrationOnly",
    isEnforced: restrictions?.isEnforced ?? undefined,
    aaGuids: restrictions?.aaGuids ?? undefined,
    enforcementType: restrictions?.enforcementType ?? undefined,
  };
}
