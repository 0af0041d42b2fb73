import {
  findViolations,
  nearSizeLimit,
  normalizePolicy,
  POLICY_SIZE_LIMIT,
  policySize,
  PROFILE_LIMIT,
  sizeText,
  type Fido2Policy,
} from "../policy/index.js";
import { notesOf, type Finding } from "./findings.js";

const notes = notesOf("policy");

/** What the policy is like: mode, state, profiles and size against the limits, and rules that it breaks already. */
export function checkPolicy(policy: Fido2Policy, profileLimit = PROFILE_LIMIT): Finding[] {
  const normal = normalizePolicy(policy);
  const limits = { profiles: profileLimit };
  const near = nearSizeLimit(policy, limits);
  const violations = findViolations(policy, limits);
  const size = policySize(policy);
  const fill = `${size.bytes} of ${POLICY_SIZE_LIMIT} bytes`;
  return [
    mode(normal),
    normal.state === "enabled"
      ? notes.ok("state", "enabled")
      : notes.warning(
          "state",
          `${normal.state ?? "not answered"}: ${normal.state === "disabled" ? "no passkey signs in" : "whether passkeys work is not known"}`,
          'Declare state: "enabled", once everything else is as it should be',
        ),
    ...(normal.mode === "profiles" ? [profiles(normal.profiles.length, profileLimit)] : []),
    ...(violations.some(({ code }) => code === "overSize")
      ? []
      : near === undefined
        ? [notes.ok("size", `${fill} (largest parts: ${sizeText(size)})`)]
        : [notes.warning("size", near.reason, near.wayOut)]),
    ...violations.map(({ place, reason, wayOut }) =>
      notes.warning(place, `the policy breaks a rule already: ${reason}`, wayOut),
    ),
  ];
}

function mode({ mode, profiles }: ReturnType<typeof normalizePolicy>): Finding {
  switch (mode) {
    case "profiles":
      return notes.ok(
        "mode",
        `passkey profiles: ${profiles.map(({ id, name }) => JSON.stringify(name ?? id)).join(", ")}`,
      );
    case "legacy":
      return notes.info(
        "mode",
        "tenant-wide settings: the tenant has not opted in to passkey profiles, so that one rule is for everyone",
        "To have a rule for each group, opt in to profiles in the admin center, which cannot be undone",
      );
    default:
      return notes.error(
        "mode",
        "neither tenant-wide settings nor profiles were answered in a form that this version knows, so nothing is written",
        "Check for a newer version of this package",
      );
  }
}

function profiles(count: number, limit: number): Finding {
  const says = `${count} of ${limit}, the default one included`;
  return count < limit
    ? notes.ok("profiles", says)
    : notes.info("profiles", `${says}: there is no room for another one`, "Share a profile between groups");
}
