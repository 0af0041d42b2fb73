import { acceptsModel, any, both, not, yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import { DEFAULT_PROFILE } from "../model.js";
import { knownPasskeyType } from "../normalize.js";
import type { NormalProfile } from "../normalize.js";
import { acceptsKey } from "../acceptance.js";
import type { Cover, SignIn, Standing } from "../signIn.js";
import { known } from "./deviceFilter.js";
import { PASSKEY_POLICY } from "./finding.js";
import type { AccessRule, Part } from "./finding.js";
import type { KeyModel } from "./model.js";

export type Purpose = "register" | "signIn";

/** Whether a key proves its model as far as a profile asks for it. Synced passkeys never do. */
export function attests({ attestationEnforcement }: NormalProfile, key: KeyModel): Acceptance {
  if (attestationEnforcement === "disabled") return "accepted";
  const proves = knownPasskeyType(key.passkeyType) === "synced" ? "rejected" : known(key.attested);
  // A newer word may ask for more than is known here, but never for less than nothing.
  return attestationEnforcement === "registrationOnly" ? proves : "unknown";
}

/** Whether a profile lets a key be registered: its type, its model, and its proof where the profile asks for one. */
export function registersWith(profile: NormalProfile, key: KeyModel): Acceptance {
  return both(acceptsKey(profile, key), attests(profile, key));
}

/** A profile as people know it. */
function nameOf({ id, name }: NormalProfile): string {
  return name !== undefined && name !== ""
    ? `profile "${name}"`
    : id === DEFAULT_PROFILE
      ? "the default profile"
      : `profile ${id}`;
}

/**
 * What the passkey policy says of a person and a key, rule by rule; the key may be used for the purpose where all of
 * them accept. For sign-in this is what {@link SignIn.accepts} says, with its reasons.
 */
export function partsOf(signIn: SignIn, standing: Standing, key: KeyModel, purpose: Purpose): Part[] {
  const { policy } = signIn;
  const part = (answer: Acceptance, rule: AccessRule, reason: string, wayOut: string): Part => ({
    answer,
    rule,
    document: PASSKEY_POLICY,
    reason,
    wayOut,
  });
  const parts = [
    part(
      standing.state,
      "state",
      standing.state === "rejected" ? "its state is disabled" : "its state could not be read",
      "Set state to enabled",
    ),
  ];
  if (purpose === "register") {
    const { isSelfServiceRegistrationAllowed: allowed } = policy;
    parts.push(
      part(
        known(allowed),
        "selfService",
        `isSelfServiceRegistrationAllowed ${allowed === undefined ? "could not be read" : "is false"}`,
        "Set isSelfServiceRegistrationAllowed to true; registering on behalf of people needs it, too",
      ),
    );
  }
  if (policy.mode === "unknown") {
    parts.push(part("unknown", "unreadable", "its profiles could not be read", "Read the policy again"));
    return parts;
  }
  const groups = standing.excludedBy.join(" and ");
  const membership = standing.excluded === "accepted" ? "is" : "may be";
  parts.push(
    part(
      not(standing.excluded),
      "excluded",
      `the person ${membership} in an exclude target (${groups}), which beats every include target`,
      "Take the group off excludeTargets, or the person out of the group",
    ),
  );
  const sure = standing.covers.filter(({ covered }) => covered === "accepted");
  if (standing.covers.length === 0) {
    const wayOut = "Add a group of the person to includeTargets, with the profile that is meant for it";
    parts.push(part("rejected", "notTargeted", "no include target means the person", wayOut));
    return parts;
  }
  const judged = standing.covers.map((cover) => judge(signIn, cover, key, purpose));
  const answer = any(judged.map((one) => one.answer));
  const deciding = judged.filter((one) => one.answer === answer);
  const [first] = deciding;
  const reason = deciding.map((one) => one.reason).join("; ");
  const rule =
    answer === "accepted" ? "profile" : sure.length === 0 && answer === "unknown" ? "notTargeted" : first!.rule;
  parts.push(part(answer, rule, answer === "accepted" ? first!.reason : reason, first!.wayOut));
  return parts;
}

type Judged = Pick<Part, "answer" | "rule" | "reason" | "wayOut">;

/** What one profile of a person says of a key. */
function judge(signIn: SignIn, { profile, covered }: Cover, key: KeyModel, purpose: Purpose): Judged {
  const name = nameOf(profile);
  const accepted = purpose === "register" ? registersWith(profile, key) : signIn.acceptedBy(profile, key);
  const answer = both(covered, accepted);
  if (answer === "accepted") {
    return { answer, rule: "profile", reason: `${name} accepts it`, wayOut: "Nothing has to be done" };
  }
  if (accepted === "accepted") {
    const reason = `${name} accepts it, but whether it covers the person is not known`;
    return { answer, rule: "notTargeted", reason, wayOut: "Put the person into the targeted group itself" };
  }
  return { answer, ...complaint(profile, key, purpose, accepted, name) };
}

/** The rule of a profile that does not accept a key, or may not. */
function complaint(
  profile: NormalProfile,
  key: KeyModel,
  purpose: Purpose,
  accepted: Acceptance,
  name: string,
): Omit<Judged, "answer"> {
  const type = knownPasskeyType(key.passkeyType);
  const { passkeyTypes, keyRestrictions } = profile;
  const typed = passkeyTypes === undefined || type === undefined ? "unknown" : yes(passkeyTypes.has(type));
  if (typed === accepted) {
    const reason =
      typed === "rejected"
        ? `${name} does not accept ${type === "synced" ? "synced" : "device-bound"} passkeys`
        : `${name}: whether it accepts this type of passkey is not known`;
    return { rule: "passkeyType", reason, wayOut: "Use another key, or add the type to passkeyTypes" };
  }
  const model = acceptsModel(keyRestrictions, key.aaguid);
  if (model === accepted) {
    const blocked = keyRestrictions.enforcementType === "block";
    const reason =
      model === "rejected"
        ? `${name} ${blocked ? "blocks the model" : "does not list the model"}`
        : `${name}: whether it accepts the model is not known`;
    const wayOut = blocked
      ? "Use another model, or take its AAGUID off aaGuids"
      : "Use a listed model, or add its AAGUID";
    return { rule: "keyRestrictions", reason, wayOut };
  }
  if (purpose === "signIn") {
    const reason = `${name}: whether synced passkeys of before attestation still sign in is not known`;
    return { rule: "attestation", reason, wayOut: "Use a device-bound key" };
  }
  const synced = type === "synced" ? "synced passkeys never attest" : "the key does not attest";
  const reason =
    accepted === "rejected"
      ? `${name} asks for attestation at registration, and ${synced}`
      : `${name}: whether the key proves what attestationEnforcement asks for is not known`;
  return { rule: "attestation", reason, wayOut: "Use a key that attests, or set attestationEnforcement to disabled" };
}
