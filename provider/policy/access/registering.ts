import { any, both } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { MembershipContext } from "../impact/membership.js";
import type { Somebody } from "../impact/strengths.js";
import { concernsRegistering, conditionsMet, isAboutAction, isOn, isReportOnly, means } from "./applies.js";
import { isBlock } from "./deviceFilter.js";
import { conditionalAccessNamed } from "./finding.js";
import type { AccessReason, AccessRule, Part } from "./finding.js";
import { asksForStrength, grants, isMultifactor, strengthOf, strengthTakes } from "./grants.js";
import type { Bringing, Proof } from "./grants.js";
import type { AuthenticationStrength, ConditionalAccessPolicy, Device, KeyModel } from "./model.js";

/** Somebody registers a key on a device, under these documents. */
export interface Registering {
  readonly documents: {
    readonly conditionalAccess?: readonly ConditionalAccessPolicy[] | undefined;
    readonly strengths?: readonly AuthenticationStrength[] | undefined;
  };
  readonly person: Somebody;
  readonly key: KeyModel;
  readonly device: Device | undefined;
  readonly context: MembershipContext;
}

/** Which policies are taken for enabled. */
type On = (policy: ConditionalAccessPolicy) => Acceptance;

/** Whether a policy is asked on the way to the key, were it enabled. */
function isAsked(policy: ConditionalAccessPolicy, { person, key, device, context }: Registering): Acceptance {
  return [means(policy, person, context), concernsRegistering(policy, key), conditionsMet(policy, device)].reduce(both);
}

/**
 * Whether some policy for registering asks for a strength: it is then preferred over the strengths of policies for all
 * resources, whose other controls are asked for all the same.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strength-how-it-works
 */
function isPreferred(question: Registering, on: On): Acceptance {
  const { conditionalAccess = [] } = question.documents;
  return any(
    conditionalAccess
      .filter(isAboutAction)
      .map((policy) => [on(policy), isAsked(policy, question), asksForStrength(policy)].reduce(both)),
  );
}

/** Whether a policy lets somebody register: it is off, not asked, or satisfied. */
function lets(policy: ConditionalAccessPolicy, question: Registering, proof: Proof, on: On): Acceptance {
  const asked = both(on(policy), isAsked(policy, question));
  if (asked === "rejected") return "accepted";
  const bringing: Bringing = {
    device: question.device,
    multifactor: isMultifactor(proof),
    strength: (strength) => strengthTakes(strength, proof),
    strengths: question.documents.strengths,
  };
  const preferred = isAboutAction(policy) ? "rejected" : isPreferred(question, on);
  const [without, withIt] = [grants(policy, bringing, true), grants(policy, bringing)];
  const granted =
    preferred === "accepted" ? without : preferred === "rejected" || without === withIt ? withIt : "unknown";
  return granted === "accepted" ? granted : asked === "accepted" ? granted : "unknown";
}

/** What the enabled Conditional Access policies say of registering a key with a proof. */
export function conditionalAccessParts(question: Registering, proof: Proof): Part[] {
  const { conditionalAccess } = question.documents;
  if (conditionalAccess === undefined) {
    return [
      {
        answer: "unknown",
        rule: "registerSecurityInfo",
        document: "Conditional Access",
        reason: "the policies could not be read, and one of them may stand in the way",
        wayOut: "Grant Policy.Read.All",
      },
    ];
  }
  return conditionalAccess.map((policy) => ({
    answer: lets(policy, question, proof, isOn),
    document: conditionalAccessNamed(policy.displayName),
    ...words(policy, question, proof, isOn),
  }));
}

/** What the policies that only report would do once they are enabled, all of them together or this one first. */
export function reportOnlyNotes(question: Registering, proof: Proof): AccessReason[] {
  const { conditionalAccess = [] } = question.documents;
  const all: On = (policy) => (isReportOnly(policy) ? "accepted" : isOn(policy));
  return conditionalAccess.filter(isReportOnly).flatMap((policy): AccessReason[] => {
    const alone: On = (other) => (other === policy ? "accepted" : isOn(other));
    const [together, first] = [all, alone].map((on) => lets(policy, question, proof, on));
    if (together === "accepted" && first === "accepted") return [];
    const on = together === "accepted" ? alone : all;
    const { reason, wayOut } = words(policy, question, proof, on);
    const answer = together === "accepted" ? first : together;
    const will = `${answer === "rejected" ? "will" : "may"} block when switched on`;
    const order = together === "accepted" ? " before the policies for registering, which only report too" : "";
    return [
      {
        effect: "note",
        rule: "reportOnly",
        document: conditionalAccessNamed(policy.displayName),
        reason: `it only reports, and ${will}${order}: ${reason}`,
        wayOut:
          together === "accepted" ? "Switch on the policies for registering first, or all of them at once" : wayOut,
      },
    ];
  });
}

interface Words {
  readonly rule: AccessRule;
  readonly reason: string;
  readonly wayOut: string;
}

/** Why a policy stands in the way, or may. */
function words(policy: ConditionalAccessPolicy, question: Registering, proof: Proof, on: On): Words {
  const action = isAboutAction(policy);
  const rule: AccessRule = action ? "registerSecurityInfo" : "allResources";
  const about = action ? "registering security information" : "the resources that registering needs";
  const { grantControls } = policy;
  if (both(on(policy), isAsked(policy, question)) !== "accepted") {
    const others = policy.conditions.others.length === 0 ? "" : ` (${policy.conditions.others.join(", ")})`;
    const reason = `whether it is asked is not known${others}, and what it asks for is not, or may not be, there`;
    return {
      rule,
      reason,
      wayOut: "Let it mean only what it has to, or let it take what the person proves themselves with",
    };
  }
  if (isBlock(policy) === "accepted") {
    const reason = `it blocks ${about} on this device`;
    return { rule: "block", reason, wayOut: "Register on a device, or at a place, that the policy leaves out" };
  }
  const strength = grantControls == null ? undefined : strengthOf(grantControls, question.documents.strengths);
  const asksStrength = grantControls?.authenticationStrength != null;
  const taken = strengthTakes(strength, proof);
  if (!asksStrength || taken === "accepted" || (!action && isPreferred(question, on) === "accepted")) {
    const controls =
      grantControls?.builtInControls?.join(` ${grantControls.operator ?? "and"} `) || "what could not be read";
    const reason = `it asks for ${controls} at ${about}, which is not, or may not be, there`;
    return { rule, reason, wayOut: "Meet its controls before the key is registered, such as by enrolling the device" };
  }
  const name = strength === undefined ? "a strength that could not be read" : `the strength "${strength.displayName}"`;
  if (!action && taken === "rejected") {
    const reason = `it asks for ${name} at ${about}, so that a key would be needed to register the first key`;
    const wayOut =
      "Enable a policy on the user action urn:user:registersecurityinfo whose strength takes a Temporary Access Pass: it " +
      "is preferred";
    return { rule: "circular", reason, wayOut };
  }
  const reason = `it asks for ${name} at ${about}, which what the person has does not, or may not, satisfy`;
  const pass = proof.pass ?? "temporaryAccessPassOneTime";
  return {
    rule: action ? rule : "strength",
    reason,
    wayOut: `Add ${pass} to the strength, and meet its other controls`,
  };
}
