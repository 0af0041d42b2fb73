import { any, both, not, yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { StrengthLimits } from "../impact/inventory.js";
import type { OtherMethods } from "../impact/methods.js";
import { satisfies, satisfiesWith } from "../impact/strengths.js";
import { isBlock, known } from "./deviceFilter.js";
import type { AuthenticationStrength, ConditionalAccessPolicy, Device, GrantControls, KeyModel } from "./model.js";

/** How a Temporary Access Pass works: once, or as often as one likes while it lasts. */
export type PassKind = "temporaryAccessPassOneTime" | "temporaryAccessPassMultiUse";

/** What somebody without a passkey proves themselves with. */
export interface Proof {
  /** The pass that they got, if they got one. */
  readonly pass: PassKind | undefined;
  readonly hasPassword: boolean | undefined;
  readonly others: OtherMethods;
}

/** What several factors make together. @see https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths */
const MULTIFACTOR: StrengthLimits = {
  allowedCombinations: [
    "windowsHelloForBusiness",
    "x509CertificateMultiFactor",
    "deviceBasedPush",
    "password,microsoftAuthenticatorPush",
    "password,softwareOath",
    "password,hardwareOath",
    "password,sms",
    "password,voice",
  ],
};

/** Whether somebody's methods other than passkeys and passes satisfy a strength. */
function satisfiesByMethods({ allowedCombinations }: StrengthLimits, { hasPassword, others }: Proof): Acceptance {
  return any(
    allowedCombinations.map((combination) => {
      const words = combination.toLowerCase().split(",");
      const password = words.some((word) => word.trim() === "password") ? known(hasPassword) : "accepted";
      const alone = words.length === 1 && words[0] === "password";
      return both(password, alone ? "accepted" : satisfies({ allowedCombinations: [combination] }, [], others));
    }),
  );
}

/** Whether somebody has proven several factors, with a pass or with methods that they have. */
export function isMultifactor(proof: Proof): Acceptance {
  return proof.pass === undefined ? satisfiesByMethods(MULTIFACTOR, proof) : "accepted";
}

/** Whether a strength takes what somebody proves themselves with. */
export function strengthTakes(strength: AuthenticationStrength | undefined, proof: Proof): Acceptance {
  const allowedCombinations = strength?.allowedCombinations;
  if (allowedCombinations === undefined) return "unknown";
  const pass = proof.pass?.toLowerCase();
  const byPass = allowedCombinations.some((combination) => combination.toLowerCase() === pass);
  return byPass ? "accepted" : satisfiesByMethods({ allowedCombinations }, proof);
}

/**
 * What `fido2` is limited to in a strength: AAGUIDs in lower case, of several lists those that all of them have; `any`
 * where there is no list.
 */
export function fido2Limit({
  policyType,
  combinationConfigurations,
}: Pick<AuthenticationStrength, "policyType" | "combinationConfigurations">): readonly string[] | "any" | "unknown" {
  if (combinationConfigurations === undefined) return policyType === "builtIn" ? "any" : "unknown";
  const lists = combinationConfigurations.map(({ allowedAAGUIDs }) => allowedAAGUIDs);
  if (lists.includes(undefined)) return "unknown";
  const [first, ...more] = lists as (readonly string[])[];
  return first === undefined ? "any" : first.filter((aaguid) => more.every((list) => list.includes(aaguid)));
}

/** Whether a strength takes a key that signs in. */
export function strengthTakesKey(strength: AuthenticationStrength | undefined, key: KeyModel): Acceptance {
  if (strength?.allowedCombinations === undefined) return "unknown";
  const { allowedCombinations } = strength;
  const limit = fido2Limit(strength);
  const limits = limit === "any" || limit === "unknown" ? {} : { allowedAaguids: limit };
  return both(limit === "unknown" ? "unknown" : "accepted", satisfiesWith({ allowedCombinations, ...limits }, key));
}

/** The strength of a policy; undefined where it asks for one that could not be read. */
export function strengthOf(
  grants: GrantControls,
  strengths: readonly AuthenticationStrength[] | undefined,
): AuthenticationStrength | undefined {
  const id = grants.authenticationStrength?.id?.toLowerCase();
  return id === undefined ? undefined : strengths?.find((strength) => strength.id?.toLowerCase() === id);
}

function control(name: string, device: Device | undefined, multifactor: Acceptance): Acceptance {
  const onDevice = (value: boolean | undefined): Acceptance => {
    if (device?.isRegistered === false) return "rejected";
    return value === true ? known(device?.isRegistered) : known(value);
  };
  switch (name.toLowerCase()) {
    case "block":
      return "rejected";
    case "mfa":
      return multifactor;
    case "compliantdevice":
      return onDevice(device?.isCompliant);
    case "domainjoineddevice":
      return onDevice(device?.isHybridJoined);
    default:
      return "unknown"; // approved apps, a new password, and whatever is newer
  }
}

/** What somebody brings to the grant controls of a policy. */
export interface Bringing {
  readonly device: Device | undefined;
  /** Whether they have proven several factors. */
  readonly multifactor: Acceptance;
  /** Whether a strength takes what they prove themselves with. */
  readonly strength: (strength: AuthenticationStrength | undefined) => Acceptance;
  readonly strengths: readonly AuthenticationStrength[] | undefined;
}

/**
 * Whether somebody satisfies what a policy asks for. A policy that asks for nothing that this version can see is unknown.
 *
 * @param leaveOutStrength the strength of this policy is not looked at, because another one's is preferred
 */
export function grants(policy: ConditionalAccessPolicy, bringing: Bringing, leaveOutStrength = false): Acceptance {
  const { grantControls } = policy;
  if (grantControls === null) return "accepted";
  if (grantControls === undefined) return "unknown";
  const { builtInControls, customAuthenticationFactors, termsOfUse, operator } = grantControls;
  const asked: Acceptance[] = builtInControls?.map((name) => control(name, bringing.device, bringing.multifactor)) ?? [
    "unknown",
  ];
  for (const others of [customAuthenticationFactors, termsOfUse]) {
    if (others === undefined || others.length > 0) asked.push("unknown");
  }
  if (grantControls.authenticationStrength !== null) {
    const taken = bringing.strength(strengthOf(grantControls, bringing.strengths));
    asked.push(leaveOutStrength ? "accepted" : taken);
  }
  return both(combine(asked, operator), not(isBlock(policy)));
}

function combine(asked: readonly Acceptance[], operator: string | undefined): Acceptance {
  if (asked.length === 0) return "unknown";
  const [all, one] = [asked.reduce(both), any(asked)];
  if (operator?.toUpperCase() === "AND") return all;
  if (operator?.toUpperCase() === "OR") return one;
  return all === one ? all : "unknown";
}

/** Whether a policy asks for a strength. */
export const asksForStrength = ({ grantControls }: ConditionalAccessPolicy): Acceptance =>
  grantControls === undefined ? "unknown" : yes(grantControls?.authenticationStrength != null);

/** Whether a policy asks for more than a strength, or may. */
export const hasOtherControls = (controls: GrantControls): boolean =>
  [controls.builtInControls, controls.customAuthenticationFactors, controls.termsOfUse].some(
    (list) => list === undefined || list.length > 0,
  );

/** Whether a control other than the strength would be enough, or may be. */
export const hasAlternative = (controls: GrantControls | null | undefined): boolean =>
  controls != null && controls.operator?.toUpperCase() !== "AND" && hasOtherControls(controls);
