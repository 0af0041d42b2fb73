import type { MethodPolicy, MethodTarget } from "../impact/inventory.js";
import { asBoolean, asNumber, asText, asTexts, asWords, isEmpty, isObject, restricts, type Json } from "./json.js";
import type {
  AuthenticationStrength,
  ConditionalAccessApplications,
  ConditionalAccessConditions,
  ConditionalAccessFilter,
  ConditionalAccessPolicy,
  ConditionalAccessUsers,
  GrantControls,
  TemporaryAccessPassPolicy,
} from "./model.js";

/** Conditions that are looked at one by one; any other one that is set makes it unknown whether a policy applies. */
const KNOWN = new Set(["users", "applications", "clientAppTypes", "devices"]);

/** A Conditional Access policy from Graph's JSON. Never throws: what cannot be read is unknown. */
export function readConditionalAccessPolicy(json: unknown): ConditionalAccessPolicy {
  const { id, displayName, state, conditions, grantControls } = isObject(json) ? json : {};
  return {
    displayName: asText(displayName) ?? asText(id) ?? "without a name",
    state: asText(state),
    conditions: readConditions(conditions),
    grantControls: grantControls === null ? null : isObject(grantControls) ? readGrants(grantControls) : undefined,
  };
}

function readConditions(value: unknown): ConditionalAccessConditions {
  const conditions = isObject(value) ? value : {};
  const { users, applications, clientAppTypes, devices } = conditions;
  const { deviceFilter, ...states } = isObject(devices) ? devices : {};
  const others = Object.entries(conditions).filter(
    ([name, condition]) => !KNOWN.has(name) && !name.includes("@") && restricts(condition),
  );
  const readable = isEmpty(devices) || isObject(devices);
  return {
    users: isObject(users) ? readUsers(users) : undefined,
    applications: isObject(applications) ? readApplications(applications) : undefined,
    clientAppTypes: asWords(clientAppTypes),
    devices: { deviceFilter: readable ? readFilter(deviceFilter) : undefined },
    others: [...others.map(([name]) => name), ...(restricts(states) ? ["devices"] : [])],
  };
}

function readUsers(json: Json): ConditionalAccessUsers | undefined {
  const includeUsers = userIds(json.includeUsers, json.includeGuestsOrExternalUsers);
  const excludeUsers = userIds(json.excludeUsers, json.excludeGuestsOrExternalUsers);
  const [includeGroups, excludeGroups] = [asWords(json.includeGroups), asWords(json.excludeGroups)];
  const [includeRoles, excludeRoles] = [asWords(json.includeRoles), asWords(json.excludeRoles)];
  if (!includeUsers || !excludeUsers || !includeGroups || !excludeGroups || !includeRoles || !excludeRoles) {
    return undefined;
  }
  return { includeUsers, excludeUsers, includeGroups, excludeGroups, includeRoles, excludeRoles };
}

function userIds(ids: unknown, guests: unknown): string[] | undefined {
  const known = asWords(ids)?.filter((id) => id !== "none");
  return known === undefined || isEmpty(guests) ? known : [...new Set([...known, "guestsorexternalusers"])];
}

function readApplications(json: Json): ConditionalAccessApplications | undefined {
  const includeApplications = asWords(json.includeApplications)?.filter((id) => id !== "none");
  const excludeApplications = asWords(json.excludeApplications);
  const includeUserActions = asWords(json.includeUserActions);
  const contexts = asWords(json.includeAuthenticationContextClassReferences);
  if (!includeApplications || !excludeApplications || !includeUserActions || !contexts) return undefined;
  return {
    includeApplications,
    excludeApplications,
    includeUserActions,
    includeAuthenticationContextClassReferences: contexts,
    applicationFilter: readFilter(json.applicationFilter),
  };
}

function readFilter(value: unknown): ConditionalAccessFilter | null | undefined {
  if (isEmpty(value)) return null;
  return isObject(value) ? { mode: asText(value.mode), rule: asText(value.rule) } : undefined;
}

function readGrants(json: Json): GrantControls {
  const { authenticationStrength: strength } = json;
  return {
    operator: asText(json.operator),
    builtInControls: asTexts(json.builtInControls),
    customAuthenticationFactors: asTexts(json.customAuthenticationFactors),
    termsOfUse: asTexts(json.termsOfUse),
    authenticationStrength: strength == null ? null : { id: isObject(strength) ? asText(strength.id) : undefined },
  };
}

/** An authentication strength from Graph's JSON. Never throws: what cannot be read is unknown. */
export function readAuthenticationStrength(json: unknown): AuthenticationStrength {
  const { id, displayName, policyType, allowedCombinations, combinationConfigurations } = isObject(json) ? json : {};
  return {
    id: asText(id),
    displayName: asText(displayName) ?? asText(id) ?? "without a name",
    policyType: asText(policyType),
    allowedCombinations: allowedCombinations == null ? undefined : asTexts(allowedCombinations),
    combinationConfigurations: readConfigurations(combinationConfigurations),
  };
}

function readConfigurations(value: unknown): AuthenticationStrength["combinationConfigurations"] {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((configuration: unknown) => {
    const { appliesToCombinations, allowedAAGUIDs } = isObject(configuration) ? configuration : {};
    const combinations = appliesToCombinations == null ? undefined : asWords(appliesToCombinations);
    if (combinations !== undefined && !combinations.includes("fido2")) return [];
    return [{ allowedAAGUIDs: allowedAAGUIDs == null ? undefined : asWords(allowedAAGUIDs) }];
  });
}

/** The policy of Temporary Access Pass from Graph's JSON. Never throws: what cannot be read is unknown. */
export function readTemporaryAccessPassPolicy(json: unknown): TemporaryAccessPassPolicy {
  const configuration = isObject(json) ? json : {};
  const { state, includeTargets, excludeTargets } = readMethodPolicy(configuration);
  return {
    state: configuration.excludeTargets === undefined ? undefined : state,
    isUsableOnce: asBoolean(configuration.isUsableOnce),
    defaultLifetimeInMinutes: asNumber(configuration.defaultLifetimeInMinutes),
    minimumLifetimeInMinutes: asNumber(configuration.minimumLifetimeInMinutes),
    maximumLifetimeInMinutes: asNumber(configuration.maximumLifetimeInMinutes),
    includeTargets,
    excludeTargets,
  };
}

/**
 * The policy of any authentication method, as far as it says who may use it. One that does not say whom it includes has
 * no state here, because it is not known whether it lets someone in.
 */
export function readMethodPolicy(configuration: Json): MethodPolicy {
  const { id, state, includeTargets, excludeTargets } = configuration;
  const included = toTargets(includeTargets);
  const excluded = excludeTargets === undefined || excludeTargets === null ? [] : toTargets(excludeTargets);
  const partial = Object.keys(configuration).some((name) => /^(in|ex)cludeTargets@odata\.nextLink$/.test(name));
  const known = typeof state === "string" && included && excluded && !partial;
  return {
    id: asText(id) ?? "",
    state: known ? state : undefined,
    includeTargets: included ?? [],
    excludeTargets: excluded ?? [],
  };
}

/** Undefined where it is not a list of targets. */
function toTargets(value: unknown): MethodTarget[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const targets = value.filter(isObject).flatMap(({ id, targetType }) => {
    return typeof id === "string" && typeof targetType === "string" ? [{ id: id.toLowerCase(), targetType }] : [];
  });
  return targets.length === value.length ? targets : undefined;
}
