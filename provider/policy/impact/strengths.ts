import { any, both, not, yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { Person, StrengthLimits, StrengthRequirement, UserScope } from "./inventory.js";
import { isMember } from "./membership.js";
import type { MembershipContext } from "./membership.js";
import type { OtherMethods } from "./methods.js";
import { sameUser } from "./users.js";

/** Of a person, what decides whether a Conditional Access policy means them. */
export type Somebody = Pick<Person, "user" | "userType" | "isAdmin" | "groups" | "nested">;

/** A passkey of someone, and whether it works. */
export interface UsablePasskey {
  readonly aaguid?: string | undefined;
  readonly usable: Acceptance;
}

/** Whether an entry of the users of a Conditional Access policy means this person. */
function isMeant(user: string, person: Somebody): Acceptance {
  if (user === "all") return "accepted";
  if (user !== "guestsorexternalusers") return sameUser(user, person.user);
  // Members of another tenant are external users, too, but members here.
  const type = person.userType?.toLowerCase();
  return type === "guest" || type === "member" ? yes(type === "guest") : "unknown";
}

/** Whether a Conditional Access policy asks this person for its strength. */
export function isRequired(requirement: StrengthRequirement, person: Somebody, context: MembershipContext): Acceptance {
  return both(requirement.conditional ? "unknown" : "accepted", meansUser(requirement, person, context));
}

/** Whether the users of a Conditional Access policy are this person, among others. */
export function meansUser(scope: UserScope, person: Somebody, context: MembershipContext): Acceptance {
  const role = person.isAdmin === false ? "rejected" : "unknown";
  const included = any([
    ...scope.includeUsers.map((user) => isMeant(user, person)),
    ...scope.includeGroups.map((group) => isMember(group, person, context)),
    scope.includesRoles ? role : "rejected",
  ]);
  const excluded = any([
    ...scope.excludeUsers.map((user) => isMeant(user, person)),
    ...scope.excludeGroups.map((group) => isMember(group, person, context)),
    scope.excludesRoles ? role : "rejected",
  ]);
  return both(included, not(excluded));
}

/** The registered method that a combination needs besides a password, in Graph's words of `methodsRegistered`. */
const NEEDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["windowshelloforbusiness", ["windowshelloforbusiness", "macossecureenclavekey"]],
  ["devicebasedpush", ["microsoftauthenticatorpasswordless"]],
  ["password,microsoftauthenticatorpush", ["microsoftauthenticatorpush", "microsoftauthenticatorpasswordless"]],
  ["password,softwareoath", ["softwareonetimepasscode"]],
  ["password,hardwareoath", ["hardwareonetimepasscode"]],
  ["password,sms", ["mobilephone", "sms"]],
  ["password,voice", ["mobilephone", "alternatemobilephone", "officephone"]],
  ["sms", ["mobilephone", "sms"]],
  ["qrcodepin", ["qrcode", "qrcodepin"]],
  ["x509certificatemultifactor", ["x509certificate"]],
  ["x509certificatesinglefactor", ["x509certificate"]],
]);

/** Combinations that count for nothing here: they end soon, or are no second factor. */
const NOTHING: ReadonlySet<string> = new Set(["temporaryaccesspassonetime", "temporaryaccesspassmultiuse", "password"]);

/** Whether a passkey satisfies a strength while it works. */
export function satisfiesWith(requirement: StrengthLimits, key: { readonly aaguid?: string | undefined }): Acceptance {
  const takesPasskeys = requirement.allowedCombinations.some((combination) => combination.toLowerCase() === "fido2");
  return takesPasskeys ? allowed(requirement, key) : "rejected";
}

/** Whether someone's methods satisfy a strength. */
export function satisfies(
  requirement: StrengthLimits,
  passkeys: readonly UsablePasskey[],
  others: OtherMethods,
): Acceptance {
  return any(
    requirement.allowedCombinations.map((combination) => {
      const word = combination.toLowerCase().replaceAll(" ", "");
      if (word === "fido2") return any(passkeys.map((passkey) => both(passkey.usable, allowed(requirement, passkey))));
      if (NOTHING.has(word)) return "rejected";
      const needs = NEEDS.get(word);
      // Federation is registered nowhere that could be read, and what is newer may be anything.
      if (needs === undefined) return "unknown";
      const absent = others.read ? "rejected" : "unknown";
      return any(needs.map((method) => others.each.get(method) ?? absent));
    }),
  );
}

function allowed({ allowedAaguids }: StrengthLimits, { aaguid }: { readonly aaguid?: string | undefined }): Acceptance {
  if (allowedAaguids === undefined) return "accepted";
  return aaguid === undefined ? "unknown" : yes(allowedAaguids.includes(aaguid.toLowerCase()));
}
