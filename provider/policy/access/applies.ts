import { both, yes } from "../acceptance.js";
import type { Acceptance } from "../acceptance.js";
import type { MembershipContext } from "../impact/membership.js";
import { meansUser } from "../impact/strengths.js";
import type { Somebody } from "../impact/strengths.js";
import type { UserScope } from "../impact/inventory.js";
import { MICROSOFT_AUTHENTICATOR_AAGUIDS } from "../../catalogue/wellKnown.js";
import { inForceOn } from "./deviceFilter.js";
import { isAll } from "./json.js";
import type {
  ConditionalAccessApplications,
  ConditionalAccessPolicy,
  ConditionalAccessUsers,
  Device,
  KeyModel,
} from "./model.js";

/** The user action of registering security information, in lower case. */
const REGISTERING = "urn:user:registersecurityinfo";

/**
 * The resource that Microsoft Authenticator asks for when it registers a passkey in the app.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/how-to-enable-authenticator-passkey
 */
export const AUTHENTICATOR_REGISTRATION = "6aa00308-ea33-4caa-90d6-ae905d8cb51b";

/** The users of a policy as the assessment of people takes them. */
export function scopeOf(users: ConditionalAccessUsers): UserScope {
  const { includeUsers, excludeUsers, includeGroups, excludeGroups, includeRoles, excludeRoles } = users;
  const includesRoles = includeRoles.length > 0;
  const excludesRoles = excludeRoles.length > 0;
  return { includeUsers, excludeUsers, includeGroups, excludeGroups, includesRoles, excludesRoles };
}

/** Whether a policy means a person, whatever they do. */
export function means(policy: ConditionalAccessPolicy, person: Somebody, context: MembershipContext): Acceptance {
  const { users } = policy.conditions;
  return users === undefined ? "unknown" : meansUser(scopeOf(users), person, context);
}

/** Whether a policy is about registering security information as such. */
export function isAboutRegistering({ conditions }: ConditionalAccessPolicy): Acceptance {
  const actions = conditions.applications?.includeUserActions;
  return actions === undefined ? "unknown" : yes(actions.includes(REGISTERING));
}

/** Whether a policy is about all resources, some of which may be left out. */
export function isAboutAll(applications: ConditionalAccessApplications): boolean {
  return (
    isAll(applications.includeApplications) &&
    applications.includeUserActions.length === 0 &&
    applications.includeAuthenticationContextClassReferences.length === 0 &&
    applications.applicationFilter === null
  );
}

/**
 * Whether a policy for resources is asked when a key is registered. One for all resources is; of one for some resources,
 * or that leaves some out, it is not known whether registering needs them. Only of Microsoft Authenticator it is known
 * which resource has to be left out.
 */
function resourcesOfRegistering(applications: ConditionalAccessApplications, key: KeyModel): Acceptance {
  const { includeApplications, includeAuthenticationContextClassReferences, excludeApplications } = applications;
  const isPhone = key.aaguid !== undefined && MICROSOFT_AUTHENTICATOR_AAGUIDS.includes(key.aaguid.toLowerCase());
  if (isPhone && excludeApplications.includes(AUTHENTICATOR_REGISTRATION)) return "rejected";
  if (isAboutAll(applications)) {
    const others = excludeApplications.filter((id) => id !== AUTHENTICATOR_REGISTRATION);
    return others.length === 0 ? "accepted" : "unknown";
  }
  const nothing = includeApplications.length === 0 && includeAuthenticationContextClassReferences.length === 0;
  return nothing && applications.applicationFilter === null ? "rejected" : "unknown";
}

/** Whether a policy is asked when somebody registers a key. */
export function concernsRegistering(policy: ConditionalAccessPolicy, key: KeyModel): Acceptance {
  const { applications } = policy.conditions;
  if (applications === undefined) return "unknown";
  if (applications.includeUserActions.length > 0) return isAboutRegistering(policy);
  return resourcesOfRegistering(applications, key);
}

/** Whether a policy is asked in a browser, which is where keys are registered; apps alone: not known of phones. */
function concernsClients(clientAppTypes: readonly string[] | undefined): Acceptance {
  if (clientAppTypes === undefined) return "unknown";
  if (clientAppTypes.length === 0 || clientAppTypes.includes("all") || clientAppTypes.includes("browser")) {
    return "accepted";
  }
  const legacy = new Set(["exchangeactivesync", "easunsupported", "other"]);
  return clientAppTypes.every((type) => legacy.has(type)) ? "rejected" : "unknown";
}

/** Whether the conditions beside users and resources are met. */
export function conditionsMet({ conditions }: ConditionalAccessPolicy, device: Device | undefined): Acceptance {
  return [
    concernsClients(conditions.clientAppTypes),
    inForceOn(conditions.devices.deviceFilter, device),
    conditions.others.length === 0 ? ("accepted" as const) : ("unknown" as const),
  ].reduce(both);
}

/** Whether a policy asks always: of everyone whom it means, at every sign-in to every resource. */
export function asksAlways({ conditions }: ConditionalAccessPolicy): boolean {
  const { applications, clientAppTypes, devices, others } = conditions;
  return (
    applications !== undefined &&
    isAboutAll(applications) &&
    clientAppTypes !== undefined &&
    (clientAppTypes.length === 0 || isAll(clientAppTypes)) &&
    devices.deviceFilter === null &&
    others.length === 0
  );
}

/** Whether a policy is about a user action, and so not about sign-in. */
export function isAboutAction({ conditions }: ConditionalAccessPolicy): boolean {
  return (conditions.applications?.includeUserActions.length ?? 0) > 0;
}

/** Whether a policy is on. Report-only is off, and any newer state is not known. */
export function isOn({ state }: ConditionalAccessPolicy): Acceptance {
  if (state === "enabled") return "accepted";
  return state === "disabled" || isReportOnly({ state }) ? "rejected" : "unknown";
}

/** Whether a policy only reports what it would do. */
export function isReportOnly({ state }: Pick<ConditionalAccessPolicy, "state">): boolean {
  return state === "enabledForReportingButNotEnforced";
}
